// How much of each instruction of a prompt is left in the cache: its keep rate by KV head after every event, and the bias of
// eviction towards it (The Pitfalls of KV Cache Compression, arXiv:2510.00231).
//
//   keep rate of X   tokens of X that a head holds ÷ tokens of X          mean over the heads: each counts the same
//   bias of X        keep rate of X − keep rate of the other instructions' tokens together
import type { Span } from "../lib/spans";
import { latestOf } from "./latest";
import type { Trace } from "./trace";
import { eventCountAfterStep, traceIndex } from "./traceIndex";

/** Shares of a span's tokens that each head holds: before any event, then after each. [event count][head], 0 … 1 */
export type SpanKeepRates = readonly Float32Array[];

/** Of each span, as far as the trace goes. [span] */
export function spanKeepRates(trace: Trace, spans: readonly Span[]): readonly SpanKeepRates[] {
  const key = spans.map(({ start, end }) => `${start}-${end}`).join(",");
  return latestOf(trace, ["spanKeepRates", key, trace.events.length], () => spans.map((span) => ratesOf(trace, span)));
}

function ratesOf(trace: Trace, { start, end }: Span): SpanKeepRates {
  const { headCount, evictedSteps } = traceIndex(trace);
  const afterStep = (step: number): Float32Array =>
    Float32Array.from({ length: headCount }, (_, head) => {
      let held = 0;
      for (let position = start; position < end; position++) {
        if (evictedSteps[position * headCount + head] > step) held++;
      }
      return held / (end - start);
    });
  return [-1, ...trace.events.map(({ step }) => step)].map(afterStep);
}

/** What is left of each span once a step is over, by head. [span][head] */
export function keepRatesAfterStep(trace: Trace, spans: readonly Span[], step: number): Float32Array[] {
  const events = eventCountAfterStep(trace, step);
  return spanKeepRates(trace, spans).map((rates) => rates[events]);
}

/** The mean over all heads of all layers. */
export function meanRate(rates: ArrayLike<number>): number {
  let sum = 0;
  for (let head = 0; head < rates.length; head++) sum += rates[head];
  return sum / rates.length;
}

/** Of each span against the others' tokens together; null where there is no other. [span], −1 … 1 */
export function evictionBias(spans: readonly Span[], meanRates: readonly number[]): (number | null)[] {
  const lengths = spans.map(({ start, end }) => end - start);
  return spans.map((_, span) => {
    let [held, length] = [0, 0];
    for (const [other, rate] of meanRates.entries()) {
      if (other === span) continue;
      held += rate * lengths[other];
      length += lengths[other];
    }
    return length === 0 ? null : meanRates[span] - held / length;
  });
}
