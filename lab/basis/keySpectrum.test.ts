import { expect, it } from "vitest";
import { hashUniform } from "../../src/lib/random";
import { addKeys, createKeyScatter, energyShare, keyEigen, perHeadEnergyShare } from "./keySpectrum";

const headCount = 3;
const size = 12;

/** Keys of heads that vary together along two directions, and a little by themselves. */
function drawScatter() {
  const scatter = createKeyScatter(size);
  for (let token = 0; token < 200; token++) {
    const [left, right] = [hashUniform(7, token, 0) - 0.5, hashUniform(7, token, 1) - 0.5];
    addKeys(
      scatter,
      Float32Array.from(
        { length: size },
        (_, dim) => left * Math.sin(dim + 1) + right * dim + 0.1 * hashUniform(7, token, 2 + dim),
      ),
    );
  }
  return scatter;
}

it("finds directions of length 1 that stand on one another, the one of most energy first", () => {
  const { values, vectors } = keyEigen(drawScatter());
  for (let left = 0; left < size; left++) {
    if (left > 0) expect(values[left]).toBeLessThanOrEqual(values[left - 1]);
    for (let right = 0; right < size; right++) {
      let product = 0;
      for (let dim = 0; dim < size; dim++) product += vectors[left * size + dim] * vectors[right * size + dim];
      expect(product).toBeCloseTo(left === right ? 1 : 0, 10);
    }
  }
});

it("keeps at least as much energy jointly as head by head, whatever the rank", () => {
  const scatter = drawScatter();
  const eigen = keyEigen(scatter);
  for (const rank of [3, 6, 9]) {
    expect(energyShare(eigen, rank)).toBeGreaterThanOrEqual(perHeadEnergyShare(scatter, headCount, rank) ?? 1);
  }
  expect(energyShare(eigen, size)).toBeCloseTo(1, 10);
  expect(perHeadEnergyShare(scatter, headCount, 4)).toBeNull();
});
