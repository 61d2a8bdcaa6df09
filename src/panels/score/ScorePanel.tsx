// The score of the focused head at the last event: who stayed, who went, by how much, and how it came to that.
import { memo, useMemo } from "react";
import { lastEventAtStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { Panel, type Provenance } from "../../ui/Panel";
import { focusHead, shortFocusLabel, type Focus } from "../focus";
import type { Selection, SelectionHandlers } from "../selection";
import { notedTable } from "../termNote";
import { readCandidates } from "./candidates";
import { ScoreChart } from "./ScoreChart";
import { ScoreChoices } from "./ScoreChoices";
import { spreadOf } from "./spread";
import { SpreadView } from "./SpreadView";
import { scoreTable, spreadTable } from "./table";
import type { ScoreView } from "./view";
import { noEventReason, scoreExplanation } from "./words";

interface ScorePanelProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly view: ScoreView;
  readonly onView: (view: ScoreView) => void;
  readonly provenance: Provenance;
  /** The page moves from step to step by itself. */
  readonly isPlaying: boolean;
}

export const ScorePanel = memo(function ScorePanel(props: ScorePanelProps) {
  const { trace, step, focus, view, onView, provenance, isPlaying, ...selection } = props;
  const event = lastEventAtStep(trace, step);
  const head = focusHead(trace.header.model, focus);
  const candidates = useMemo(() => (event === null ? null : readCandidates(trace, event, head)), [trace, event, head]);
  const place = shortFocusLabel(focus);
  if (event === null || candidates === null) {
    return (
      <Panel
        name="score"
        title="Score"
        subtitle={place}
        provenance={[provenance, "derived"]}
        explanation={scoreExplanation(trace.header)}
      >
        <p className="panel-empty">{noEventReason(trace)}</p>
      </Panel>
    );
  }
  const { measure } = view;
  return (
    <Panel
      name="score"
      title="Score"
      subtitle={`${place}, event at step ${event.step}`}
      provenance={[provenance, "derived"]}
      explanation={scoreExplanation(trace.header)}
      table={() =>
        notedTable(
          measure === "spread" ? spreadTable(event, focus, spreadOf(candidates)) : scoreTable(event, focus, candidates),
          trace.header,
        )
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
          isAtEvent={event.step === step && !isPlaying}
          view={{ ...view, measure }}
          onView={onView}
          {...selection}
        />
      )}
    </Panel>
  );
});
