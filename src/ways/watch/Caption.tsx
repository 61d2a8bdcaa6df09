// What happens at this step, in plain words (captions.ts): a line to read, short where there is little room, and a polite
// announcement for screen readers at what matters.
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import type { PageStore } from "../../state/pageStore";
import { laneStep } from "../../state/shownRuns";
import { beatProgress, decisionBeats } from "../../trace/decisionBeats";
import { eventAtStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import type { ShownRun } from "../usePage";
import type { WayProps } from "../wayProps";
import { captionAt, type Caption as CaptionParts, type DecisionTold } from "./captions";
import "./caption.css";

interface CaptionProps extends Pick<WayProps, "store" | "shown"> {
  /** "projector": one short line, for a lecture hall. */
  readonly length?: "projector" | "normal";
}

export function Caption({ store, shown, length = "normal" }: CaptionProps) {
  const caption = useCaption(store, shown);
  return caption === null ? null : <CaptionLine caption={caption} length={length} />;
}

interface CaptionLineProps extends Pick<CaptionProps, "length"> {
  readonly caption: CaptionParts;
}

export function CaptionLine({ caption, length = "normal" }: CaptionLineProps) {
  return (
    <>
      <p className={`caption caption-${caption.about} caption-${length}`} aria-hidden="true">
        <span className="caption-long">{caption.normal}</span>
        <span className="caption-short">{caption.projector}</span>
      </p>
      <Announcement text={caption.spoken} />
    </>
  );
}

/** The caption of the run on the stage at the clock's step; null while nothing is there. */
function useCaption(store: PageStore, shown: ShownRun | null): CaptionParts | null {
  const shownStep = useStore(store, (state) => state.shownStep);
  const trace = shown?.lane.trace ?? null;
  const { layerCount, kvHeadCount } = trace?.header.model ?? { layerCount: 1, kvHeadCount: 1 };
  const step = shown === null ? -1 : laneStep(shown.lane, shownStep);
  const layer = useStore(store, (state) => Math.min(state.focusLayer, layerCount - 1));
  const kvHead = useStore(store, (state) => Math.min(state.focusKvHead, kvHeadCount - 1));
  const told = useStore(store, (state) => toldOf(trace, step, state.decisionPhase));
  const isMoving = useStore(store, (state) => state.isPlaying || state.runStatus === "running");
  const problem = useStore(store, (state) => state.problem);
  const fullCache = useStore(store, (state) => state.fullCacheRun);
  return useMemo(() => {
    if (trace === null || step < 0 || step >= trace.steps.length) return null;
    return captionAt({ trace, step, told, problem, focus: { layer, kvHead }, isMoving, fullCache });
  }, [trace, step, told, problem, layer, kvHead, isMoving, fullCache]);
}

/** Null where no decision is being told. */
function toldOf(trace: Trace | null, step: number, phase: number): DecisionTold | null {
  if (trace === null || phase >= 1 || eventAtStep(trace, step) === null) return null;
  return beatProgress(decisionBeats(trace.header.formula), "cut", phase) > 0 ? "cut" : "begun";
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
