// Survivors of the lane on the stage and of another one, head by head against chance.
import { writtenShare } from "../../ui/numbers";
import type { Focus } from "../focus";
import { laneLabel, laneList } from "./laneNames";
import { OverlapGridView } from "./OverlapGridView";
import { capital, type LanePair, type LanesScene } from "./scene";

interface SurvivorsViewProps {
  readonly scene: LanesScene;
  readonly pair: LanePair;
  readonly onFocus: (focus: Focus) => void;
}

export function SurvivorsView({ scene, pair, onFocus }: SurvivorsViewProps) {
  const { stageLane, lanes, focus } = scene;
  const { otherLane, overlap } = pair;
  const reason = noOverlapReason(pair);
  return (
    <section className="lane-part lane-part-half" aria-label="Survivors compared">
      <h3>
        Survivors: {laneLabel(stageLane)} and {laneLabel(otherLane)}
      </h3>
      {overlap === null || reason !== null ? (
        <p className="panel-empty">{reason}</p>
      ) : (
        <>
          <p className="lane-note">
            In common {writtenShare(overlap.meanOverlap)}, chance {writtenShare(overlap.meanChance)} (mean of all
            heads); {overlap.positionCount} positions decided on by both
            {overlap.isCutByDivergence && ", only those before the tokens part"}.
          </p>
          <OverlapGridView
            overlap={overlap}
            model={lanes[stageLane].trace.header.model}
            focus={focus}
            onFocus={onFocus}
          />
          <div className="legend">
            <span className="legend-item">
              <svg width={30} height={12} aria-hidden="true">
                <rect className="lane-cell-ground" width={30} height={12} />
                <rect className="lane-cell-bar" width={20} height={12} />
              </svg>
              in common, 0 to 100 % of the smaller cache
            </span>
            <span className="legend-item">
              <svg width={8} height={14} aria-hidden="true">
                <line className="lane-cell-chance" x1={4} x2={4} y1={0} y2={14} />
              </svg>
              chance
            </span>
          </div>
        </>
      )}
    </section>
  );
}

function noOverlapReason({ overlap, wholeLanes }: LanePair): string | null {
  if (overlap === null) return "The lanes are of models of different shapes: their heads cannot be compared.";
  if (wholeLanes.length > 0) {
    const verb = wholeLanes.length === 1 ? "has" : "have";
    return `${capital(laneList(wholeLanes))} ${verb} let nothing go so far: every set of tokens lies within everything, so overlap and chance are both 100 %.`;
  }
  if (overlap.positionCount === 0) return "No position has been decided on by both lanes yet: move on to a later step.";
  if (Number.isNaN(overlap.meanOverlap))
    return "One of the lanes holds none of the positions that both have decided on.";
  return null;
}
