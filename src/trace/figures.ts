// Figures of a trace at a step: memory, speed, text. Nothing is measured here; the figures add up what the steps recorded.

import { meanLength } from "../cache/headRows";
import { packedCountOf } from "../cache/packing";
import { latestOf } from "./latest";
import { selectsReads } from "./reading";
import { lengthsAfterStep, writtenCountAfterStep } from "./replay";
import type { MemorySummary, Trace } from "./trace";
import { eventCountAfterStep, traceIndex } from "./traceIndex";

const NUMBER_BYTES = Float32Array.BYTES_PER_ELEMENT;

export interface MemoryFigures {
  /** What the run may keep at an event; null for a run whose budget is not in bytes. */
  readonly bytesBudget: number | null;
  /** Slots in use after the step, mean over layers and KV heads. */
  readonly slotsInUse: number;
  /** Most slots that any head has read in the forwards up to this step. */
  readonly peakSlots: number;
  readonly bytesInUse: number;
  /** K and V buffers of the run, allocated once. */
  readonly bytesAllocated: number;
  /** What a cache that keeps everything would hold at this step. */
  readonly bytesFullCache: number;
  /** Slots in use ÷ positions written: the token retention ratio, 0 … 1. */
  readonly retainedRatio: number;
}

/** A speed is null until something of its kind has been timed. */
export interface SpeedFigures {
  readonly prefillTokensPerSecond: number | null;
  /** Forwards after the prefill alone, without events. */
  readonly decodeTokensPerSecond: number | null;
  /** Everything after the prefill: forwards, events and read-back. */
  readonly overallTokensPerSecond: number | null;
  readonly eventCount: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly eventMs: number;
  readonly readBackMs: number;
}

/** Memory once a step is over; step −1 is before the prefill. */
export function memoryFigures(trace: Trace, step: number): MemoryFigures {
  const { memory, parameters } = trace.header;
  const lengths = lengthsAfterStep(trace, step);
  const slotsInUse = meanLength(lengths);
  const writtenCount = writtenCountAfterStep(trace, step);
  return {
    bytesBudget: parameters.budgetMode === "bytes" ? Number(parameters.budgetBytes) : null,
    slotsInUse,
    peakSlots: traceIndex(trace).peakSlots[step] ?? 0,
    bytesInUse: bytesInUse(memory, lengths),
    bytesAllocated: memory.kvBytes,
    bytesFullCache: writtenCount * fullBytesPerSlot(trace),
    retainedRatio: writtenCount === 0 ? 1 : slotsInUse / writtenCount,
  };
}

/** Of one slot of a cache that keeps everything as computed, over all layers and KV heads. */
export function fullBytesPerSlot(trace: Trace): number {
  const { memory, model } = trace.header;
  // Latents take less than the keys that they stand for.
  if (selectsReads(trace)) return NUMBER_BYTES * 2 * model.layerCount * model.kvHeadCount * model.headDim;
  return memory.packing?.fullBytesPerSlot ?? memory.bytesPerSlot;
}

function bytesInUse({ packing, bytesPerSlot }: MemorySummary, lengths: Int32Array): number {
  if (packing === undefined) return meanLength(lengths) * bytesPerSlot;
  const packed = lengths.map((length) => packedCountOf(packing, length));
  return meanLength(packed) * bytesPerSlot + (meanLength(lengths) - meanLength(packed)) * packing.fullBytesPerSlot;
}

/**
 * The retention ratio after each step that the trace has so far (methods section 10, the paper's Figure 6). [step]
 * Counted once per step, also while the trace grows.
 */
export function retentionRatios(trace: Trace): readonly number[] {
  return latestOf<number[]>(trace, ["retentionRatios", trace.steps.length], (ratios = []) => {
    for (let step = ratios.length; step < trace.steps.length; step++) {
      ratios.push(memoryFigures(trace, step).retainedRatio);
    }
    return ratios;
  });
}

/** Bytes in use after each step that the trace has so far, counted once per step too. [step] */
export function bytesInUseAfterSteps(trace: Trace): readonly number[] {
  return latestOf<number[]>(trace, ["bytesInUse", trace.steps.length], (bytes = []) => {
    for (let step = bytes.length; step < trace.steps.length; step++) bytes.push(memoryFigures(trace, step).bytesInUse);
    return bytes;
  });
}

/** Speed over the steps up to and including this one. */
export function speedFigures(trace: Trace, step: number): SpeedFigures {
  let decodeMs = 0;
  let eventMs = 0;
  let readBackMs = 0;
  let laterEventMs = 0;
  let laterReadBackMs = 0;
  for (let past = 0; past <= step; past++) {
    const { timings } = trace.steps[past];
    eventMs += timings.eventMs;
    readBackMs += timings.readBackMs;
    if (past === 0) continue;
    decodeMs += timings.computeMs;
    laterEventMs += timings.eventMs;
    laterReadBackMs += timings.readBackMs;
  }
  const prefillMs = step < 0 ? 0 : trace.steps[0].timings.computeMs;
  const decodedCount = Math.max(0, step);
  return {
    prefillTokensPerSecond: perSecond(trace.header.promptTokens.length, prefillMs),
    decodeTokensPerSecond: perSecond(decodedCount, decodeMs),
    overallTokensPerSecond: perSecond(decodedCount, decodeMs + laterEventMs + laterReadBackMs),
    eventCount: eventCountAfterStep(trace, step),
    prefillMs,
    decodeMs,
    eventMs,
    readBackMs,
  };
}

/** The text generated up to and including a step. */
export function generatedText(trace: Trace, step: number): string {
  let text = "";
  for (let past = 0; past <= step; past++) text += trace.steps[past].text;
  return text;
}

function perSecond(count: number, elapsedMs: number): number | null {
  return count > 0 && elapsedMs > 0 ? (1000 * count) / elapsedMs : null;
}
