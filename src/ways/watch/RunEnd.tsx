// What became of a run that has ended: one sentence and where to go next, or why it went wrong. The card of the cause stays
// until it is closed or another run is shown, so that one can look around with it.
import { useEffect, useMemo, useRef } from "react";
import { useStore } from "zustand";
import { withChoice } from "../../settings/inForce";
import { noLaneComparison } from "../../settings/lanes";
import type { PageStore } from "../../state/pageStore";
import { otherProblem } from "../../state/problem";
import { laneStep } from "../../state/shownRuns";
import type { Trace } from "../../trace/trace";
import { causeWords, endWords } from "../../words/en/cause";
import type { ShownRun } from "../usePage";
import type { WayProps } from "../wayProps";
import { causeOf, type Cause } from "./cause";
import { causeSentences, outcomeText } from "./causeText";
import { goToCause } from "./goToCause";
import { nextSteps, type NextStep } from "./nextSteps";
import "./runEnd.css";

interface RunEndProps extends Pick<WayProps, "store"> {
  readonly shown: ShownRun;
  /** The run whose card of the cause is open. */
  readonly explained: Trace | null;
  readonly onExplain: (trace: Trace | null) => void;
}

export function RunEnd({ shown, ...rest }: WayProps & Omit<RunEndProps, "shown">) {
  if (shown === null) return null;
  return <EndOf shown={shown} {...rest} />;
}

function EndOf({ store, shown, explained, onExplain }: RunEndProps) {
  const { lane, verdict } = shown;
  const { trace } = lane;
  const shownStep = useStore(store, (state) => state.shownStep);
  const problem = useStore(store, (state) => state.problem);
  const isEnded = lane.end !== null;
  const fullCache = useStore(store, (state) => state.fullCacheRun);
  const cause = useMemo(
    () => (isEnded ? causeOf(trace, lane.stepCount - 1, problem, fullCache) : null),
    [isEnded, trace, lane.stepCount, problem, fullCache],
  );
  const mistakeStep = cause?.mistake.atStep ?? null;
  const isAtEnd = isEnded && laneStep(lane, shownStep) === lane.stepCount - 1;
  const isOpen = explained === trace;
  useEffect(() => {
    // Computed before anybody asks, so that the card does not change while it is read.
    if ((isAtEnd || isOpen) && mistakeStep !== null && trace.events.length > 0)
      store.getState().runFullCache(mistakeStep);
  }, [store, trace, mistakeStep, isAtEnd, isOpen]);
  const close = (): void => {
    onExplain(null);
    store.getState().pin(null);
  };
  if (cause !== null && isOpen) {
    return <CauseCard store={store} trace={trace} cause={cause} onClose={close} />;
  }
  if (!isAtEnd) return null;
  const open = (opened: Cause): void => {
    onExplain(trace);
    goToCause(store, trace, opened);
  };
  return (
    <section className="run-end" aria-label={endWords.label}>
      <p className={`run-end-outcome run-end-${verdict.type}`}>{outcomeText(trace, verdict, cause)}</p>
      <div className="run-end-steps">
        {nextSteps({ trace, verdict, cause, problem }).map((step) => (
          <button
            key={step.label}
            type="button"
            className={step.type === "why" ? "run-end-main" : undefined}
            onClick={() => (step.type === "why" ? cause !== null && open(cause) : takeStep(store, step))}
          >
            {step.label}
          </button>
        ))}
        <button type="button" className="link-button" onClick={() => store.getState().go("explore")}>
          {endWords.explore}
        </button>
      </div>
    </section>
  );
}

interface CauseCardProps {
  readonly store: PageStore;
  readonly trace: Trace;
  readonly cause: Cause;
  readonly onClose: () => void;
}

function CauseCard({ store, trace, cause, onClose }: CauseCardProps) {
  const { card } = causeWords;
  const { go, playDecision } = store.getState();
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // It took the place of the button that opened it: the keyboard goes on here, and a screen reader reads it.
    if (document.activeElement === document.body) section.current?.focus({ preventScroll: true });
  }, []);
  const close = (): void => {
    document.querySelector<HTMLElement>(".watch-play")?.focus({ preventScroll: true });
    onClose();
  };
  /** The card stands over the chart. */
  const watch = (step: number): void => {
    close();
    playDecision(step);
  };
  const explore = (): void => {
    goToCause(store, trace, cause);
    go("explore");
  };
  return (
    <section ref={section} className="run-end cause-card" aria-label={card.title} tabIndex={-1}>
      <header className="cause-head">
        <h2>{card.title}</h2>
        <button type="button" className="cause-close" aria-label={card.close} onClick={close}>
          ×
        </button>
      </header>
      <ul className="cause-text">
        {causeSentences(trace, cause).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <div className="run-end-steps">
        <button type="button" onClick={() => goToCause(store, trace, cause)}>
          {card.goToMistake}
        </button>
        {cause.type === "evicted" && (
          <button type="button" onClick={() => watch(cause.lost[0].eviction.step)}>
            {card.watchDecision}
          </button>
        )}
        <button type="button" className="run-end-main" onClick={explore}>
          {card.explore}
        </button>
      </div>
    </section>
  );
}

function takeStep(store: PageStore, step: Exclude<NextStep, { type: "why" }>): void {
  const { choices, problem, chooseState, run, squeeze } = store.getState();
  if (step.type === "squeeze") {
    squeeze(step);
    return;
  }
  if (problem === null) return;
  const harder = otherProblem(problem, { difficulty: problem.difficulty + 1 });
  chooseState({ choices: withChoice(choices, "problem", harder), comparison: noLaneComparison });
  run("atOnce");
}
