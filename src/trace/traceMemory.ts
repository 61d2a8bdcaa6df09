// Keeps traces within a number of bytes, however long their runs are. The oldest leaves first, and in this order:
//
//   1. of an event: the scores of heads that were not watched, and rows that follow from the trace's index (leanEvent.ts)
//   2. of a step: its attention; of its event: the scores that are left
//
// Tokens, probabilities, lengths, what each event evicted, cut-offs and margins stay, so that the run replays and proves itself
// as before. They take a few kilobytes a step; when they alone fill the room, the run has to end.

import { emptyRows, headCountOf, type HeadRows } from "../cache/headRows";
import { latestOf } from "./latest";
import { createEventReplay, leanEvent, type EventReplay } from "./leanEvent";
import { hasTaps, isAttentionRecorded, scoredHeadCount } from "./recorded";
import type { StepRecord, Trace } from "./trace";
import type { TraceBuilder } from "./traceBuilder";
import { eventCountAfterStep, traceIndex } from "./traceIndex";

/** For the traces of all lanes on the page together. */
export const TRACE_BUDGET_BYTES = 256e6;
/** More of the budget is not filled: steps are on their way, and replay keeps a few events at hand. */
const FULL_SHARE = 15 / 16;
/** How much stays when something is left out, so that it is not at every step. */
const ROOMY_SHARE = 14 / 16;

/** How far a trace has been counted and made smaller. */
interface Tally {
  stepCount: number;
  eventCount: number;
  /** Of the steps and events counted. */
  recordBytes: number;
  /** Events that lost the scores of heads not watched. */
  leanCount: number;
  /** Steps that lost their rows. */
  bareCount: number;
  readonly replay: EventReplay;
}

/** What a trace takes in memory, its index included. */
export function traceBytes(trace: Trace): number {
  const { evictedSteps, heldCounts, peakSlots } = traceIndex(trace);
  const indexBytes = heldCounts.reduce((sum, counts) => sum + counts.byteLength, evictedSteps.byteLength);
  return tallyOf(trace).recordBytes + indexBytes + 8 * peakSlots.length;
}

function tallyOf(trace: Trace): Tally {
  const tally = latestOf(trace, ["tally"], (): Tally => ({
    ...{ stepCount: 0, eventCount: 0, recordBytes: 0, leanCount: 0, bareCount: 0 },
    replay: createEventReplay(trace),
  }));
  while (tally.stepCount < trace.steps.length) tally.recordBytes += stepBytes(trace.steps[tally.stepCount++]);
  while (tally.eventCount < trace.events.length) tally.recordBytes += eventBytes(trace, tally, tally.eventCount++);
  return tally;
}

const OBJECT_BYTES = 40;
const NUMBER_BYTES = 8;

/** What a record takes: its typed arrays, each buffer once, its texts, and a guess at the objects that hold them. */
function heldBytes(value: unknown, seen: Set<object> = new Set()): number {
  if (typeof value === "string") return OBJECT_BYTES + 2 * value.length;
  if (typeof value !== "object" || value === null) return NUMBER_BYTES;
  const counted = ArrayBuffer.isView(value) ? value.buffer : value;
  if (seen.has(counted)) return NUMBER_BYTES;
  seen.add(counted);
  if (ArrayBuffer.isView(value)) return OBJECT_BYTES + value.buffer.byteLength;
  return Object.values(value).reduce<number>((sum, part) => sum + heldBytes(part, seen), OBJECT_BYTES);
}

/** Empty rows belong to all steps together. */
function stepBytes(record: StepRecord): number {
  return heldBytes(record, new Set(sharedRows));
}

/** The rows that a lean event replays are nobody's. */
function eventBytes({ events }: Trace, { leanCount }: Tally, place: number): number {
  const event = events[place];
  if (place >= leanCount) return heldBytes(event);
  const { positionsBefore: _, survivors: __, ...held } = Object.getOwnPropertyDescriptors(event);
  return heldBytes(Object.values(held).map(({ value }: PropertyDescriptor): unknown => value));
}

/** How far back a trace holds everything that it recorded. */
export interface LeftOut {
  /** Steps before this one lost their attention. */
  readonly rowsBefore: number;
  /** Events before this step lost the scores of some heads. */
  readonly scoresBefore: number;
}

/** 0 each for a trace that lost nothing. */
export function leftOut(trace: Trace): LeftOut {
  const { steps, events, header } = trace;
  const headCount = headCountOf(header.model);
  const rowsBefore = hasTaps(trace) ? steps.findIndex(({ attentionScale }) => attentionScale.length > 0) : 0;
  const place = events.findLastIndex((event) => scoredHeadCount(event) < headCount);
  return { rowsBefore, scoresBefore: place < 0 ? 0 : events[place].step + 1 };
}

/** Leaves out what is oldest where all traces together become too large. False where that does not help: the run has to end. */
export function boundTraces(builders: readonly TraceBuilder[], budgetBytes = TRACE_BUDGET_BYTES): boolean {
  let bytes = builders.reduce((sum, { trace }) => sum + traceBytes(trace), 0);
  if (bytes <= budgetBytes * FULL_SHARE) return true;
  for (const shrink of [leanOldest, bareOldest]) {
    while (bytes > budgetBytes * ROOMY_SHARE) {
      const freed = shrink(builders);
      if (freed === null) break;
      bytes -= freed;
    }
  }
  return bytes <= budgetBytes * FULL_SHARE;
}

/** Makes the oldest whole event of all traces lean, but not the newest of any. Bytes freed; null where there is none. */
function leanOldest(builders: readonly TraceBuilder[]): number | null {
  const builder = oldest(builders, ({ trace }) => {
    const { leanCount } = tallyOf(trace);
    return leanCount < trace.events.length - 1 ? trace.events[leanCount].step : null;
  });
  if (builder === null) return null;
  const { trace } = builder;
  const { leanCount } = tallyOf(trace);
  const record = trace.steps[trace.events[leanCount].step];
  const watched = Array.from(record.lengths.keys()).filter((head) => isAttentionRecorded(record, head));
  return thinEvent(builder, leanCount, watched);
}

/** Takes the rows of the oldest step of all traces that has any, but not of the newest of any. As above. */
function bareOldest(builders: readonly TraceBuilder[]): number | null {
  const builder = oldest(builders, ({ trace }) => {
    const { bareCount } = tallyOf(trace);
    return bareCount < trace.steps.length - 1 ? bareCount : null;
  });
  if (builder === null) return null;
  const { trace } = builder;
  const tally = tallyOf(trace);
  const step = tally.bareCount++;
  const record = trace.steps[step];
  const bare = withoutRows(record);
  builder.replaceStep(bare);
  const freed = stepBytes(record) - stepBytes(bare);
  tally.recordBytes -= freed;
  const place = eventCountAfterStep(trace, step) - 1;
  const hasEvent = place >= 0 && trace.events[place].step === step;
  return freed + (hasEvent ? thinEvent(builder, place, []) : 0);
}

function thinEvent(builder: TraceBuilder, place: number, heads: readonly number[]): number {
  const { trace } = builder;
  const tally = tallyOf(trace);
  const before = eventBytes(trace, tally, place);
  builder.replaceEvent(place, leanEvent(trace.events[place], heads, tally.replay));
  tally.leanCount = Math.max(tally.leanCount, place + 1);
  const freed = before - eventBytes(trace, tally, place);
  tally.recordBytes -= freed;
  return freed;
}

/** The builder whose next step is the oldest; null where none has any. */
function oldest(
  builders: readonly TraceBuilder[],
  nextStep: (builder: TraceBuilder) => number | null,
): TraceBuilder | null {
  let [found, least] = [null as TraceBuilder | null, Infinity];
  for (const builder of builders) {
    const step = nextStep(builder);
    if (step !== null && step < least) [found, least] = [builder, step];
  }
  return found;
}

function withoutRows(record: StepRecord): StepRecord {
  const { headAttention, headAttentionScale } = record;
  const isEmpty = headAttention === undefined || headAttentionScale === undefined;
  return {
    ...record,
    ...noRows(record.lengths.length),
    ...(!isEmpty && { headAttention: noRows(headAttentionScale.length).attention, headAttentionScale: noScales }),
  };
}

const noScales = new Float32Array(0);
const sharedRows = new Set<object>();
const emptyByCount = new Map<number, HeadRows<Uint8Array>>();

/** The same for all steps. */
function noRows(headCount: number): Pick<StepRecord, "attention" | "attentionScale"> {
  const attention = emptyByCount.get(headCount) ?? emptyRows(headCount, Uint8Array);
  emptyByCount.set(headCount, attention);
  for (const shared of [attention, attention.offsets.buffer, attention.values.buffer, noScales.buffer]) {
    sharedRows.add(shared);
  }
  return { attention, attentionScale: noScales };
}
