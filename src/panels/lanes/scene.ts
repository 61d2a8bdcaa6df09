// What the lanes panel shows, and what follows from it: the pair it compares, and the tokens that one lane alone keeps.
// Pure.
import { capital } from "../../lib/capital";
import type { Problem } from "../../problems/problem";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import type { LaneMoment } from "../../trace/compare/laneHoldings";
import { laneOverlap, type LaneOverlap } from "../../trace/compare/laneOverlap";
import { onlyKept, type OnlyKept } from "../../trace/compare/onlyKept";
import { eventCountAfterStep } from "../../trace/traceIndex";
import { focusHead, type Focus } from "../focus";
import { laneList } from "./laneRows";

/** What a reader may choose. */
export interface LanesView {
  /** The lane that the one on the stage is compared with; null leaves it to the panel. */
  readonly otherLane: number | null;
  /** Tokens that one lane alone keeps: in the focused head, or counted over all heads. */
  readonly keptHeads: "focus" | "all";
}

export interface LanesScene {
  readonly lanes: readonly LaneRun[];
  readonly stageLane: number;
  /** Step of the clock; a lane that ended earlier is shown at its end. */
  readonly shownStep: number;
  readonly problem: Problem | null;
  readonly focus: Focus;
  readonly view: LanesView;
}

/** The lane that the one on the stage is compared with, and what the two have in common. */
export interface LanePair {
  readonly otherLane: number;
  /** Null if the heads of the lanes cannot be compared: their models differ in shape. */
  readonly overlap: LaneOverlap | null;
  /** Which of the two have evicted nothing so far: an overlap with everything says nothing. */
  readonly wholeLanes: readonly number[];
}

export interface KeptAlone {
  /** The lanes compared: those that have evicted something. */
  readonly lanes: readonly number[];
  /** Null if fewer than two are left, or if their models differ in shape. */
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

/** The lane to compare with the one on the stage: the chosen one, else the first other that evicts, else the first other. */
export function otherLaneInForce(view: LanesView, stageLane: number, isEvicting: readonly boolean[]): number {
  const others = [...isEvicting.keys()].filter((lane) => lane !== stageLane);
  if (view.otherLane !== null && others.includes(view.otherLane)) return view.otherLane;
  return others.find((lane) => isEvicting[lane]) ?? others.at(0) ?? stageLane;
}

/** A lane that has evicted nothing holds everything that the others hold, so it is left out. */
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

/** The tokens that one lane alone keeps. */
export interface KeptTokens {
  /** Summed over the tokens. */
  readonly headCount: number;
  /** The most widely kept first, then in the order of the text; with the heads in which no other lane has it. */
  readonly tokens: readonly { readonly position: number; readonly headCount: number }[];
}

/** From the counts of one lane. [position] */
export function keptTokens(headCounts: Uint16Array): KeptTokens {
  const tokens = Array.from(headCounts, (headCount, position) => ({ position, headCount }))
    .filter(({ headCount }) => headCount > 0)
    .sort((left, right) => right.headCount - left.headCount || left.position - right.position);
  return { headCount: tokens.reduce((sum, token) => sum + token.headCount, 0), tokens };
}

/** Why lanes of other checkpoints may not be compared head by head. */
export const OTHER_SHAPES = "The lanes run models of different shapes, so their heads cannot be compared.";

/** Why there is nothing to list, or which lanes are left out; empty if none is. */
export function keptNote({ lanes, kept }: KeptAlone, laneCount: number): string {
  if (kept === null && lanes.length > 1) return OTHER_SHAPES;
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
