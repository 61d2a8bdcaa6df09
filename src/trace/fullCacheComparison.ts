// The full-cache comparison of a run (StepRecord.comparison), read for panels and summaries. All of it is derived: it sets
// two measured runs side by side. Steps of a run that was not compared read as NaN.

import { assert } from "../lib/errors";
import { latestOf } from "./latest";
import type { Trace } from "./trace";
import { eventCountAfterStep, traceIndex } from "./traceIndex";

export interface ComparisonSummary {
  readonly stepCount: number;
  /** Mean over the steps of KL(full ‖ run), in nats. */
  readonly meanKlNats: number;
  /** Share of the steps at which both hold the same token for the most probable one, 0 … 1. */
  readonly agreedShare: number;
  /** The first step at which they do not; null where there is none. */
  readonly firstDisagreement: number | null;
  /** Mean over the steps and all layers and KV heads of the attention that went to evicted positions, 0 … 1. */
  readonly meanLostAttention: number;
}

/** A live trace grows, so what is known of it does too: mean lost attention [step], regret after every so many steps. */
interface Known {
  readonly lostMeans: number[];
  /** [checkpoint][position]: sums over the steps before checkpoint × CHECKPOINT_STEPS. */
  readonly checkpoints: Float64Array[];
}

const CHECKPOINT_STEPS = 64;

/** Whether this run was compared with the full cache. */
export function isCompared(trace: Trace): boolean {
  return trace.steps.length > 0 && trace.steps[0].comparison !== undefined;
}

/** KL(full ‖ run) in nats of the first `stepCount` steps. [step] */
export function klByStep(trace: Trace, stepCount: number): Float64Array {
  return Float64Array.from({ length: stepCount }, (_, step) => trace.steps[step].comparison?.klNats ?? NaN);
}

/** Of the first `stepCount` steps the attention that the full cache pays to what the run evicted, mean over layers and KV heads, 0 … 1. [step] */
export function lostAttentionByStep(trace: Trace, stepCount: number): Float64Array {
  const { lostMeans } = known(trace);
  while (lostMeans.length < stepCount) lostMeans.push(meanOf(trace.steps[lostMeans.length].comparison?.lostAttention));
  return Float64Array.from(lostMeans.slice(0, stepCount));
}

/**
 * Per position the attention that the full cache has paid it since its eviction: sum over the layers and KV heads
 * that evicted it and over the steps up to this one; 1 = the whole attention of one head at one step. Zeros where nothing
 * was evicted, NaN where nothing was compared. [position up to P + step]
 */
export function regretByPosition(trace: Trace, step: number): Float64Array {
  assert(step >= -1 && step < trace.steps.length, `step ${step} of a trace of ${trace.steps.length} steps`);
  const length = trace.header.promptTokens.length + step + 1;
  if (!isCompared(trace)) return new Float64Array(length).fill(NaN);
  const { checkpoints } = known(trace);
  const checkpoint = Math.floor((step + 1) / CHECKPOINT_STEPS);
  while (checkpoints.length <= checkpoint) checkpoints.push(nextCheckpoint(trace, checkpoints));
  const sums = new Float64Array(length);
  sums.set(checkpoints[checkpoint]);
  for (let added = checkpoint * CHECKPOINT_STEPS; added <= step; added++) addRegret(trace, added, sums);
  return sums;
}

/** Over the first `stepCount` steps; null where there are none or nothing was compared. */
export function comparisonSummary(trace: Trace, stepCount: number): ComparisonSummary | null {
  if (stepCount === 0 || !isCompared(trace)) return null;
  const isAgreed = trace.steps.slice(0, stepCount).map(({ comparison }) => comparison?.isTopAgreed === true);
  const firstDisagreement = isAgreed.indexOf(false);
  return {
    stepCount,
    meanKlNats: meanOf(klByStep(trace, stepCount)),
    agreedShare: isAgreed.filter(Boolean).length / stepCount,
    firstDisagreement: firstDisagreement < 0 ? null : firstDisagreement,
    meanLostAttention: meanOf(lostAttentionByStep(trace, stepCount)),
  };
}

/** Positions that some head could no longer see at a step: as many as `regret` has values there. */
export function evictedCountAt(trace: Trace, step: number): number {
  const { headCount } = traceIndex(trace);
  const heldCounts = heldCountsSeen(trace, step);
  let count = 0;
  for (const heldCount of heldCounts) if (heldCount < headCount) count++;
  return count;
}

function known(trace: Trace): Known {
  return latestOf(trace, ["fullCacheComparison"], () => ({ lostMeans: [], checkpoints: [] }));
}

function nextCheckpoint(trace: Trace, checkpoints: readonly Float64Array[]): Float64Array {
  const before = checkpoints.at(-1);
  if (before === undefined) return new Float64Array(0);
  const end = checkpoints.length * CHECKPOINT_STEPS;
  const sums = new Float64Array(trace.header.promptTokens.length + end);
  sums.set(before);
  for (let step = end - CHECKPOINT_STEPS; step < end; step++) addRegret(trace, step, sums);
  return sums;
}

function addRegret(trace: Trace, step: number, sums: Float64Array): void {
  const regret = trace.steps[step].comparison?.regret;
  if (regret === undefined || regret.length === 0) return;
  const { headCount } = traceIndex(trace);
  const heldCounts = heldCountsSeen(trace, step);
  let place = 0;
  for (let position = 0; position < heldCounts.length; position++) {
    if (heldCounts[position] < headCount) sums[position] += regret[place++];
  }
}

/** Of the positions written by the last event before a step: how many heads hold them still. */
function heldCountsSeen(trace: Trace, step: number): Uint32Array {
  const eventCount = eventCountAfterStep(trace, step - 1);
  return eventCount === 0 ? new Uint32Array(0) : traceIndex(trace).heldCounts[eventCount - 1];
}

function meanOf(values: ArrayLike<number> | undefined): number {
  if (values === undefined) return NaN;
  let sum = 0;
  for (let place = 0; place < values.length; place++) sum += values[place];
  return sum / values.length;
}
