// A trace of the largest supported size, made of seeded numbers instead of a run. Every head evicts its own slots.
import { evenRows, headCountOf, headRow, headRows, offsetsOf } from "../src/cache/headRows";
import { hashUniform } from "../src/lib/random";
import { gkv } from "../src/policy/scoreBased";
import { effectiveParameters } from "../src/policy/policies";
import type { EvictionEvent, StepRecord, Trace, TraceHeader } from "../src/trace/trace";
import { createEventReplay, leanEvent } from "../src/trace/leanEvent";
import { createTraceBuilder } from "../src/trace/traceBuilder";
import { traceIndex } from "../src/trace/traceIndex";
import { watchedHeads, type HeadChoice } from "../src/trace/watchedHeads";

export interface TraceSize {
  readonly stepCount: number;
  readonly layerCount: number;
  readonly kvHeadCount: number;
  readonly promptCount: number;
  readonly budgetSlots: number;
  readonly intervalSteps: number;
  readonly windowSlots: number;
  /** Heads whose attention is recorded; left out for all. */
  readonly recordedHeads?: HeadChoice;
}

/** What the page promises to scrub at the screen's pace. */
export const largeTrace: TraceSize = {
  stepCount: 4000,
  layerCount: 28,
  kvHeadCount: 8,
  promptCount: 96,
  budgetSlots: 128,
  intervalSteps: 32,
  windowSlots: 16,
};

/** A run that outgrows the room for traces: it records the attention of 16 heads, and its events become lean. */
export const longTrace: TraceSize = {
  ...largeTrace,
  ...{ stepCount: 2000, budgetSlots: 512, intervalSteps: 16, recordedHeads: "auto" },
};

/** Makes all events of a trace lean, with the scores of few heads, as the page does when its room runs out. */
export function makeLean(trace: Trace): Trace {
  traceIndex(trace);
  const replay = createEventReplay(trace);
  const heads = recordedHeads(trace.header.model, "auto");
  const events = trace.events as EvictionEvent[];
  events.forEach((event, place) => (events[place] = leanEvent(event, heads, replay)));
  return trace;
}

function recordedHeads(model: Pick<TraceSize, "layerCount" | "kvHeadCount">, choice: HeadChoice): readonly number[] {
  return watchedHeads(model, { choice, wanted: [] }) ?? Array.from({ length: headCountOf(model) }, (_, head) => head);
}

export function syntheticTrace(size: TraceSize): Trace {
  const { stepCount, layerCount, kvHeadCount, promptCount, budgetSlots, intervalSteps, windowSlots } = size;
  const headCount = headCountOf({ layerCount, kvHeadCount });
  const builder = createTraceBuilder(syntheticHeader(size));
  const recorded = new Set(recordedHeads(size, size.recordedHeads ?? "all"));
  const isRecorded = Uint8Array.from({ length: headCount }, (_, head) => Number(recorded.has(head)));
  let positions = Array.from({ length: headCount }, () => Array.from({ length: promptCount }, (_, slot) => slot));
  for (let step = 0; step < stepCount; step++) {
    if (step > 0) for (const row of positions) row.push(promptCount + step - 1);
    const lengthSlots = positions[0].length;
    const isEvent = step % intervalSteps === 0 && lengthSlots > budgetSlots;
    const event = isEvent ? syntheticEvent(size, step, positions) : null;
    builder.append(syntheticStep(step, isRecorded, lengthSlots), event);
    if (event !== null) {
      const kept = event.survivors;
      positions = positions.map((row, head) => Array.from(headRow(kept, head), (slot) => row[slot]));
    }
  }
  builder.finish("length");
  return builder.trace;

  function syntheticEvent(
    { budgetSlots: keptCount }: TraceSize,
    step: number,
    rows: readonly (readonly number[])[],
  ): EvictionEvent {
    const lengthBefore = rows[0].length;
    const candidateCount = lengthBefore - windowSlots;
    const total = Float32Array.from({ length: headCount * candidateCount }, (_, at) => hashUniform(step, 1, at));
    const survivors = new Int32Array(headCount * keptCount);
    const [cutOff, margin] = [new Float32Array(headCount), new Float32Array(headCount)];
    for (let head = 0; head < headCount; head++) {
      const own = total.subarray(head * candidateCount, (head + 1) * candidateCount);
      const ranked = Array.from(own.keys()).sort((left, right) => own[right] - own[left]);
      const kept = ranked.slice(0, keptCount - windowSlots).sort((left, right) => left - right);
      const window = Array.from({ length: windowSlots }, (_, at) => candidateCount + at);
      survivors.set([...kept, ...window], head * keptCount);
      cutOff[head] = own[ranked[keptCount - windowSlots - 1]];
      margin[head] = cutOff[head] - own[ranked[keptCount - windowSlots]];
    }
    const scores = evenRows(total, headCount);
    const parts = { localRaw: scores, local: scores, history: scores, global: scores, redundancy: scores };
    return {
      event: Math.floor(step / intervalSteps),
      step,
      budgetSlots: keptCount,
      windowSlots,
      positionsBefore: evenRows(Int32Array.from(rows.flat()), headCount),
      terms: {},
      parts,
      total: scores,
      carry: scores,
      survivors: evenRows(survivors, headCount),
      cutOff,
      margin,
    };
  }
}

function syntheticStep(step: number, isRecorded: Uint8Array, lengthSlots: number): StepRecord {
  const headCount = isRecorded.length;
  const offsets = offsetsOf(Int32Array.from(isRecorded, (flag) => flag * lengthSlots));
  const attention = new Uint8Array(offsets[headCount]);
  for (let at = 0; at < attention.length; at += 3) attention[at] = (at * 31 + step * 7) & 255;
  return {
    step,
    token: step % 250,
    text: step % 13 === 12 ? " ." : ` word${step % 97}`,
    logProbability: -0.1,
    entropy: 0.3,
    candidateTokens: Int32Array.of(step % 250, 1),
    candidateTexts: [`word${step % 97}`, "other"],
    candidateLogProbabilities: Float32Array.of(-0.1, -2.4),
    lengths: new Int32Array(headCount).fill(lengthSlots),
    attention: headRows(attention, offsets),
    attentionScale: new Float32Array(headCount).fill(0.4),
    timings: { computeMs: 8, eventMs: 0, readBackMs: 0.2 },
  };
}

function syntheticHeader(size: TraceSize): TraceHeader {
  const { layerCount, kvHeadCount, promptCount, budgetSlots, intervalSteps, windowSlots, stepCount } = size;
  const slotCapacity = budgetSlots + intervalSteps;
  const bytesPerSlot = 4 * headCountOf(size) * 128;
  const promptTexts = Array.from({ length: promptCount }, (_, at) => (at % 12 === 11 ? " ." : ` prompt${at}`));
  return {
    version: 1,
    model: {
      id: "synthetic",
      label: "Synthetic",
      architecture: "qwen2",
      layerCount,
      headCount: 2 * kvHeadCount,
      kvHeadCount,
      headDim: 128,
      vocabularySize: 250,
      parameterCount: 1_500_000_000,
      maxPositions: promptCount + stepCount,
      digest: "00",
    },
    backend: { type: "cpu", adapter: "none: made of seeded numbers", isSoftware: false, weightType: "f32" },
    memory: { slotCapacity, bytesPerSlot, kvBytes: slotCapacity * bytesPerSlot, weightBytes: 0, otherBytes: 0 },
    policyId: "gkv",
    policyLabel: "G-KV",
    parameters: {
      ...{ budgetSlots, intervalSteps, windowSlots, budgetMode: "slots" },
      ...{ alpha: 0.8, lambda: 0.5, smoothing: "max" },
    },
    formula: gkv.formula(effectiveParameters(gkv, { budgetSlots, windowSlots, alpha: 0.8, lambda: 0.5 })),
    sampling: { temperature: 0, topP: 1, topK: 0, seed: 0 },
    maxNewTokens: stepCount,
    promptText: promptTexts.join(""),
    promptTokens: Int32Array.from({ length: promptCount }, (_, at) => at),
    promptTexts,
    expectedAnswer: null,
  };
}
