// The parts of a drawn trace that a picture does not show: header and event, with made-up numbers. For tests only.

import { hashUniform } from "../lib/random";
import type { EventEvidence, EvictionEvent, HeadAttention, LoyaltyRecord, StepRecord, TraceHeader } from "./trace";

export const CANDIDATES_DRAWN = 3;

export function drawHeader(drawn: {
  layerCount: number;
  kvHeadCount: number;
  groupSize: number;
  windowSlots: number;
  words: readonly string[];
}): TraceHeader {
  const { layerCount, kvHeadCount, groupSize, windowSlots, words } = drawn;
  const bytesPerSlot = 8 * layerCount * kvHeadCount;
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
  const lengthBefore = positions[0].length;
  const candidateCount = lengthBefore - windowSlots;
  const scores = (key: number) =>
    Float32Array.from({ length: positions.length * candidateCount }, (_, place) => hashUniform(step, key, place));
  const perHead = (key: number) => Float32Array.from(positions, (_, head) => hashUniform(step, key, head));
  return {
    event,
    step,
    lengthBefore,
    budgetSlots: survivors[0].length,
    windowSlots,
    candidateCount,
    positionsBefore: Int32Array.from(positions.flat()),
    terms: { windowAttention: scores(1) },
    parts: { local: scores(2), history: scores(3).fill(NaN, 0, 1) },
    total: scores(4),
    carry: event % 2 === 0 ? scores(5) : new Float32Array(0),
    survivors: Int32Array.from(survivors.flat()),
    cutOff: perHead(6),
    margin: perHead(7),
  };
}

/** The members of a group take turns, slot by slot, at paying what the KV head keeps; the others pay a share of it. */
export function drawHeadAttention(record: StepRecord, groupSize: number): Required<HeadAttention> {
  const { attention, attentionScale, lengthSlots, step } = record;
  const rowCount = attentionScale.length * groupSize;
  return {
    headAttention: Uint8Array.from({ length: rowCount * lengthSlots }, (_, at) => {
      const [row, slot] = [Math.floor(at / lengthSlots), at % lengthSlots];
      const most = attention[Math.floor(row / groupSize) * lengthSlots + slot];
      return (slot + step) % groupSize === row % groupSize ? most : Math.floor(most * hashUniform(step, 12, at));
    }),
    headAttentionScale: Float32Array.from(
      { length: rowCount },
      (_, row) => attentionScale[Math.floor(row / groupSize)],
    ),
  };
}

/** Every other slot has the newest as its near-duplicate, and the only query head of a group votes for most candidates. */
export function drawEvidence(
  { lengthBefore, candidateCount, step }: EvictionEvent,
  headCount: number,
): Required<EventEvidence> {
  const newest = lengthBefore - 1;
  return {
    excusedSlots: Int32Array.from({ length: headCount * lengthBefore }, (_, at) => {
      const slot = at % lengthBefore;
      return slot % 2 === 0 && slot !== newest ? newest : -1;
    }),
    votingHeads: Int8Array.from({ length: headCount * candidateCount }, (_, at) =>
      hashUniform(step, 11, at) < 0.8 ? 0 : -1,
    ),
  };
}

/** `positions`: what each head holds while the step reads it, the newest token included. [head][slot] */
export function drawLoyalty(step: number, positions: readonly (readonly number[])[]): LoyaltyRecord {
  const writtenCount = Math.max(...positions.flat()) + 1;
  const isHeldByAll = (position: number): boolean => positions.every((row) => row.includes(position));
  const letGo = Array.from({ length: writtenCount }, (_, position) => position).filter(
    (position) => !isHeldByAll(position),
  );
  return {
    klNats: hashUniform(step, 8),
    isTopAgreed: step % 3 !== 2,
    chosenRank: 1 + (step % 4),
    lostAttention: Float32Array.from(positions, (row, head) =>
      row.length === writtenCount ? 0 : hashUniform(step, 9, head),
    ),
    regret: Float32Array.from(letGo, (position) => hashUniform(step, 10, position)),
  };
}
