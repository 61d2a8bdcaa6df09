// Policies side by side on one clock: what each has answered and what it costs, where their tokens part, how far they
// keep the same tokens against chance, and what one of them alone has saved.
import { memo, useMemo } from "react";
import type { LaneRun } from "../../state/shownRuns";
import type { PanelProps } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { writtenBytes } from "../../ui/numbers";
import { ToolChoice } from "../../ui/ToolChoice";
import { KlView } from "./KlView";
import { laneScales } from "./laneChart";
import { laneRows, type LaneRow } from "./laneRows";
import { LaneRows } from "./LaneRows";
import { lanesTable } from "./lanesTable";
import { KeptView } from "./KeptView";
import { isForced, partings } from "./partings";
import { PartingView } from "./PartingView";
import { lanePair, type LanesScene } from "./scene";
import { SurvivorsView } from "./SurvivorsView";
import type { LanesView } from "./view";
import "./lanes.css";

const noLanes =
  "One policy alone is on the clock. Under Compare, add a lane (another policy, other numbers, the full cache or random " +
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
  const { heading, lanes, stageLane, shownStep, problem, focus, view, provenance } = props;
  const scene = useMemo(
    (): LanesScene => ({ lanes, stageLane, shownStep, problem, focus, view }),
    [lanes, stageLane, shownStep, problem, focus, view],
  );
  const isComparison = lanes.length > 1;
  return (
    <Panel
      {...heading}
      subtitle={isComparison ? lanesSubtitle(lanes) : undefined}
      provenance={[provenance, "derived"]}
      controls={isComparison && <PairChoice scene={scene} onView={props.onView} />}
      {...(isComparison && { table: () => lanesTable(scene) })}
    >
      {isComparison ? <Comparison {...props} scene={scene} /> : <p className="panel-empty">{noLanes}</p>}
    </Panel>
  );
});

function lanesSubtitle(lanes: readonly LaneRun[]): string {
  return `${lanes.length} policies on one clock, ${isForced(lanes) ? "all fed the full cache’s tokens" : "each with its own tokens"}`;
}

function PairChoice({ scene, onView }: { readonly scene: LanesScene; readonly onView: (view: LanesView) => void }) {
  const { lanes, stageLane, view } = scene;
  if (lanes.length < 3) return null;
  return (
    <ToolChoice
      label={`compare lane ${stageLane + 1} with`}
      value={lanePair(scene).otherLane}
      options={[...lanes.keys()]
        .filter((lane) => lane !== stageLane)
        .map((lane) => [lane, `lane ${lane + 1}`] as const)}
      onChange={(otherLane) => onView({ ...view, otherLane })}
    />
  );
}

function Comparison(props: LanesPanelProps & { readonly scene: LanesScene }) {
  const { lanes, stageLane, shownStep, problem, axisStepCount, scene, onMove } = props;
  const rows = useMemo(() => laneRows(lanes, shownStep, problem), [lanes, shownStep, problem]);
  const scales = useMemo(() => laneScales(lanes, axisStepCount), [lanes, axisStepCount]);
  const hasForced = isForced(lanes);
  const parted = useMemo(() => (hasForced ? [] : partings(lanes, stageLane)), [hasForced, lanes, stageLane]);
  const pair = lanePair(scene);
  return (
    <div className="lanes">
      <LaneRows
        lanes={lanes}
        rows={rows}
        stageLane={stageLane}
        scales={scales}
        partings={parted}
        onLane={props.onLane}
        onMove={onMove}
      />
      {hasForced && <p className="lane-note">{forcedNote(rows[stageLane])}</p>}
      {hasForced ? (
        <KlView lanes={lanes} scales={scales} shownStep={shownStep} onMove={onMove} />
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
      <SurvivorsView scene={scene} pair={pair} onFocus={props.onFocus} />
      <KeptView {...props} scene={scene} />
    </div>
  );
}

function forcedNote({ memory }: LaneRow): string {
  return `The tokens come from one full cache that runs beside the lanes: ${writtenBytes(memory.bytesFullCache)} of keys and values, in no lane’s figures.`;
}
