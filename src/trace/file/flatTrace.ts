// A trace as the present layout of run files writes it: every head of one length, rows flat as [layer][kvHead][slot].
// Runs whose heads differ in length have no place in it and are refused.

import { emptyRows, evenLength, evenRows, headCountOf } from "../../cache/headRows";
import type { HeadRows, RowValues } from "../../cache/headRows";
import { InputError } from "../../lib/errors";
import type * as rows from "../trace";

export type { LoyaltyRecord, ModelSummary, ParameterValue, TraceHeader } from "../trace";

export interface HeadAttention {
  readonly headAttention?: Uint8Array;
  readonly headAttentionScale?: Float32Array;
}

export interface StepRecord
  extends HeadAttention, Omit<rows.StepRecord, "lengths" | "attention" | "headAttention" | "headAttentionScale"> {
  readonly lengthSlots: number;
  readonly attention: Uint8Array;
}

export interface EventEvidence {
  readonly excusedSlots?: Int32Array;
  readonly votingHeads?: Int8Array;
}

export interface EvictionEvent
  extends
    EventEvidence,
    Pick<rows.EvictionEvent, "event" | "step" | "budgetSlots" | "windowSlots" | "cutOff" | "margin"> {
  readonly lengthBefore: number;
  readonly candidateCount: number;
  readonly positionsBefore: Int32Array;
  readonly terms: Readonly<Record<string, Float32Array>>;
  readonly parts: Readonly<Record<string, Float32Array>>;
  readonly total: Float32Array;
  readonly carry: Float32Array;
  readonly survivors: Int32Array;
}

export interface Trace extends Omit<rows.Trace, "steps" | "events"> {
  readonly steps: readonly StepRecord[];
  readonly events: readonly EvictionEvent[];
}

/** The same arrays, not copies. Throws InputError where heads differ in length. */
export function toFlat(trace: rows.Trace): Trace {
  return { ...trace, steps: trace.steps.map(flatStep), events: trace.events.map(flatEvent) };
}

export function fromFlat(trace: Trace): rows.Trace {
  const { model } = trace.header;
  return {
    ...trace,
    steps: trace.steps.map((step) => stepRows(step, model)),
    events: trace.events.map((event) => eventRows(event, headCountOf(model))),
  };
}

function flatStep({ lengths, attention, headAttention, headAttentionScale, ...rest }: rows.StepRecord): StepRecord {
  return {
    ...rest,
    lengthSlots: oneLength(lengths),
    attention: attention.values,
    ...(headAttention && headAttentionScale && { headAttention: headAttention.values, headAttentionScale }),
  };
}

function flatEvent(event: rows.EvictionEvent): EvictionEvent {
  const { positionsBefore, terms, parts, total, carry, survivors, excusedSlots, votingHeads, ...rest } = event;
  rowLengthOf(survivors);
  return {
    ...rest,
    lengthBefore: rowLengthOf(positionsBefore),
    candidateCount: rowLengthOf(total),
    positionsBefore: positionsBefore.values,
    terms: mapRecord(terms, ({ values }) => values),
    parts: mapRecord(parts, ({ values }) => values),
    total: total.values,
    carry: carry.values,
    survivors: survivors.values,
    ...(excusedSlots && { excusedSlots: excusedSlots.values }),
    ...(votingHeads && { votingHeads: votingHeads.values }),
  };
}

function stepRows(step: StepRecord, model: rows.ModelSummary): rows.StepRecord {
  const { lengthSlots, attention, headAttention, headAttentionScale, ...rest } = step;
  const headCount = headCountOf(model);
  return {
    ...rest,
    lengths: new Int32Array(headCount).fill(lengthSlots),
    attention: attention.length === 0 ? emptyRows(headCount, Uint8Array) : evenRows(attention, headCount),
    ...(headAttention &&
      headAttentionScale && {
        headAttention: evenRows(headAttention, model.layerCount * model.headCount),
        headAttentionScale,
      }),
  };
}

/** What an event decided, without what stands behind it. */
export function decidedRows(
  { step, positionsBefore, total, survivors }: EvictionEvent,
  headCount: number,
): DecidedRows {
  return {
    step,
    positionsBefore: evenRows(positionsBefore, headCount),
    total: evenRows(total, headCount),
    survivors: evenRows(survivors, headCount),
  };
}

type DecidedRows = Pick<rows.EvictionEvent, "step" | "positionsBefore" | "total" | "survivors">;

function eventRows(event: EvictionEvent, headCount: number): rows.EvictionEvent {
  const { lengthBefore: _n, candidateCount: _m, excusedSlots, votingHeads, ...rest } = event;
  const even = <Values extends RowValues>(values: Values): HeadRows<Values> => evenRows(values, headCount);
  return {
    ...rest,
    positionsBefore: even(event.positionsBefore),
    terms: mapRecord(event.terms, even<Float32Array>),
    parts: mapRecord(event.parts, even<Float32Array>),
    total: even(event.total),
    carry: even(event.carry),
    survivors: even(event.survivors),
    ...(excusedSlots && { excusedSlots: even(excusedSlots) }),
    ...(votingHeads && { votingHeads: even(votingHeads) }),
  };
}

function mapRecord<From, To>(record: Readonly<Record<string, From>>, turn: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, turn(value)]));
}

function rowLengthOf(heads: HeadRows): number {
  const length = evenLength(heads);
  if (length === null) throw unevenError();
  return length;
}

function oneLength(lengths: Int32Array): number {
  if (lengths.some((length) => length !== lengths[0])) throw unevenError();
  return lengths[0];
}

function unevenError(): InputError {
  return new InputError(
    "This run keeps different numbers of slots in different heads. Run files cannot hold that yet; share it as a link.",
  );
}
