// What the lanes panel is asked to show, and what follows from it for its parts. Pure.
import type { Problem } from "../../problems/problem";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import type { LaneMoment } from "../../trace/compare/laneHoldings";
import { laneOverlap, type LaneOverlap } from "../../trace/compare/laneOverlap";
import { onlyKept, type OnlyKept } from "../../trace/compare/onlyKept";
import { eventCountAfterStep } from "../../trace/traceIndex";
import { focusHead, type Focus } from "../focus";
import { laneList } from "./laneNames";
import { otherLaneInForce, type LanesView } from "./view";

export interface LanesScene {
  readonly lanes: readonly LaneRun[];
  readonly stageLane: number;
  /** Of the clock; a lane beyond its end is shown at its end. */
  readonly shownStep: number;
  readonly problem: Problem | null;
  readonly focus: Focus;
  readonly view: LanesView;
}

/** The lane that the one on the stage is compared with, and what the two have in common. */
export interface LanePair {
  readonly otherLane: number;
  /** Null where the two runs are of different models. */
  readonly overlap: LaneOverlap | null;
  /** One of them has let nothing go: what they have in common says nothing. Which one. */
  readonly wholeLanes: readonly number[];
}

export interface KeptAlone {
  /** Lanes compared: those that have let something go. */
  readonly lanes: readonly number[];
  /** Null where fewer than two are left. */
  readonly kept: OnlyKept | null;
}

export function lanePair({ lanes, stageLane, shownStep, view }: LanesScene): LanePair {
  const isEvicting = lanes.map(({ trace }) => trace.header.policyId !== "fullCache");
  const otherLane = otherLaneInForce(view, stageLane, isEvicting);
  const moments = momentsOf(lanes, shownStep);
  const [left, right] = [moments[stageLane], moments[otherLane]];
  return {
    otherLane,
    overlap: isSameShape(lanes) ? laneOverlap(left, right) : null,
    wholeLanes: [stageLane, otherLane].filter((lane) => !hasEvicted(moments[lane])),
  };
}

/** A lane that has let nothing go would hold everything that another one holds: it is left out. */
export function keptAlone({ lanes, shownStep, view, focus }: LanesScene): KeptAlone {
  const moments = momentsOf(lanes, shownStep);
  const evicting = [...moments.keys()].filter((lane) => hasEvicted(moments[lane]));
  const head = view.keptHeads === "all" ? null : focusHead(lanes[0].trace.header.model, focus);
  const isComparable = evicting.length > 1 && isSameShape(lanes);
  return {
    lanes: evicting,
    kept: isComparable
      ? onlyKept(
          evicting.map((lane) => moments[lane]),
          head,
        )
      : null,
  };
}

/** Why there is nothing to list, or who is not part of it; empty where all lanes are. */
export function keptNote({ lanes, kept }: KeptAlone, laneCount: number): string {
  const left = Array.from({ length: laneCount }, (_, lane) => lane).filter((lane) => !lanes.includes(lane));
  if (left.length === 0) return "";
  const holds = left.length === 1 ? "holds" : "hold";
  const note = `${capital(laneList(left))} ${holds} everything so far and ${left.length === 1 ? "is" : "are"} left out.`;
  return kept === null ? `${note} Two lanes that have evicted are needed.` : note;
}

function momentsOf(lanes: readonly LaneRun[], shownStep: number): readonly LaneMoment[] {
  return lanes.map((run) => ({ trace: run.trace, step: laneStep(run, shownStep) }));
}

function hasEvicted({ trace, step }: LaneMoment): boolean {
  return eventCountAfterStep(trace, step) > 0;
}

function isSameShape(lanes: readonly LaneRun[]): boolean {
  const [first, ...others] = lanes.map(({ trace }) => trace.header.model);
  return others.every(
    ({ layerCount, kvHeadCount }) => layerCount === first.layerCount && kvHeadCount === first.kvHeadCount,
  );
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
