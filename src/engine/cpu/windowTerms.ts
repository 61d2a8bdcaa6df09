// Window attention of an event, fast: all queries of a group meet a KV head's keys in one matrix product. Equal to the
// plain twins of src/engine/terms/ (windowAttention, windowStatistics) but for rounding; measureTerms.test.ts compares.

import { headRow } from "../../cache/cacheState";
import type { WindowStatistics } from "../terms/windowStatistics";
import { softmaxInPlace } from "./layerOps";
import { matMat } from "./matMat";
import { rowsOver } from "./rows";

export interface WindowTermsInput {
  readonly headKeys: readonly Float32Array[]; // [kvHead] of [slot][headDim], after RoPE; more slots may follow
  readonly queries: Float32Array; // [head][row][headDim], after RoPE
  readonly headDim: number;
  readonly lengthSlots: number;
  readonly windowSlots: number;
  readonly groupPooling: "max" | "mean";
}

/** Mean and deviation over the window's rows of the group-joined softmax, each [kvHead][candidate]. */
export function windowTerms(input: WindowTermsInput): WindowStatistics {
  const { headKeys, queries, headDim, lengthSlots, windowSlots } = input;
  const candidateCount = lengthSlots - windowSlots;
  const mean = new Float32Array(headKeys.length * candidateCount);
  const deviation = new Float32Array(headKeys.length * candidateCount);
  const groupRows = queries.length / headKeys.length / headDim;
  const attention = rowsOver(new Float32Array(groupRows * lengthSlots), lengthSlots); // [member][row][slot]
  headKeys.forEach((keys, kvHead) => {
    const groupQueries = rowsOver(headRow(queries, kvHead, groupRows * headDim), headDim);
    matMat(keys, groupQueries, attention, groupRows);
    for (let at = 0; at < groupRows; at++) {
      // Row i of the window sees the slots up to its own.
      const visibleCount = candidateCount + (at % windowSlots) + 1;
      const start = at * lengthSlots;
      softmaxInPlace(attention.values.subarray(start, start + visibleCount), 1 / Math.sqrt(headDim));
    }
    joinGroup(attention.values, input, groupRows / windowSlots);
    const from = kvHead * candidateCount;
    statistics(attention.values, input, {
      mean: mean.subarray(from, from + candidateCount),
      deviation: deviation.subarray(from, from + candidateCount),
    });
  });
  return { mean, deviation };
}

/** Joins the members' rows into those of the first member, over the candidates. */
function joinGroup(
  attention: Float32Array,
  { lengthSlots, windowSlots, groupPooling }: WindowTermsInput,
  memberCount: number,
): void {
  const candidateCount = lengthSlots - windowSlots;
  const memberWidth = windowSlots * lengthSlots;
  for (let row = 0; row < windowSlots; row++) {
    const joined = row * lengthSlots;
    for (let slot = joined; slot < joined + candidateCount; slot++) {
      let highest = attention[slot];
      let sum = attention[slot];
      for (let other = slot + memberWidth; other < memberCount * memberWidth; other += memberWidth) {
        const probability = attention[other];
        if (probability > highest) highest = probability;
        sum += probability;
      }
      attention[slot] = groupPooling === "max" ? highest : sum / memberCount;
    }
  }
}

function statistics(
  attention: Float32Array,
  { lengthSlots, windowSlots }: WindowTermsInput,
  { mean, deviation }: WindowStatistics,
): void {
  for (let candidate = 0; candidate < mean.length; candidate++) {
    let sum = 0;
    for (let row = 0; row < windowSlots; row++) sum += attention[row * lengthSlots + candidate];
    const average = sum / windowSlots;
    let squares = 0;
    for (let row = 0; row < windowSlots; row++) squares += (attention[row * lengthSlots + candidate] - average) ** 2;
    mean[candidate] = average;
    deviation[candidate] = windowSlots > 1 ? Math.sqrt(squares / (windowSlots - 1)) : 0;
  }
}
