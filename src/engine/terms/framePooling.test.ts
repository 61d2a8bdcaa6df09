import { describe, expect, it } from "vitest";
import { poolFrames } from "./framePooling";

/** Three frames of 3 × 3 tokens, all 27. */
const grid = { frameCount: 3, rowCount: 3, columnCount: 3 };
const even = new Float32Array(27).fill(27);

describe("pooling over frames", () => {
  it("counts zeros outside and keeps the divisor", () => {
    const pooled = poolFrames(even, grid, { reach: "3d", width: 3 });
    expect(pooled[13]).toBe(27); // in the middle of the middle frame
    expect(pooled[4]).toBe(18); // in the middle of the first: a third of the window is outside
    expect(pooled[0]).toBe(8); // a corner: 2 × 2 × 2 of 27
  });

  it("stays inside a frame in two dimensions", () => {
    const norms = new Float32Array(27);
    norms[13] = 9;
    const pooled = poolFrames(norms, grid, { reach: "2d", width: 3 });
    expect([...pooled]).toEqual([
      ...new Array<number>(9).fill(0),
      ...new Array<number>(9).fill(1),
      ...new Array<number>(9).fill(0),
    ]);
  });

  it("shrinks a window to the largest odd width that fits", () => {
    expect(poolFrames(even, grid, { reach: "3d", width: 7 })).toEqual(
      poolFrames(even, grid, { reach: "3d", width: 3 }),
    );
    const flat = { frameCount: 3, rowCount: 2, columnCount: 4 };
    const norms = Float32Array.from({ length: 24 }, (_, token) => token);
    expect(poolFrames(norms, flat, { reach: "3d", width: 7 })).toEqual(norms); // 2 rows leave a width of 1
  });

  it("runs along the text in one dimension, from frame to frame", () => {
    const norms = new Float32Array(27);
    norms[8] = 3;
    expect([...poolFrames(norms, grid, { reach: "1d", width: 3 })].slice(7, 10)).toEqual([1, 1, 1]);
  });

  it("leaves a stream without a window as it is", () => {
    expect(poolFrames(even, grid, { reach: "none", width: 1 })).toEqual(even);
  });
});
