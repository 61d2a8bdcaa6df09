// Each way in which a column of scores can follow from columns before it, on rows that can be checked by eye.
import { describe, expect, it } from "vitest";
import { forecastInto, type Forecast, type Operation } from "./forecast";

function told(operation: Operation, sources: readonly number[][], number = 1, carried: number[] | null = null) {
  const row = new Float32Array(4);
  const forecast: Forecast = { column: "total", operation, from: [], number };
  const rows = sources.map((source) => Float32Array.from(source));
  forecastInto(row, forecast, { sources: rows, carried: carried && Float32Array.from(carried) });
  return [...row];
}

describe("a forecast", () => {
  it.each<[string, [Operation, number?], number[][], number[]]>([
    ["copies", ["copy"], [[1, 2, 3, NaN]], [1, 2, 3, NaN]],
    ["divides by the largest of the row", ["share"], [[1, 2, 0, 4]], [0.25, 0.5, 0, 1]],
    ["leaves a row without anything above 0 as it is", ["share"], [[0, 0, -1, 0]], [0, 0, -1, 0]],
    [
      "divides a sum by its largest",
      ["shareOfSum", 2],
      [
        [1, 2, 0, 0],
        [1, 1, 0, 1],
      ],
      [0.75, 1, 0, 0.5],
    ],
    [
      "takes the larger, or what is there",
      ["largest"],
      [
        [1, 5, NaN, 3],
        [2, 4, 6, 3],
      ],
      [2, 5, 6, 3],
    ],
    [
      "adds a part of the second, or takes all of it",
      ["joined", 0.5],
      [
        [1, 2, NaN, 4],
        [4, 4, 4, 4],
      ],
      [3, 4, 4, 6],
    ],
    ["takes the largest of neighbours", ["pooled", 3], [[1, 2, 3, 1]], [2, 3, 3, 3]],
    [
      "weighs one against the other",
      ["mixed", 0.75],
      [
        [8, 4, 0, 0],
        [0, 4, 8, 0],
      ],
      [6, 2, -2, 0],
    ],
  ])("%s", (_, [operation, number], sources, expected) => {
    expect(told(operation, sources, number)).toEqual(expected);
  });

  it("decays what the slots carried, and those that carried nothing have none", () => {
    expect(told("decayed", [], 0.5, [4, 2])).toEqual([2, 1, NaN, NaN]);
    expect(told("decayed", [], 0.5, [8, 6, 4, 2, 1])).toEqual([4, 3, 2, 1]);
  });

  it("decays the start where no event came before, and has nothing without one", () => {
    expect(told("decayed", [[4, 2]], 0.5)).toEqual([2, 1, NaN, NaN]);
    expect(told("decayed", [[4, 2]], 0.5, [6])).toEqual([3, NaN, NaN, NaN]);
    expect(told("decayed", [], 0.5)).toEqual([NaN, NaN, NaN, NaN]);
  });

  it("is rounded to 32 bits once", () => {
    const [value] = told(
      "mixed",
      [
        [0.1, 0, 0, 0],
        [0.7, 0, 0, 0],
      ],
      0.3,
    );
    expect(value).toBe(Math.fround(0.3 * Math.fround(0.1) - (1 - 0.3) * Math.fround(0.7)));
  });
});
