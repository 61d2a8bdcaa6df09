// When each position was last looked at: the steps at which some head gave it a noticeable share of its attention,
// from the recorded rows. Found step by step, in pieces, because a long run has more rows than one task may read.
import { headRow } from "../cache/headRows";
import { latestOf } from "./latest";
import { seenPosition, slotsSeenByStep } from "./replay";
import type { Trace } from "./trace";

/** A token counts as used by a step that gave it more than this share of one head's attention. */
export const USED_SHARE = 0.02;

/** Step of a position that was never used. */
export const UNUSED = -1;

export interface TokenUses {
  /** Steps whose rows have been read. */
  readonly stepCount: number;
  /** Whether all steps that the trace has by now have been read. */
  isDone(): boolean;
  /** Reads one step's rows. */
  advance(): void;
  /** Last step up to this one that used each position; a token's own query does not count. [position written by then] */
  lastUses(step: number): Int32Array;
}

/** Values that may be read at once, when somebody asks. */
const AT_ONCE = 1_000_000;

/** The uses found so far; a growing trace is read on from where it stood. */
export function tokenUses(trace: Trace): TokenUses {
  const uses = latestOf(trace, ["tokenUses"], () => createUses(trace));
  for (let read = 0; read < AT_ONCE && !uses.isDone();) {
    read += trace.steps[uses.stepCount].attention.values.length;
    uses.advance();
  }
  return uses;
}

function createUses(trace: Trace): TokenUses {
  const useSteps: number[][] = []; // [position], ascending
  let stepCount = 0;
  return {
    get stepCount() {
      return stepCount;
    },
    isDone: () => stepCount === trace.steps.length,
    advance() {
      addUses(trace, stepCount, useSteps);
      stepCount++;
    },
    lastUses: (step) =>
      Int32Array.from({ length: trace.header.promptTokens.length + step }, (_, position) =>
        lastUpTo(useSteps.at(position) ?? [], step),
      ),
  };
}

function addUses(trace: Trace, step: number, useSteps: number[][]): void {
  const { attention, attentionScale } = trace.steps[step];
  const seen = slotsSeenByStep(trace, step);
  while (useSteps.length < trace.header.promptTokens.length + step) useSteps.push([]);
  for (let head = 0; head < attentionScale.length; head++) {
    const least = (255 * USED_SHARE) / attentionScale[head];
    if (least >= 255) continue;
    const row = headRow(attention, head);
    // The newest slot is the query's own token.
    for (let slot = 0; slot < row.length - 1; slot++) {
      if (row[slot] <= least) continue;
      const steps = useSteps[seenPosition(seen, head, slot)];
      if (steps.at(-1) !== step) steps.push(step);
    }
  }
}

/** The greatest of ascending steps that is not beyond one. */
function lastUpTo(steps: readonly number[], step: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? UNUSED : steps[low - 1];
}
