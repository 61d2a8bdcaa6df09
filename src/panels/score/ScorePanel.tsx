// The scores of the focused head at the last event: what stayed, what was evicted, by how much, and why.
import { memo, useMemo, useRef } from "react";
import { areScoresRecorded, noScoresReason } from "../../trace/recorded";
import { lastEventAtStep } from "../../trace/replay";
import { unevenBudgets } from "../../trace/headBudgets";
import { keptCountOf, type EvictionEvent, type Trace } from "../../trace/trace";
import type { PanelProps } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { focusHead } from "../focus";
import { FocusChoice } from "../heads/FocusChoice";
import { windowReason } from "../layerWindowWords";
import { meanSlotsText, rangeText } from "../slotsText";
import { readCandidates, scoreTable } from "./candidates";
import { ScoreChart } from "./ScoreChart";
import { ScoreChoices, type ScoreView } from "./ScoreChoices";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { decidingEvent } from "../why/layout";
import { spreadOf, spreadTable } from "./spread";
import { SpreadView } from "./SpreadView";
import { noEventReason } from "./words";
import "./score.css";

type ScorePanelProps = PanelProps<
  | "trace"
  | "step"
  | "focus"
  | "onFocus"
  | "hovered"
  | "pinned"
  | "onHover"
  | "onPin"
  | "provenance"
  | "isMoving"
  | "onMove",
  ScoreView
>;

interface ShownEvent {
  /** Null before the first event. */
  readonly event: EvictionEvent | null;
  /** Why it is not the last one, in words; "" where it is. */
  readonly note: string;
}

/** The last event; at rest, the one that evicted the pinned token from this head, which the why card explains. */
function shownEvent({ trace, step, focus, pinned, isMoving }: ScorePanelProps): ShownEvent {
  const last = lastEventAtStep(trace, step);
  const written = trace.header.promptTokens.length + step;
  if (isMoving || pinned === null || pinned >= written) return { event: last, note: "" };
  const event = decidingEvent(trace, step, focus, pinned);
  return { event, note: event === last ? "" : `, which evicted “${tokenLabel(tokenText(trace, pinned))}”` };
}

/** How many slots the head keeps, where heads keep different numbers; "" where all keep as many. */
function slotsNote(trace: Trace, event: EvictionEvent, head: number): string {
  const range = unevenBudgets(trace, event.step);
  if (range === null) return "";
  return `; keeps ${keptCountOf(event, head)} slots (heads ${rangeText(range)}, mean ${meanSlotsText(range.mean)})`;
}

export const ScorePanel = memo(function ScorePanel(props: ScorePanelProps) {
  const { heading, trace, step, focus, onFocus, view, onView, provenance, isMoving, onMove, ...selection } = props;
  const { event, note } = shownEvent(props);
  const head = focusHead(trace.header.model, focus);
  const candidates = useMemo(() => (event === null ? null : readCandidates(trace, event, head)), [trace, event, head]);
  const place = <FocusChoice model={trace.header.model} {...{ focus, onFocus }} />;
  /** Where the page was before a decision was watched. */
  const began = useRef<number | null>(null);
  const undecided = windowReason(trace.header, head);
  if (event === null || candidates === null || undecided !== null) {
    return (
      <Panel {...heading} subtitle={place} provenance={[provenance, "derived"]}>
        <p className="panel-empty">{undecided ?? noEventReason(trace)}</p>
      </Panel>
    );
  }
  if (!areScoresRecorded(event, head)) {
    return (
      <Panel {...heading} subtitle={place} provenance={[provenance, "derived"]}>
        <p className="panel-empty">{noScoresReason(event)}</p>
      </Panel>
    );
  }
  const { measure } = view;
  return (
    <Panel
      {...heading}
      subtitle={
        <>
          {place}
          {`, event at step ${event.step}${note}${slotsNote(trace, event, head)}`}
        </>
      }
      provenance={[provenance, "derived"]}
      table={() =>
        measure === "spread" ? spreadTable(event, focus, spreadOf(candidates)) : scoreTable(event, focus, candidates)
      }
    >
      {measure === "spread" ? (
        <>
          <div className="score-tools" data-not-exported>
            <ScoreChoices view={view} onView={onView} />
          </div>
          <SpreadView header={trace.header} candidates={candidates} />
        </>
      ) : (
        <ScoreChart
          key={head}
          trace={trace}
          event={event}
          candidates={candidates}
          isAtEvent={event.step === step && !isMoving}
          view={{ ...view, measure }}
          onView={onView}
          onWatch={() => {
            began.current = step;
            onMove(event.step);
          }}
          onWatched={() => {
            if (began.current !== null) onMove(began.current);
            began.current = null;
          }}
          {...selection}
        />
      )}
    </Panel>
  );
});
