import { describe, expect, it } from "vitest";
import { addBias, gateInto, rmsNorm, rotateHeads, softmaxInPlace } from "./layerOps";

describe("rmsNorm", () => {
  it("brings every stretch to a mean square of 1 before weighting it", () => {
    const output = new Float32Array(4);
    rmsNorm(Float32Array.of(3, 4, 30, -40), output, Float32Array.of(1, 2), 0);
    const scale = 1 / Math.sqrt(12.5);
    [3 * scale, 8 * scale, 3 * scale, -8 * scale].forEach((value, i) => expect(output[i]).toBeCloseTo(value, 6));
  });
});

describe("rotateHeads", () => {
  it("turns dimension i with dimension i + half, in every head alike", () => {
    const heads = Float32Array.of(1, 2, 0, 0, 0, 0, 1, 2); // two heads of four
    const quarterThenNone = Float32Array.of(0, 1, 1, 0); // [pair][cosine, sine]
    rotateHeads(heads, quarterThenNone);
    expect(Array.from(heads)).toEqual([0, 2, 1, 0, -1, 0, 0, 2]);
  });
});

describe("softmaxInPlace", () => {
  it("sums to 1 and does not overflow", () => {
    const logits = Float32Array.of(1000, 1000, 999);
    softmaxInPlace(logits, 2);
    expect(logits[0]).toBe(logits[1]);
    expect(logits[2] / logits[0]).toBeCloseTo(Math.exp(-2), 6);
    expect(logits[0] + logits[1] + logits[2]).toBeCloseTo(1, 6);
  });
});

describe("gateInto and addBias", () => {
  it("multiplies up by silu of the gate", () => {
    const gate = Float32Array.of(0, 2);
    gateInto(gate, Float32Array.of(5, 3));
    expect(gate[0]).toBe(0);
    expect(gate[1]).toBeCloseTo((2 / (1 + Math.exp(-2))) * 3, 6);
  });

  it("adds the bias to each token's stretch", () => {
    const values = Float32Array.of(1, 2, 3, 4);
    addBias(values, Float32Array.of(10, 20));
    expect(Array.from(values)).toEqual([11, 22, 13, 24]);
  });
});
