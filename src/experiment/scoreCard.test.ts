import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { loyalty, overallFigures, speedUp } from "./scoreCard";

const positive = fc.double({ min: 0.01, max: 2, noNaN: true });
const rows = fc.array(fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 4,
});
const scoresOf = (table: [number, number][][], factor = 1) => ({
  original: table.map((row) => row.map(([original]) => original)),
  compressed: table.map((row) => row.map(([, compressed]) => factor * compressed)),
});

describe("overall figures", () => {
  it("of no compression are 1, and 0 for the spread", () => {
    const scores = [[0.3, 0.9], [0.5, 1]]; // prettier-ignore
    expect(overallFigures({ original: scores, compressed: scores })).toMatchObject({
      ...{ performance: [1, 1], meanRatios: [1, 1], generalisation: 0, droppedCount: 0 },
    });
  });

  it("agree with the notes' example", () => {
    const found = overallFigures({ original: [[1, 1, 1, 1]], compressed: [[0.98, 0.91, 1.02, 0.64]] });
    expect(found.performance[0]).toBeCloseTo(0.8998, 4);
    expect(found.generalisation).toBeCloseTo(0.167, 4);
  });

  it("leave out and count suites that the original scores 0 on", () => {
    const found = overallFigures({ original: [[0, 1]], compressed: [[1, 0.5]] });
    expect(found).toMatchObject({ ratios: [[null, 0.5]], droppedCount: 1, performance: [0.5] });
  });

  it("never fall below the mean, and double with every ratio while the spread stays", () => {
    fc.assert(
      fc.property(rows, (table) => {
        const once = overallFigures(scoresOf(table));
        const twice = overallFigures(scoresOf(table, 2));
        once.performance.forEach((performance, model) => {
          expect(performance).toBeGreaterThanOrEqual(once.meanRatios[model] * (1 - 1e-12));
          expect(twice.performance[model] / performance).toBeCloseTo(2, 12);
        });
        expect(twice.generalisation).toBeCloseTo(once.generalisation, 10);
      }),
    );
  });
});

it("loyalty is the share of equal predictions, whichever is the original", () => {
  const [one, other] = [["a", "b", "c", "d"], ["a", "b", "x", "d"]]; // prettier-ignore
  expect([loyalty(one, other), loyalty(other, one), loyalty(one, one)]).toEqual([0.75, 0.75, 1]);
});

it("speed-up counts prefill and decode together", () => {
  expect(speedUp([1, 3], [1, 1])).toBe(2);
});
