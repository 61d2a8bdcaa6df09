// One decode step over the latents of one layer, on arrays given from outside: how golden cases reach the plain functions and the
// kernels alike (gpuReadingProbe.ts).
import { rotateHeads } from "../../src/engine/cpu/layerOps";
import { attendSelected, reconstructKeys } from "../../src/engine/reading/attendSelected";
import { leadingBasis, toLatent } from "../../src/engine/reading/latents";
import type { SelectionRule } from "../../src/engine/reading/selectSlots";
import {
  jointQuery,
  latentQueries,
  latentScores,
  meanQueries,
  selectSlots,
} from "../../src/engine/reading/selectSlots";

/** Every token of the layer is stored; the query stands at the last position. */
export interface ProbedReading {
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly tokenCount: number;
  readonly rank: number;
  readonly directions: Float32Array; // [coordinate][kvHead · headDim]
  readonly keys: Float32Array; // [token][kvHead][headDim], before RoPE
  readonly values: Float32Array; // [kvHead][token][headDim]
  readonly queries: Float32Array; // [head][headDim], before RoPE
  readonly ropeTable: Float32Array; // [position][headDim / 2][cosine, sine]
  readonly rule: SelectionRule;
}

export interface ProbedReads {
  readonly latents: Float32Array; // [token][coordinate]
  readonly scores: Float32Array; // [set][token]
  readonly readSlots: readonly Int32Array[]; // [set]
  /** Reconstructed and rotated, of the slots that its set reads. [kvHead] of [place][headDim] */
  readonly keys: readonly Float32Array[];
  readonly weights: readonly Float32Array[]; // [head] of [place]
  readonly output: Float32Array; // [head][headDim]
}

export interface ReadingProbe {
  readLatents(input: ProbedReading): Promise<ProbedReads>;
}

export function setCountOf({ kvHeadCount, rule }: ProbedReading): number {
  return rule.chosenBy === "layer" ? 1 : kvHeadCount;
}

/** At the last position. [head][headDim] */
export function rotatedQueries({ queries, ropeTable, tokenCount, headDim }: ProbedReading): Float32Array {
  const rotated = queries.slice();
  rotateHeads(rotated, ropeTable.subarray((tokenCount - 1) * headDim, tokenCount * headDim));
  return rotated;
}

export const cpuReadingProbe: ReadingProbe = {
  readLatents: async (input) => {
    await Promise.resolve();
    const { headCount, kvHeadCount, headDim, tokenCount, rank, rule } = input;
    const width = kvHeadCount * headDim;
    const basis = leadingBasis(input.directions, width, rank);
    const latents = new Float32Array(tokenCount * rank);
    for (let token = 0; token < tokenCount; token++) {
      const row = input.keys.subarray(token * width, (token + 1) * width);
      toLatent(basis, row, latents.subarray(token * rank, (token + 1) * rank));
    }
    const means = meanQueries(input.queries, kvHeadCount, headDim);
    const perHead = latentQueries(basis, means, kvHeadCount, rule.scoreRank);
    const setCount = setCountOf(input);
    const scores = Array.from({ length: setCount }, (_, set) =>
      latentScores(
        latents,
        rank,
        setCount === 1
          ? jointQuery(perHead, kvHeadCount)
          : perHead.subarray(set * rule.scoreRank, (set + 1) * rule.scoreRank),
      ),
    );
    const readSlots = scores.map((row) => selectSlots(row, rule));
    const slotsOf = (kvHead: number): Int32Array => readSlots[Math.floor((kvHead * setCount) / kvHeadCount)];
    const anglesOf = (slot: number): Float32Array => input.ropeTable.subarray(slot * headDim, (slot + 1) * headDim);
    const keys = Array.from({ length: kvHeadCount }, (_, kvHead) =>
      reconstructKeys(basis, latents, kvHead, { slots: slotsOf(kvHead), headDim, anglesOf }),
    );
    const queries = rotatedQueries(input);
    const output = new Float32Array(headCount * headDim);
    const weights = Array.from({ length: headCount }, (_, head) => {
      const kvHead = Math.floor((head * kvHeadCount) / headCount);
      const slots = slotsOf(kvHead);
      const values = input.values.subarray(kvHead * tokenCount * headDim, (kvHead + 1) * tokenCount * headDim);
      const row = new Float32Array(slots.length);
      const part = (all: Float32Array): Float32Array => all.subarray(head * headDim, (head + 1) * headDim);
      attendSelected(part(queries), { slots, keys: keys[kvHead], values }, row, part(output));
      return row;
    });
    return {
      ...{ latents, readSlots, keys, weights, output },
      scores: Float32Array.from(scores.flatMap((row) => [...row])),
    };
  },
};
