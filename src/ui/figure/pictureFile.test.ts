import { expect, it } from "vitest";
import { svgColour } from "./pictureFile";

it("writes colours as drawing programs read them, and leaves the others as they are", () => {
  expect(svgColour("color(srgb 0.2 0.4 1 / 0.14)")).toBe("rgba(51, 102, 255, 0.14)");
  expect(svgColour("color(srgb 0 1 0)")).toBe("rgba(0, 255, 0, 1)");
  expect(svgColour("rgb(1, 2, 3)")).toBe("rgb(1, 2, 3)");
});
