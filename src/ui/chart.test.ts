import { scaleLinear } from "d3";
import { expect, it } from "vitest";
import { chartTicks, labelsApart, seriesPath } from "./chart";

it("puts round ticks about as far apart as asked", () => {
  expect(chartTicks(scaleLinear([0, 200], [10, 110]), 50, (step) => `step ${step}`)).toEqual([
    { at: 10, label: "step 0" },
    { at: 60, label: "step 100" },
    { at: 110, label: "step 200" },
  ]);
});

it("leaves labels with room where they are", () => {
  const ends = [
    { text: "low", lineY: 80 },
    { text: "high", lineY: 20 },
  ];
  expect(labelsApart(ends, 100).map(({ text, labelY }) => [text, labelY])).toEqual([
    ["high", 20],
    ["low", 80],
  ]);
});

it("moves labels apart that would cover each other, upwards where the plot ends", () => {
  const ends = ["a", "b", "c"].map((text) => ({ text, lineY: 95 }));
  expect(labelsApart(ends, 100).map(({ labelY }) => labelY)).toEqual([74, 87, 100]);
});

it("names no line that does not exist", () => {
  expect(labelsApart([{ text: "none", lineY: NaN }], 100)).toEqual([]);
});

it("draws every value of a short series", () => {
  expect(
    seriesPath(
      [3, 1],
      (step) => 10 * step,
      (value) => value,
      100,
    ),
  ).toBe("M0.0,3.0L10.0,1.0");
  expect(seriesPath([], Number, Number, 100)).toBe("");
});

it("loses no peak of a long series", () => {
  const values = Array.from({ length: 10_000 }, (_, step) => (step === 5003 ? 99 : step % 2));
  const path = seriesPath(values, Number, Number, 100);
  expect(path).toContain("5003.0,99.0");
  expect(path.split("L").length).toBeLessThan(500);
});
