// The picture of Watch: the text, the memory, and the decision in one head. The clock's phase moves the chart and the bar
// in each frame, and the text only when a beat begins.
import { useMemo, useState } from "react";
import { useStore } from "zustand";
import type { Focus } from "../../panels/focus";
import { focusHead } from "../../panels/focus";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import type { PageStore } from "../../state/pageStore";
import { beatAt, beatProgress, decisionBeats, type DecisionBeats } from "../../trace/decisionBeats";
import { lastEventAtStep, lengthsAfterStep, lengthsSeenByStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { stageWords } from "../../words/en/watch";
import { LINE_SHARE } from "./decision";
import { DecisionChart } from "./DecisionChart";
import { DecisionNote } from "./DecisionNote";
import { MemoryBar } from "./MemoryBar";
import { textBeat } from "./watchText";
import { WatchText } from "./WatchText";
import type { WayProps } from "../wayProps";

export function WatchStage({ store, shown }: WayProps) {
  const isLoading = useStore(store, (state) => state.isRecordedRunLoading);
  if (shown !== null) return <ShownStage store={store} lane={shown.lane} />;
  return (
    <>
      <section className="watch-card watch-text">
        <p className="muted" role="status">
          {isLoading ? stageWords.loading : stageWords.noRun}
        </p>
      </section>
      <section className="watch-card watch-memory" />
      <section className="watch-card watch-decision" />
      <section className="watch-card watch-note" />
    </>
  );
}

function ShownStage({ store, lane }: { readonly store: PageStore; readonly lane: LaneRun }) {
  const { trace } = lane;
  const step = useStore(store, ({ shownStep }) => laneStep(lane, shownStep));
  const layer = useStore(store, (state) => Math.min(state.focusLayer, trace.header.model.layerCount - 1));
  const kvHead = useStore(store, (state) => Math.min(state.focusKvHead, trace.header.model.kvHeadCount - 1));
  const focus = useMemo(() => ({ layer, kvHead }), [layer, kvHead]);
  const beats = useMemo(() => decisionBeats(trace.header.formula), [trace.header.formula]);
  const isMotionWelcome = useMotionWelcome();
  const event = lastEventAtStep(trace, step);
  const isAtEvent = event?.step === step;
  const phase = useStore(store, ({ decisionPhase }) =>
    isAtEvent ? shownPhase(beats, decisionPhase, isMotionWelcome) : 1,
  );
  const beat = textBeat(beats, phase);
  const budget = budgetOf(trace, step);
  const { focusOn, hold } = store.getState();
  return (
    <>
      <WatchText trace={trace} step={step} beat={beat} focus={focus} />
      <MemoryBar {...memoryAt(trace, { step, focus, beats, phase })} budget={budget} />
      <DecisionChart
        trace={trace}
        step={step}
        focus={focus}
        event={event}
        beats={beats}
        phase={phase}
        budget={budget}
        onFocus={focusOn}
        onHold={hold}
      />
      <DecisionNote
        trace={trace}
        focus={focus}
        event={event}
        isDecided={beat === "after" || beat === "falling"}
        budget={budget}
      />
    </>
  );
}

function useMotionWelcome(): boolean {
  const [isWelcome] = useState(() => !window.matchMedia("(prefers-reduced-motion: reduce)").matches);
  return isWelcome;
}

/** For readers who asked for less motion, each beat is shown at its end. */
export function shownPhase(beats: DecisionBeats, phase: number, isMotionWelcome: boolean): number {
  if (isMotionWelcome || phase >= 1) return phase;
  const { to } = beatAt(beats, phase);
  return to === beats.list[beats.list.length - 1].to ? 1 : to;
}

/** Places that a head has; null where nothing is ever evicted. In ratio mode it grows with the text. */
export function budgetOf(trace: Trace, step: number): number | null {
  const { parameters, policyId } = trace.header;
  if (policyId === "fullCache") return null;
  if (parameters.budgetMode === "ratio") return Math.round(lastEventAtStep(trace, step)?.budgetSlots ?? 0) || null;
  return Number(parameters.budgetSlots);
}

interface MemoryMoment {
  readonly step: number;
  readonly focus: Focus;
  readonly beats: DecisionBeats;
  readonly phase: number;
}

/** Places in use in the shown head, which empty as its words fall. */
export function memoryAt(trace: Trace, { step, focus, beats, phase }: MemoryMoment) {
  const head = focusHead(trace.header.model, focus);
  const [seen, after] = [lengthsSeenByStep(trace, step)[head], lengthsAfterStep(trace, step)[head]];
  const cut = beatProgress(beats, "cut", phase);
  const fallen = phase >= 1 ? 1 : Math.max(0, (cut - LINE_SHARE) / (1 - LINE_SHARE));
  const budget = budgetOf(trace, step);
  const interval = Number(trace.header.parameters.intervalSteps) || 16;
  const textLength = trace.header.promptTokens.length + trace.steps.length;
  return {
    used: seen + (after - seen) * fallen,
    most: budget === null ? textLength : Math.max(seen, budget + interval),
  };
}
