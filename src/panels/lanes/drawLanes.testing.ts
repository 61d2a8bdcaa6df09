// Lanes drawn by hand, for tests of the panel: two policies on one prompt whose tokens part at step 2.
import type { LaneRun } from "../../state/shownRuns";
import { laneRunOf } from "../../state/shownRuns";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { ParameterValue, Trace, TraceHeader } from "../../trace/trace";

export interface DrawnLane {
  readonly policyId?: string;
  readonly policyLabel?: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** One line per step: the word, and what is evicted; see drawTrace. */
  readonly picture: string;
  readonly isCompared?: boolean;
  readonly isForced?: boolean;
  readonly expectedAnswer?: string;
}

/** Words are tokens: the same word is the same token in every lane. */
export function drawLane(lane: DrawnLane): LaneRun {
  const { policyId = "gkv", policyLabel = "G-KV", parameters = {}, picture, isCompared = false } = lane;
  const drawn = drawTrace({ prompt: "The cat sat on the mat", windowSlots: 1, isCompared }, picture);
  const header: TraceHeader = {
    ...drawn.header,
    policyId,
    policyLabel,
    parameters: { ...drawn.header.parameters, budgetSlots: 5, ...parameters },
    expectedAnswer: lane.expectedAnswer ?? null,
    ...(lane.isForced === true && { isForced: true }),
  };
  const steps = drawn.steps.map((record) => ({ ...record, token: tokenOf(record.text) }));
  const trace: Trace = { ...drawn, header, steps, end: "length" };
  return laneRunOf(trace);
}

export const twoLanes: readonly LaneRun[] = [
  drawLane({ parameters: { alpha: 0.8 }, picture: "and\nslept  evicts The cat | sat on\nwell\nall\nday" }),
  drawLane({
    policyId: "snapKv",
    policyLabel: "SnapKV",
    parameters: { budgetSlots: 4 },
    picture: "and\nslept  evicts The sat the | The cat on\nbadly\nall",
  }),
];

function tokenOf(word: string): number {
  return Array.from(word.trim()).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
}
