// The scores of the focused head at the last event: what stayed, what was evicted, by how much, and why.
import { memo, useMemo } from "react";
import { lastEventAtStep } from "../../trace/replay";
import type { PanelProps } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { focusHead, shortFocusLabel } from "../focus";
import { readCandidates, scoreTable } from "./candidates";
import { ScoreChart } from "./ScoreChart";
import { ScoreChoices, type ScoreView } from "./ScoreChoices";
import { spreadOf, spreadTable } from "./spread";
import { SpreadView } from "./SpreadView";
import { noEventReason } from "./words";
import "./score.css";

type ScorePanelProps = PanelProps<
  "trace" | "step" | "focus" | "hovered" | "pinned" | "onHover" | "onPin" | "provenance" | "isMoving" | "onMove",
  ScoreView
>;

export const ScorePanel = memo(function ScorePanel(props: ScorePanelProps) {
  const { heading, trace, step, focus, view, onView, provenance, isMoving, onMove, ...selection } = props;
  const event = lastEventAtStep(trace, step);
  const head = focusHead(trace.header.model, focus);
  const candidates = useMemo(() => (event === null ? null : readCandidates(trace, event, head)), [trace, event, head]);
  const place = shortFocusLabel(focus);
  if (event === null || candidates === null) {
    return (
      <Panel {...heading} subtitle={place} provenance={[provenance, "derived"]}>
        <p className="panel-empty">{noEventReason(trace)}</p>
      </Panel>
    );
  }
  const { measure } = view;
  return (
    <Panel
      {...heading}
      subtitle={`${place}, event at step ${event.step}`}
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
          onWatch={() => onMove(event.step)}
          {...selection}
        />
      )}
    </Panel>
  );
});
