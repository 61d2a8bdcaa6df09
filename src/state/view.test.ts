import { expect, it } from "vitest";
import { decidedFocus } from "./view";

it("begins with a layer in which the policy decides", () => {
  const model = { layerCount: 4, windows: [512, 512, null, 512] };
  const focusIn = (focusLayer: number): number => decidedFocus(model, { focusLayer }).focusLayer;
  expect([0, 1, 2, 3].map(focusIn)).toEqual([2, 2, 2, 2]);
  expect(focusIn(9)).toBe(9);
  expect(decidedFocus({ layerCount: 4 }, { focusLayer: 1 })).toEqual({ focusLayer: 1 });
});
