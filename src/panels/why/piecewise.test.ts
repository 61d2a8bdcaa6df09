import * as fc from "fast-check";
import { expect, it } from "vitest";
import { evictedStretches, keptStretches, stretchesAbove, upperEnvelope, type Piece } from "./piecewise";

const valueAt = (pieces: readonly Piece[], x: number): number => {
  const { line } = pieces.filter(({ from }) => from <= x).at(-1) ?? pieces[0];
  return line.at0 + line.slope * x;
};
const lines = fc.array(fc.record({ at0: fc.integer({ min: -8, max: 8 }), slope: fc.integer({ min: -8, max: 8 }) }), {
  minLength: 1,
  maxLength: 8,
});

it("follows the highest line everywhere", () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 0, max: 64 }), (all, sixtyFourth) => {
      const x = sixtyFourth / 64;
      expect(valueAt(upperEnvelope(all), x)).toBeCloseTo(Math.max(...all.map(({ at0, slope }) => at0 + slope * x)), 9);
    }),
  );
});

it("finds where one function lies above another", () => {
  fc.assert(
    fc.property(lines, lines, fc.integer({ min: 0, max: 99 }), (left, right, percent) => {
      const [a, b] = [upperEnvelope(left), upperEnvelope(right)];
      const x = (percent + Math.SQRT1_2) / 100.7;
      const difference = valueAt(a, x) - valueAt(b, x);
      fc.pre(Math.abs(difference) > 1e-6);
      const above = stretchesAbove(a, b, { scale: 1, offset: 0, isFirst: false });
      expect(above.some(({ from, to }) => from < x && x < to)).toBe(difference > 0);
    }),
  );
});

it("puts the first of two equal functions ahead", () => {
  const same = upperEnvelope([{ at0: 1, slope: 2 }]);
  expect(stretchesAbove(same, same, { scale: 1, offset: 0, isFirst: true })).toEqual([{ from: 0, to: 1 }]);
  expect(stretchesAbove(same, same, { scale: 1, offset: 0, isFirst: false })).toEqual([]);
});

it("keeps a token where fewer than k are ahead, and evicts it elsewhere", () => {
  const ahead = [
    { from: 0, to: 0.5 },
    { from: 0.25, to: 0.75 },
    { from: 0.75, to: 1 },
  ];
  const kept = keptStretches(ahead, 2);
  expect(kept).toEqual([
    { from: 0, to: 0.25 },
    { from: 0.5, to: 1 },
  ]);
  expect(evictedStretches(kept)).toEqual([{ from: 0.25, to: 0.5 }]);
  expect(keptStretches([], 1)).toEqual([{ from: 0, to: 1 }]);
  expect(evictedStretches([])).toEqual([{ from: 0, to: 1 }]);
});
