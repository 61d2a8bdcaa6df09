// Policies side by side on one clock: what each has answered and what it costs, where their tokens part, how far they
// keep the same tokens compared with chance, and which tokens one of them alone keeps.
import { memo, useMemo } from "react";
import type { LaneRun } from "../../state/shownRuns";
import type { PanelProps } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { writtenBytes } from "../../ui/numbers";
import { ToolChoice } from "../../ui/ToolChoice";
import { KeptView } from "./KeptView";
import { KlView } from "./LaneCharts";
import { laneLabel, laneRows } from "./laneRows";
import { LaneRows } from "./LaneRows";
import { lanesTable } from "./lanesTable";
import { laneScales } from "./layout";
import { isForced, partings } from "./partings";
import { PartingView } from "./PartingView";
import { lanePair, type LanesView } from "./scene";
import { SurvivorsView } from "./SurvivorsView";
import "./lanes.css";

const noLanes =
  "Only one lane is running. Under Compare, add a lane (another policy or checkpoint, other numbers, the full cache or random " +
  "eviction) and press Run: up to four run on the same prompt, step by step, and are judged here side by side.";

export type LanesPanelProps = PanelProps<
  | "lanes"
  | "stageLane"
  | "shownStep"
  | "axisStepCount"
  | "problem"
  | "focus"
  | "hovered"
  | "pinned"
  | "onHover"
  | "onPin"
  | "onLane"
  | "onMove"
  | "onFocus"
  | "provenance",
  LanesView
>;

export const LanesPanel = memo(function LanesPanel(props: LanesPanelProps) {
  const { heading, lanes, provenance } = props;
  const isComparison = lanes.length > 1;
  return (
    <Panel
      {...heading}
      subtitle={isComparison ? lanesSubtitle(lanes) : undefined}
      provenance={[provenance, "derived"]}
      controls={lanes.length > 2 && <PairChoice {...props} />}
      {...(isComparison && { table: () => lanesTable(props) })}
    >
      {isComparison ? <Comparison {...props} /> : <p className="panel-empty">{noLanes}</p>}
    </Panel>
  );
});

function haveOneModel(lanes: readonly LaneRun[]): boolean {
  return lanes.every(({ trace }) => trace.header.model.digest === lanes[0].trace.header.model.digest);
}

function lanesSubtitle(lanes: readonly LaneRun[]): string {
  const what = haveOneModel(lanes) ? "policies" : "lanes";
  return `${lanes.length} ${what} on one clock, ${isForced(lanes) ? "all fed the full cache’s tokens" : "each with its own tokens"}`;
}

function PairChoice(props: LanesPanelProps) {
  const { lanes, stageLane, view, onView } = props;
  const others = [...lanes.keys()].filter((lane) => lane !== stageLane);
  return (
    <ToolChoice
      label={`compare lane ${stageLane + 1} with`}
      value={lanePair(props).otherLane}
      options={others.map((lane) => [lane, laneLabel(lane)] as const)}
      onChange={(otherLane) => onView({ ...view, otherLane })}
    />
  );
}

function Comparison(props: LanesPanelProps) {
  const { lanes, stageLane, shownStep, problem, axisStepCount, onMove } = props;
  const rows = useMemo(() => laneRows(lanes, shownStep, problem), [lanes, shownStep, problem]);
  const scales = useMemo(() => laneScales(lanes, axisStepCount), [lanes, axisStepCount]);
  const hasForced = isForced(lanes);
  const parted = useMemo(() => (hasForced ? [] : partings(lanes, stageLane)), [hasForced, lanes, stageLane]);
  const pair = lanePair(props);
  return (
    <div className="lanes">
      <LaneRows {...props} rows={rows} scales={scales} partings={parted} />
      {hasForced ? (
        <>
          <p className="lane-note">
            {haveOneModel(lanes)
              ? "All lanes read the words of one full cache that runs along with them. Its"
              : "All lanes read the words that lane 1’s model writes with the full cache. Each lane is compared with a full cache of its own model, whose"}{" "}
            keys and values ({writtenBytes(rows[stageLane].memory.bytesFullCache)}) count in no lane’s figures.
          </p>
          <KlView lanes={lanes} scales={scales} shownStep={shownStep} onMove={onMove} />
        </>
      ) : (
        <PartingView
          lanes={lanes}
          stageLane={stageLane}
          partings={parted}
          otherLane={pair.otherLane}
          shownStep={shownStep}
          onMove={onMove}
        />
      )}
      <SurvivorsView {...props} pair={pair} />
      <KeptView {...props} />
    </div>
  );
}
