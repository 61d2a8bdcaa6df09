// What a run kept of the spans of its prompt (The Pitfalls of KV Cache Compression, arXiv:2510.00231): the keep rate of a
// span is the share of its tokens that a head still holds, and the eviction bias the difference between two spans.

import { headCountOf, kvHeadOf, layerOf } from "../cache/headRows";
import type { Span } from "../lib/spans";
import { lifetimes } from "./replay";
import type { Trace } from "./trace";

/** The share of a span's tokens that each head holds once a step is over, 0 … 1. [head] */
export function keepRates(trace: Trace, step: number, span: Span): Float32Array {
  const { model } = trace.header;
  const lives = lifetimes(trace);
  return Float32Array.from({ length: headCountOf(model) }, (_, head) => {
    let held = 0;
    for (let position = span.start; position < span.end; position++) {
      if (lives.evictedStep(layerOf(model, head), kvHeadOf(model, head), position) > step) held++;
    }
    return held / (span.end - span.start);
  });
}

/** The mean over heads of layers, as the paper's figures have it. */
export function meanRate(rates: ArrayLike<number>): number {
  let sum = 0;
  for (let head = 0; head < rates.length; head++) sum += rates[head];
  return sum / rates.length;
}

export interface KeepMoment {
  /** After this step; between two moments nothing changes. */
  readonly step: number;
  /** Mean keep rate of each span. [span] */
  readonly means: readonly number[];
}

/** How the spans fared: before anything was evicted, and after each event. */
export function keepRatesOverTime(trace: Trace, spans: readonly Span[]): readonly KeepMoment[] {
  const steps = [-1, ...trace.events.map(({ step }) => step)];
  return steps.map((step) => ({ step, means: spans.map((span) => meanRate(keepRates(trace, step, span))) }));
}

/** keep_X − keep_Y of mean rates: below 0 the first span was evicted more. */
export function evictionBias(trace: Trace, step: number, [first, second]: readonly [Span, Span]): number {
  return meanRate(keepRates(trace, step, first)) - meanRate(keepRates(trace, step, second));
}

/** Rates from the positions that each head kept, where there is no trace. `kept` [head] of positions */
export function keptRates(kept: readonly (readonly number[])[], span: Span): number[] {
  return kept.map(
    (positions) => positions.filter((at) => at >= span.start && at < span.end).length / (span.end - span.start),
  );
}
