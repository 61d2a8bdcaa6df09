// Terms "windowAttention" (the mean S) and "attentionShift" (the deviation) of a candidate over the window's queries.
// CPU twin of the GPU kernel; methods section 3, steps 2 and 2b.
import type { AttentionShape } from "./termInputs";

export interface WindowStatistics {
  readonly mean: Float32Array; // [kvHead][candidate]
  /** Unbiased (w − 1). 0 for w = 1, where the reference divides by zero and its choice is arbitrary. */
  readonly deviation: Float32Array; // [kvHead][candidate]
}

type StatisticsShape = Pick<AttentionShape, "kvHeadCount" | "windowSlots" | "lengthSlots">;

/** `attention` is [kvHead][row][slot] of windowAttention; the window's own columns are no candidates and drop out. */
export function windowStatistics(attention: Float32Array, shape: StatisticsShape): WindowStatistics {
  const { kvHeadCount, windowSlots, lengthSlots } = shape;
  const candidateCount = lengthSlots - windowSlots;
  const mean = new Float32Array(kvHeadCount * candidateCount);
  const deviation = new Float32Array(kvHeadCount * candidateCount);
  for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
    for (let candidate = 0; candidate < candidateCount; candidate++) {
      const at = (row: number): number => attention[(kvHead * windowSlots + row) * lengthSlots + candidate];
      let sum = 0;
      for (let row = 0; row < windowSlots; row++) sum += at(row);
      const average = sum / windowSlots;
      let squares = 0;
      for (let row = 0; row < windowSlots; row++) squares += (at(row) - average) ** 2;
      mean[kvHead * candidateCount + candidate] = average;
      if (windowSlots > 1) {
        deviation[kvHead * candidateCount + candidate] = Math.sqrt(squares / (windowSlots - 1));
      }
    }
  }
  return { mean, deviation };
}
