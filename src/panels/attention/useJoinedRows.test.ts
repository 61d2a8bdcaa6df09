import fc from "fast-check";
import { expect, it } from "vitest";
import { axisBins } from "../../ui/zoom/zoomFrame";
import { joinOrder } from "./useJoinedRows";

const nothingReady = (): boolean => false;

it("begins with the newest row of each pixel in sight, then the rest in sight, then the rest of the run", () => {
  const shown = axisBins(4, 10, 3); // two steps a pixel
  expect(joinOrder({ stepCount: 12, lastStep: 11, shown, isReady: nothingReady })).toEqual([
    ...[9, 7, 5],
    ...[8, 6, 4],
    ...[11, 10, 3, 2, 1, 0],
  ]);
});

it("leaves steps behind the one on show to the end", () => {
  const shown = axisBins(0, 8, 4);
  expect(joinOrder({ stepCount: 8, lastStep: 4, shown, isReady: nothingReady })).toEqual([4, 3, 1, 2, 0, 7, 6, 5]);
});

it("does not start with a pixel that already has a row", () => {
  const shown = axisBins(0, 8, 4);
  const isReady = (step: number): boolean => step === 6 || step === 1;
  expect(joinOrder({ stepCount: 8, lastStep: 7, shown, isReady })).toEqual([5, 3, 7, 4, 2, 0]);
});

it("joins from the newest step where nothing was drawn yet", () => {
  expect(joinOrder({ stepCount: 3, lastStep: 0, shown: null, isReady: nothingReady })).toEqual([2, 1, 0]);
});

it("lists every step that is not ready once, whatever is in sight", () => {
  const request = fc.record({
    stepCount: fc.integer({ min: 1, max: 300 }),
    lastStep: fc.integer({ min: 0, max: 299 }),
    from: fc.double({ min: 0, max: 200, noNaN: true }),
    length: fc.double({ min: 6, max: 200, noNaN: true }),
    pixels: fc.integer({ min: 40, max: 300 }),
    ready: fc.uniqueArray(fc.integer({ min: 0, max: 299 })),
  });
  fc.assert(
    fc.property(request, ({ stepCount, lastStep, from, length, pixels, ready }) => {
      const shown = axisBins(from, from + length, pixels);
      const isReady = (step: number): boolean => ready.includes(step);
      const order = joinOrder({ stepCount, lastStep: Math.min(lastStep, stepCount - 1), shown, isReady });
      const left = Array.from({ length: stepCount }, (_, step) => step).filter((step) => !isReady(step));
      expect([...order].sort((one, other) => one - other)).toEqual(left);
    }),
  );
});
