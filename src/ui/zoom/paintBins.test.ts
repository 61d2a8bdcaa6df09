import { expect, it } from "vitest";
import { cellGrid } from "./zoomFrame";
import { colourWords, paintBins, pixelWord } from "./paintBins";

const ground = { ground: 1, hatch: 2, gap: 3 };
const [red, blue] = [pixelWord("rgb(255, 0, 0)"), pixelWord("#0000ff")];

it("writes a colour as red, green, blue, opaque in memory", () => {
  expect([...new Uint8Array(Uint32Array.of(pixelWord("rgb(1, 2, 3)")).buffer)]).toEqual([1, 2, 3, 255]);
  expect(colourWords(() => "#0000ff")).toHaveLength(256);
});

it("paints cells as blocks and hatches what is not there", () => {
  const grid = cellGrid({ x0: 0, x1: 2, y0: 0, y1: 2 }, { width: 8, height: 8 });
  const pixels = paintBins(grid, { colours: Uint32Array.of(red, blue, red, 0), stripes: null }, ground);
  expect([pixels[0], pixels[3], pixels[4], pixels[7 * 8]]).toEqual([red, red, blue, red]);
  const missing = [4, 5, 6, 7].flatMap((y) => [...pixels.subarray(y * 8 + 4, y * 8 + 8)]);
  expect(new Set(missing)).toEqual(new Set([1, 2]));
});

it("stripes a cell over its own colour", () => {
  const grid = cellGrid({ x0: 0, x1: 1, y0: 0, y1: 1 }, { width: 8, height: 8 });
  const pixels = paintBins(grid, { colours: Uint32Array.of(red), stripes: Uint32Array.of(blue) }, ground);
  expect(new Set(pixels)).toEqual(new Set([red, blue]));
});

it("sets large cells apart", () => {
  const grid = cellGrid({ x0: 0, x1: 2, y0: 0, y1: 2 }, { width: 40, height: 40 });
  const pixels = paintBins(grid, { colours: Uint32Array.of(red, red, red, red), stripes: null }, ground);
  expect([pixels[19], pixels[20], pixels[21], pixels[20 * 40]]).toEqual([red, 3, red, 3]);
});

it("paints some rows as they are in the whole picture", () => {
  const grid = cellGrid({ x0: 0, x1: 2, y0: 0, y1: 4 }, { width: 20, height: 40 });
  const colours = Uint32Array.of(red, 0, red, blue, 0, blue, red, red);
  const stripes = Uint32Array.of(0, 0, blue, 0, 0, red, 0, 0);
  const whole = paintBins(grid, { colours, stripes }, ground);
  const fromThird = { colours: colours.subarray(4), stripes: stripes.subarray(4), firstRowBin: 2 };
  const some = paintBins(grid, fromThird, ground, { first: 23, end: 37 });
  expect([...some]).toEqual([...whole.subarray(23 * 20, 37 * 20)]);
});
