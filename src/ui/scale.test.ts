import { interpolateCividis, rgb } from "d3";
import { expect, it } from "vitest";
import { sequentialColour } from "./scale";

it("is Cividis, reversed and trimmed, to within 2 of 255", () => {
  for (let grade = 0; grade <= 255; grade++) {
    const [ours, theirs] = [sequentialColour(grade / 255, "light"), interpolateCividis(0.8 - (0.8 * grade) / 255)].map(
      (colour) => rgb(colour),
    );
    for (const channel of ["r", "g", "b"] as const) {
      expect(Math.abs(ours[channel] - theirs[channel])).toBeLessThanOrEqual(2);
    }
  }
});

it("clamps values outside the range, and gives NaN the colour of the least", () => {
  expect(sequentialColour(7, "dark")).toBe(sequentialColour(1, "dark"));
  expect(sequentialColour(NaN, "light")).toBe(sequentialColour(0, "light"));
});
