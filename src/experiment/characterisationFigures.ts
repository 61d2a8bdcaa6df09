// A row of the quantisation characterisation: how a model is stored and served, and what was measured of it. From finished
// runs to figures; nothing is measured here. Definitions: methods section 23.

import { storesCodes } from "../cache/packing";
import type { QuantisedFormat } from "../engine/protocol";
import { bytesInUseAfterSteps, memoryFigures } from "../trace/figures";
import type { Trace } from "../trace/trace";
import { meanLength } from "../cache/headRows";
import { percentile, characterisationTimes } from "./characterisation";

export interface CharacterisationConfig {
  /** The blocks that every matrix is stored in and multiplied from. */
  readonly weights: "asLoaded" | QuantisedFormat;
  readonly storage: "asComputed" | "half" | "quantised" | "kivi" | "tada";
  /** Of keys and values, where they are codes. */
  readonly kvBits: 2 | 3 | 4 | 8;
  /** Numbers of the cache that share a scale. */
  readonly groupNumbers: 8 | 16 | 32 | 64 | 128;
  /** Null: nothing is evicted. */
  readonly budgetSlots: number | null;
}

/** What can differ between rows that are measured alike: the numbers that a row does not use are left out. */
export function configKey({ weights, storage, kvBits, groupNumbers, budgetSlots }: CharacterisationConfig): string {
  const packing = storesCodes(storage) ? [kvBits, groupNumbers] : null;
  return JSON.stringify([weights, storage, packing, budgetSlots]);
}

/** Of repeats: their median and quartiles. */
export interface Spread {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

function spreadOf(values: readonly number[]): Spread {
  return { lower: percentile(values, 25), median: percentile(values, 50), upper: percentile(values, 75) };
}

/** Times in milliseconds, bytes of one sequence. */
export interface CharacterisationFigures {
  /** Of the run's own text. */
  readonly tokenCount: number;
  /** The first run of a fresh engine. */
  readonly coldFirstMs: number;
  readonly warmFirstMs: Spread;
  /** Percentiles of the time from token to token, each over the repeats. */
  readonly p50Ms: Spread;
  readonly p95Ms: Spread;
  readonly p99Ms: Spread;
  /** As the engine holds them. */
  readonly weightBytes: number;
  /** In use after the last token, as stored, and what was allocated. */
  readonly kvBytes: number;
  readonly kvBytesHeld: number;
  /** Matrices as they are held and the cache in use, each read once: mean over the steps after the prefill. */
  readonly movedBytes: number;
  /** Multiplications and additions, the same mean; about 2 for each weight. */
  readonly operations: number;
  readonly backend: string;
  /** ISO 8601. */
  readonly date: string;
}

/** How close the row's logits come to the baseline's, on the tokens that the baseline generated. */
export interface QualityFigures {
  readonly klNats: number;
  /** Share of steps with the same most probable token. */
  readonly agreedShare: number;
  /** exp of the mean −ln p of those tokens. */
  readonly perplexity: number;
}

export interface TaskFigures {
  readonly rightCount: number;
  readonly problemCount: number;
}

/** A run, and how long the engine took to stand before its first step. */
export interface TimedRun {
  readonly trace: Trace;
  readonly openMs: number;
}

/** Of at least one warm run, of the same recipe as the cold one. */
export function characterisationFigures(
  cold: TimedRun,
  warm: readonly TimedRun[],
  { weightReadBytes, date }: { readonly weightReadBytes: number; readonly date: string },
): CharacterisationFigures {
  const { trace } = cold;
  const { header, steps } = trace;
  const { model, memory, backend } = header;
  const times = warm.map(timesOf);
  const bytesInUse = bytesInUseAfterSteps(trace);
  const decoded = steps.slice(1);
  const meanKvBytes = mean(decoded.map(({ step }) => bytesInUse[step]));
  const meanSlots = mean(decoded.map(({ lengths }) => meanLength(lengths)));
  return {
    tokenCount: steps.length,
    coldFirstMs: timesOf(cold).firstToken,
    warmFirstMs: spreadOf(times.map(({ firstToken }) => firstToken)),
    p50Ms: spreadOf(times.map(({ gaps }) => gaps.p50)),
    p95Ms: spreadOf(times.map(({ gaps }) => gaps.p95)),
    p99Ms: spreadOf(times.map(({ gaps }) => gaps.p99)),
    weightBytes: memory.weightBytes,
    kvBytes: memoryFigures(trace, steps.length - 1).bytesInUse,
    kvBytesHeld: memory.kvBytes,
    movedBytes: weightReadBytes + meanKvBytes,
    operations: 2 * model.parameterCount + 4 * model.layerCount * model.headCount * model.headDim * meanSlots,
    backend: `${backend.type}: ${backend.adapter}`,
    date,
  };
}

/** The engine's own clock: work of each step, waiting for its result included; the page's delays are no part of it. */
function timesOf({ trace, openMs }: TimedRun) {
  let nowMs = openMs;
  const ends = trace.steps.map(({ timings }) => (nowMs += timings.computeMs + timings.eventMs + timings.readBackMs));
  return characterisationTimes(0, ends);
}

/** NaN of none. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
