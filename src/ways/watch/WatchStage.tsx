// The picture of Watch: the text, the memory, and the decision in one head. The clock's phase moves the chart and the bar
// in each frame, and the text only when a beat begins.
import { useMemo, useState } from "react";
import { useStore } from "zustand";
import { focusHead } from "../../panels/focus";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import type { PageStore } from "../../state/pageStore";
import { decisionBeats } from "../../trace/decisionBeats";
import { lastEventAtStep } from "../../trace/replay";
import { stageWords } from "../../words/en/watch";
import { DecisionChart } from "./DecisionChart";
import { DecisionNote } from "./DecisionNote";
import { MemoryBar } from "./MemoryBar";
import { budgetOf, memoryAt, shownPhase, writtenSince } from "./stageMoment";
import { textBeat } from "./watchText";
import { WatchText } from "./WatchText";
import { WordTip, type TipPlace } from "./WordTip";
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
  const pinned = useStore(store, (state) => state.pinnedPosition);
  const beats = useMemo(() => decisionBeats(trace.header.formula), [trace.header.formula]);
  const isMotionWelcome = useMotionWelcome();
  const event = lastEventAtStep(trace, step);
  const isAtEvent = event?.step === step;
  const phase = useStore(store, ({ decisionPhase }) =>
    isAtEvent ? shownPhase(beats, decisionPhase, isMotionWelcome) : 1,
  );
  const beat = textBeat(beats, phase);
  const budget = budgetOf(trace, step, focusHead(trace.header.model, focus));
  const { focusOn, hold } = store.getState();
  const [tip, setTip] = useState<TipPlace | null>(null);
  const lit = tip?.position ?? null;
  return (
    <>
      <WatchText trace={trace} step={step} beat={beat} focus={focus} lit={lit} pinned={pinned} onTip={setTip} />
      <MemoryBar {...memoryAt(trace, { step, focus, beats, phase })} budget={budget} />
      <DecisionChart
        trace={trace}
        step={step}
        focus={focus}
        event={event}
        beats={beats}
        phase={phase}
        sinceCount={writtenSince(trace, step, focus)}
        budget={budget}
        lit={lit}
        isMotionWelcome={isMotionWelcome}
        onFocus={focusOn}
        onHold={hold}
        onTip={setTip}
      />
      <DecisionNote
        trace={trace}
        focus={focus}
        event={event}
        isDecided={beat === "after" || beat === "falling"}
        budget={budget}
      />
      {tip !== null && <WordTip trace={trace} place={tip} moment={{ step, beat, focus }} />}
    </>
  );
}

function useMotionWelcome(): boolean {
  const [isWelcome] = useState(() => !window.matchMedia("(prefers-reduced-motion: reduce)").matches);
  return isWelcome;
}
