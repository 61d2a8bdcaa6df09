// Play, the time line with its decisions and the first mistake, the word on show, and the answer.
import { useMemo, type CSSProperties } from "react";
import { useStore } from "zustand";
import { clockWords, inUnit } from "../../words/en/watch";
import type { Trace } from "../../trace/trace";
import { goToMistake } from "./goToCause";
import { answerWords, lineLength } from "./timeLine";
import type { WayProps } from "../wayProps";
import { unitOf } from "./causeText";

interface WatchClockProps extends WayProps {
  /** Opens the card that says why the run went wrong. */
  readonly onExplain: (trace: Trace) => void;
}

export function WatchClock({ store, acts, shown, nextRun, onExplain }: WatchClockProps) {
  const shownStep = useStore(store, (state) => state.shownStep);
  const isMoving = useStore(
    store,
    ({ isPlaying, isFollowing, runStatus }) => isPlaying || (isFollowing && runStatus === "running"),
  );
  const isSlow = useStore(store, (state) => state.isSlowAtDecisions);
  const isHeld = useStore(store, (state) => state.isHeld && state.isPlaying);
  if (shown === null) return null;
  const { lane, verdict, mistakes } = shown;
  const { trace, stepCount, end } = lane;
  const expected = nextRun.expectedTokens === null ? null : nextRun.expectedTokens - trace.header.promptTokens.length;
  const length = lineLength(stepCount, end !== null, nextRun.isChanged ? null : expected);
  const answer = answerWords(verdict);
  const words = inUnit(clockWords, unitOf(trace));
  const { moveTo, slowAtDecisions } = store.getState();
  const word = Math.min(shownStep, stepCount - 1) + 1;
  const explain = (step: number): void => {
    goToMistake(store, lane, trace.header.promptTokens.length + step);
    onExplain(trace);
  };
  return (
    <>
      <div className="watch-clock-row">
        <button
          type="button"
          className="watch-play button-primary"
          aria-label={isMoving ? words.pause : words.play}
          onClick={acts.playPause}
        >
          <svg width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
            <path d={isMoving ? "M3,2h3.5v12H3zM9.5,2H13v12H9.5z" : "M4,2L14,8L4,14z"} />
          </svg>
        </button>
        <div className="watch-time-line">
          <input
            type="range"
            min={0}
            max={length - 1}
            value={Math.min(shownStep, length - 1)}
            style={shareStyle("--told", shownStep / Math.max(1, length - 1))}
            aria-label={words.line}
            aria-valuetext={`${words.word(word, length)}${answer === null ? "" : `, ${answer.answer}, ${answer.verdict}`}`}
            onChange={({ target }) => moveTo(Number(target.value))}
          />
          <LineMarks
            store={store}
            trace={trace}
            stepCount={stepCount}
            length={length}
            mistakes={mistakes}
            onMistake={explain}
          />
        </div>
      </div>
      <div className="watch-clock-words">
        <span className="watch-word-count">{words.word(word, length)}</span>
        {isHeld ? (
          <span>{words.waitsForPointer}</span>
        ) : (
          <label>
            <input type="checkbox" checked={isSlow} onChange={({ target }) => slowAtDecisions(target.checked)} />
            {words.slow}
          </label>
        )}
        {answer !== null && (
          <strong className={`watch-answer watch-answer-${answer.tone}`}>
            {answer.answer} {answer.mark} <span className="watch-answer-verdict">{answer.verdict}</span>
          </strong>
        )}
      </div>
    </>
  );
}

function shareStyle(name: string, share: number): CSSProperties {
  return { [name]: Math.min(1, Math.max(0, share)) };
}

interface LineMarksProps extends Pick<WayProps, "store"> {
  readonly trace: Trace;
  readonly stepCount: number;
  readonly length: number;
  readonly mistakes: NonNullable<WayProps["shown"]>["mistakes"];
  readonly onMistake: (step: number) => void;
}

/** For the pointer alone: by keyboard, Shift with an arrow goes from decision to decision. */
function LineMarks({ store, trace, stepCount, length, mistakes, onMistake }: LineMarksProps) {
  const eventCount = trace.events.length;
  const steps = useMemo(
    () => trace.events.slice(0, eventCount).flatMap(({ step }) => (step < stepCount ? step : [])),
    [trace, eventCount, stepCount],
  );
  const at = (step: number): CSSProperties => shareStyle("--at", step / Math.max(1, length - 1));
  return (
    <div className="watch-line-marks" aria-hidden="true">
      {steps.map((step) => (
        <span
          key={step}
          className="watch-event-mark"
          style={at(step)}
          title={inUnit(clockWords, unitOf(trace)).decisionAt(step + 1)}
          onClick={() => store.getState().playDecision(step)}
        >
          ▲
        </span>
      ))}
      {mistakes.map(({ step }) => (
        <span
          key={`mistake ${step}`}
          className="watch-mistake-mark"
          style={at(step)}
          title={clockWords.firstMistake}
          onClick={() => onMistake(step)}
        >
          ✗
        </span>
      ))}
    </div>
  );
}
