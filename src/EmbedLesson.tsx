// A lesson inside a frame: the lesson and nothing around it. Like every frame it writes neither address nor storage.
import { useStore } from "zustand";
import { useFrameKeys, type EmbedTheme } from "./EmbedPage";
import type { PageStore } from "./state/pageStore";
import { Notices } from "./ui/Notices";
import { useTheme } from "./ui/useTheme";
import { LearnPage } from "./ways/learn/LearnPage";
import { useNextRun, usePageMarks, usePlayClock, useShownRun } from "./ways/usePage";

interface EmbedLessonProps {
  readonly store: PageStore;
  readonly theme: EmbedTheme;
}

export function EmbedLesson({ store, theme }: EmbedLessonProps) {
  const colours = useTheme(useStore(theme, (state) => state.choice));
  const nextRun = useNextRun(store);
  const shown = useShownRun(store);
  const runStatus = useStore(store, (state) => state.runStatus);
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const notices = useStore(store, (state) => state.notices);
  usePlayClock(store, isPlaying || runStatus === "running" || runStatus === "loading");
  useFrameKeys(store, nextRun.isChanged ? null : nextRun.expectedTokens);
  return (
    <main className="page page-lesson" {...usePageMarks(store, shown?.verdict ?? null)}>
      <h1 className="visually-hidden">Winnow</h1>
      <Notices notices={notices} onDismiss={store.getState().dismiss} />
      <LearnPage store={store} theme={colours} nextRun={nextRun} shown={shown} isAlone />
    </main>
  );
}
