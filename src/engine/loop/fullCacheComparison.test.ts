import { describe, expect, it } from "vitest";
import { evenRows, joinRows } from "../../cache/headRows";
import { appendPositions, emptyCache, keepSlots } from "../../cache/cacheState";
import { compareLogits, evictedPositions, lostAttentionOf } from "./fullCacheComparison";

/** Logits of these probabilities, raised by a constant: only differences count. */
function logitsOf(probabilities: readonly number[]): Float32Array {
  return Float32Array.from(probabilities, (probability) => Math.log(probability) + 5);
}

describe("compareLogits", () => {
  it("gives Σ p · ln(p / q), full cache first, and not the other way round", () => {
    const full = logitsOf([0.5, 0.25, 0.25]);
    const run = logitsOf([0.25, 0.5, 0.25]);
    expect(compareLogits(full, run, 0).klNats).toBeCloseTo(0.25 * Math.log(2), 6);
    const uneven = logitsOf([0.8, 0.1, 0.1]);
    expect(compareLogits(uneven, full, 0).klNats).toBeCloseTo(0.8 * Math.log(1.6) + 0.2 * Math.log(0.4), 6);
    expect(compareLogits(full, uneven, 0).klNats).toBeCloseTo(0.5 * Math.log(0.625) + 0.5 * Math.log(2.5), 6);
  });

  it("is exactly 0 for equal logits, large ones too", () => {
    const logits = Float32Array.of(300, -20, 299.9, 0.1);
    expect(compareLogits(logits, logits.slice(), 2)).toEqual({ klNats: 0, isTopAgreed: true, chosenRank: 2 });
  });

  it("stays finite where the run gave a token up altogether", () => {
    const { klNats } = compareLogits(Float32Array.of(0, 0), Float32Array.of(200, -200), 0);
    expect(klNats).toBeCloseTo(200 - Math.log(2), 4);
  });

  it("ranks the run's token among the full cache's, the lower token first on a tie", () => {
    const full = logitsOf([0.2, 0.4, 0.2, 0.2]);
    const run = logitsOf([0.7, 0.1, 0.1, 0.1]);
    expect([0, 1, 2, 3].map((token) => compareLogits(full, run, token).chosenRank)).toEqual([2, 1, 3, 4]);
    expect(compareLogits(full, run, 0).isTopAgreed).toBe(false);
  });
});

describe("evicted positions", () => {
  const grid = { layerCount: 1, kvHeadCount: 2 };
  // Two heads with positions 0 … 3, of which each loses two; then 4 and 5 are written.
  const kept = keepSlots(
    appendPositions(emptyCache(grid), 0, 4),
    joinRows([Int32Array.of(0, 3), Int32Array.of(2, 3)], Int32Array),
  );
  const evicted = evictedPositions(appendPositions(kept, 4, 2), 6);

  it("are those that a head has seen and no longer holds", () => {
    expect(evicted.byHead.map((row) => Array.from(row))).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(Array.from(evicted.anywhere)).toEqual([0, 1, 2]);
  });

  it("lose the same attention, whether summed by head or by position", () => {
    const attention = evenRows(Float32Array.of(0.25, 0.125, 0.5, 0, 0, 0.5, 0.25, 0.125, 0, 0), 2); // 5 positions
    const { lostAttention, regret } = lostAttentionOf(attention, evicted);
    expect(Array.from(lostAttention)).toEqual([0.625, 0.75]);
    expect(Array.from(regret)).toEqual([0.5, 0.375, 0.5]);
  });
});
