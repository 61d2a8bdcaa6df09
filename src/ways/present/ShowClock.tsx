// The thin clock of the show: how far the run has come, with its events. It can be dragged.
import { useStore } from "zustand";
import type { PageStore } from "../../state/pageStore";
import type { LaneRun } from "../../state/shownRuns";
import type { Shows } from "../../state/deck";
import { presentWords } from "../../words/en/present";
import { clockWords, inUnit } from "../../words/en/watch";
import { unitOf } from "../watch/causeText";

interface ShowClockProps {
  readonly store: PageStore;
  readonly lane: LaneRun;
  /** Watch counts words from 1, panels count steps from 0. */
  readonly shows: Shows;
}

export function ShowClock({ store, lane, shows }: ShowClockProps) {
  const step = useStore(store, (state) => state.shownStep);
  const last = useStore(store, (state) => Math.max(1, state.stepCount - 1));
  const { moveTo } = store.getState();
  const words = inUnit(clockWords, unitOf(lane.trace));
  const text = shows === "watch" ? words.word(step + 1, last + 1) : presentWords.clock({ step, last });
  return (
    <div className="show-clock">
      <div className="show-clock-line">
        <span className="show-clock-passed" style={{ width: `${(100 * step) / last}%` }} />
        {lane.trace.events
          .filter((event) => event.step <= last)
          .map((event) => (
            <i
              key={event.step}
              className={event.step <= step ? "show-event show-event-passed" : "show-event"}
              style={{ left: `${(100 * event.step) / last}%` }}
            />
          ))}
        <input
          type="range"
          min={0}
          max={last}
          value={step}
          aria-label={presentWords.clockLabel}
          aria-valuetext={text}
          onChange={(event) => moveTo(Number(event.target.value))}
          // The keys of a clicker are for the moments again.
          onPointerUp={(event) => event.currentTarget.blur()}
        />
      </div>
      <span className="show-clock-text">{text}</span>
    </div>
  );
}
