import { expect, it } from "vitest";
import { fillPixels, mixedWord } from "./Canvas";

it("mixes a top edge within a pixel by the share that it covers", () => {
  const image = { words: new Uint32Array(8).fill(0xff000000), width: 2, height: 4, ratio: 1 };
  fillPixels(image, { left: 1, right: 2, top: 1.75, bottom: 3 }, 0xff000064);
  const red = Array.from(image.words, (word) => word & 255);
  expect(red).toEqual([0, 0, 0, 25, 0, 100, 0, 0]);
});

it("keeps the covered share as opacity where nothing lies under a colour", () => {
  expect(mixedWord(0, 0xff0a0b0c, 0.5) >>> 0).toBe(0x800a0b0c);
});
