// What the page's main element says of itself: for tests, styles and whoever drives the page from outside.
import { useStore } from "zustand";
import type { Verdict } from "./panels/header/verdict";
import type { PageStore } from "./state/pageStore";

export function usePageMarks(store: PageStore, verdict: Verdict | null) {
  const runStatus = useStore(store, (state) => state.runStatus);
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const isLoading = useStore(store, (state) => state.isRecordedRunLoading);
  const isBusy = runStatus === "loading" || runStatus === "running" || isPlaying || isLoading;
  return {
    "data-idle": !isBusy,
    "data-run-status": runStatus,
    "data-origin": useStore(store, (state) => state.origin),
    "data-step-count": useStore(store, (state) => state.stepCount),
    "data-step": useStore(store, (state) => state.shownStep),
    "data-verdict": verdict?.type,
  };
}
