// The parts of a drawn trace that a picture does not show: header and event, with made-up numbers. For tests only.

import {
  emptyRows,
  headCountOf,
  headRow,
  joinRows,
  newRows,
  offsetsOf,
  rowLength,
  rowLengths,
  type HeadRows,
} from "../cache/headRows";
import { hashUniform } from "../lib/random";
import type {
  EventEvidence,
  EvictionEvent,
  HeadAttention,
  FullCacheComparison,
  StepRecord,
  TraceHeader,
} from "./trace";

export const CANDIDATES_DRAWN = 3;

export function drawHeader(drawn: {
  layerCount: number;
  kvHeadCount: number;
  groupSize: number;
  windowSlots: number;
  words: readonly string[];
}): TraceHeader {
  const { layerCount, kvHeadCount, groupSize, windowSlots, words } = drawn;
  const bytesPerSlot = 8 * headCountOf({ layerCount, kvHeadCount });
  return {
    version: 1,
    model: {
      id: "drawn",
      label: "Drawn by hand",
      architecture: "llama",
      layerCount,
      headCount: kvHeadCount * groupSize,
      kvHeadCount,
      headDim: 1,
      vocabularySize: 100,
      parameterCount: 1000,
      maxPositions: 64,
      digest: "00ff",
    },
    backend: { type: "cpu", adapter: "plain TypeScript", isSoftware: false, weightType: "f32" },
    memory: {
      slotCapacity: 64,
      bytesPerSlot,
      kvBytes: 64 * bytesPerSlot,
      weightBytes: 4000,
      otherBytes: 100,
    },
    policyId: "gkv",
    policyLabel: "G-KV",
    parameters: { windowSlots, alpha: 0.8, isNormalised: true, smoothing: "max" },
    formula: null,
    sampling: { temperature: 0, topP: 1, topK: 0, seed: 7 },
    maxNewTokens: 32,
    promptText: words.join(" "),
    promptTokens: Int32Array.from(words, (_, position) => position),
    promptTexts: words.map((word) => `${word} `),
    expectedAnswer: null,
  };
}

export function drawEvent(drawn: {
  event: number;
  step: number;
  windowSlots: number;
  positions: readonly (readonly number[])[]; // [head][slot]
  survivors: readonly (readonly number[])[]; // [head][kept]
}): EvictionEvent {
  const { event, step, windowSlots, positions, survivors } = drawn;
  const candidates = offsetsOf(positions.map((row) => row.length - windowSlots));
  const scores = (key: number): HeadRows<Float32Array> => {
    const { offsets, values } = newRows(candidates, Float32Array);
    return { offsets, values: values.map((_, place) => hashUniform(step, key, place)) };
  };
  const history = scores(3);
  history.values.fill(NaN, 0, 1);
  const keptCount = survivors.reduce((sum, row) => sum + row.length, 0);
  const perHead = (key: number) => Float32Array.from(positions, (_, head) => hashUniform(step, key, head));
  return {
    event,
    step,
    budgetSlots: keptCount / survivors.length,
    windowSlots,
    positionsBefore: numberRows(positions),
    terms: { windowAttention: scores(1) },
    parts: { local: scores(2), history },
    total: scores(4),
    carry: windowSlots % 2 === 1 ? scores(5) : emptyRows(positions.length, Float32Array),
    survivors: numberRows(survivors),
    cutOff: perHead(6),
    margin: perHead(7),
  };
}

function numberRows(rows: readonly (readonly number[])[]): HeadRows<Int32Array> {
  return joinRows(
    rows.map((row) => Int32Array.from(row)),
    Int32Array,
  );
}

/** The members of a group take turns, slot by slot, at paying what the KV head keeps; the others pay a share of it. */
export function drawHeadAttention(record: StepRecord, groupSize: number): Required<HeadAttention> {
  const { attention, attentionScale, step } = record;
  const kvHeads = Array.from({ length: attentionScale.length * groupSize }, (_, row) => Math.floor(row / groupSize));
  const { offsets, values } = newRows(offsetsOf(kvHeads.map((head) => rowLength(attention, head))), Uint8Array);
  kvHeads.forEach((head, row) => {
    headRow(attention, head).forEach((most, slot) => {
      const at = offsets[row] + slot;
      const isMost = (slot + step) % groupSize === row % groupSize;
      values[at] = isMost ? most : Math.floor(most * hashUniform(step, 12, at));
    });
  });
  return {
    headAttention: { offsets, values },
    headAttentionScale: Float32Array.from(kvHeads, (head) => attentionScale[head]),
  };
}

/**
 * Every other slot has the newest as its near-duplicate, and the only query head of a group votes for most candidates; its
 * queries, more of them at each step, lie in the unit square and the keys in another.
 */
export function drawEvidence({ positionsBefore, total, step }: EvictionEvent): Required<EventEvidence> {
  const excused = Array.from(rowLengths(positionsBefore), (length) =>
    Int32Array.from({ length }, (_, slot) => (slot % 2 === 0 && slot !== length - 1 ? length - 1 : -1)),
  );
  const votes = Int8Array.from(total.values, (_, at) => (hashUniform(step, 11, at) < 0.8 ? 0 : -1));
  const points = (counts: Int32Array, salt: number) => {
    const rows = newRows(offsetsOf(counts.map((count) => 2 * count)), Float32Array);
    rows.values.forEach((_, at) => (rows.values[at] = hashUniform(step, salt, at) + (salt === 13 ? 0 : 2)));
    return rows;
  };
  const lengths = rowLengths(positionsBefore);
  return {
    excusedSlots: joinRows(excused, Int32Array),
    votingHeads: { offsets: total.offsets, values: votes },
    queryPoints: points(
      lengths.map(() => 4 * (1 + step)),
      13,
    ),
    keyPoints: points(lengths, 14),
    queryVariance: Float32Array.from(lengths, (_, head) => 0.3 + hashUniform(step, 15, head)),
  };
}

/** `positions`: what each head holds while the step reads it, the newest token included. [head][slot] */
export function drawComparison(step: number, positions: readonly (readonly number[])[]): FullCacheComparison {
  const writtenCount = Math.max(...positions.flat()) + 1;
  const isHeldByAll = (position: number): boolean => positions.every((row) => row.includes(position));
  const evicted = Array.from({ length: writtenCount }, (_, position) => position).filter(
    (position) => !isHeldByAll(position),
  );
  return {
    klNats: hashUniform(step, 8),
    isTopAgreed: step % 3 !== 2,
    chosenRank: 1 + (step % 4),
    lostAttention: Float32Array.from(positions, (row, head) =>
      row.length === writtenCount ? 0 : hashUniform(step, 9, head),
    ),
    regret: Float32Array.from(evicted, (position) => hashUniform(step, 10, position)),
  };
}
