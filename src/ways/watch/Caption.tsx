// What happens at this step, in plain words (captions.ts): a line to read, short where there is little room, and a polite
// announcement for screen readers at what matters.
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import type { PageStore } from "../../state/pageStore";
import { laneStep } from "../../state/shownRuns";
import type { ShownRun } from "../usePage";
import type { WayProps } from "../wayProps";
import { captionAt, type Caption as CaptionParts } from "./captions";
import "./caption.css";

export function Caption({ store, shown }: Pick<WayProps, "store" | "shown">) {
  const caption = useCaption(store, shown);
  if (caption === null) return null;
  return (
    <>
      <p className={`caption caption-${caption.about}`} aria-hidden="true">
        <span className="caption-normal">{caption.normal}</span>
        <span className="caption-short">{caption.projector}</span>
      </p>
      <Announcement text={caption.spoken} />
    </>
  );
}

/** The same as one large line, for a lecture hall. */
export function ProjectorCaption({ store, shown }: Pick<WayProps, "store" | "shown">) {
  const caption = useCaption(store, shown);
  if (caption === null) return null;
  return (
    <>
      <p className={`caption caption-projector caption-${caption.about}`} aria-hidden="true">
        {caption.projector}
      </p>
      <Announcement text={caption.spoken} />
    </>
  );
}

/** The caption of the run on the stage at the clock's step; null while nothing is there. */
export function useCaption(store: PageStore, shown: ShownRun | null): CaptionParts | null {
  const shownStep = useStore(store, (state) => state.shownStep);
  const layer = useStore(store, (state) => state.focusLayer);
  const kvHead = useStore(store, (state) => state.focusKvHead);
  const isMoving = useStore(store, (state) => state.isPlaying || state.runStatus === "running");
  const problem = useStore(store, (state) => state.problem);
  const trace = shown?.lane.trace ?? null;
  const step = shown === null ? -1 : laneStep(shown.lane, shownStep);
  return useMemo(() => {
    if (trace === null || step < 0 || step >= trace.steps.length) return null;
    return captionAt({ trace, step, beat: null, problem, focus: { layer, kvHead }, isMoving });
  }, [trace, step, problem, layer, kvHead, isMoving]);
}

/** A screen reader that is told more often than this hears nothing else. */
const LEAST_PAUSE_MS = 5000;

/** The newest text, but never sooner than so long after the one before. */
function Announcement({ text }: { readonly text: string }) {
  const [said, setSaid] = useState({ text, atMs: 0 });
  useEffect(() => {
    if (text === said.text) return;
    const waitMs = Math.max(0, said.atMs + LEAST_PAUSE_MS - performance.now());
    const timer = setTimeout(() => setSaid({ text, atMs: performance.now() }), waitMs);
    return () => clearTimeout(timer);
  }, [text, said]);
  return (
    <p className="visually-hidden" role="status">
      {said.text}
    </p>
  );
}
