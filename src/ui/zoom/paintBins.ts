// Turns a colour per bin into pixels: RGBA words as ImageData stores them (little-endian, as on every browser platform).
// Bins without a colour are hatched: their cells do not exist yet, which must not look like an empty cell.

import { rgb } from "d3";
import type { AxisBins, CellGrid } from "./zoomFrame";

export interface BinColours {
  /** One word per bin, 0 = the cell does not exist yet. [row bin][column bin] */
  readonly colours: Uint32Array;
  /** Colour of the stripes over a bin, 0 = none. [row bin][column bin] */
  readonly stripes: Uint32Array | null;
  /** Row bin at which both start; 0 by default. */
  readonly firstRowBin?: number;
}

/** Pixel rows of a picture. */
export interface PixelBand {
  readonly first: number;
  readonly end: number;
}

export interface PaintGround {
  /** Ground and lines of the hatch, and the gap between large cells. */
  readonly ground: number;
  readonly hatch: number;
  readonly gap: number;
}

const HATCH_PITCH = 7;
const STRIPE_PITCH = 5;
const STRIPE_WIDTH = 2;
/** Cells of at least this many pixels are separated by a gap. */
const GAP_FROM = 7;

/** The pixels of a picture, or of some of its rows. [pixel row][pixel column] */
export function paintBins(
  { columns, rows }: CellGrid,
  { colours, stripes, firstRowBin = 0 }: BinColours,
  ground: PaintGround,
  band: PixelBand = { first: 0, end: rows.binOfPixel.length },
): Uint32Array {
  const width = columns.binOfPixel.length;
  const height = rows.binOfPixel.length;
  const pixels = new Uint32Array(width * (band.end - band.first));
  const hasGap = Math.min(columns.pixelsPerCell, rows.pixelsPerCell) >= GAP_FROM;
  const isGapColumn = gaps(columns, hasGap);
  const isGapRow = gaps(rows, hasGap);
  // One row of the hatch; the next row is the same, shifted by a pixel.
  const hatchRow = Uint32Array.from({ length: width + HATCH_PITCH }, (_, x) =>
    x % HATCH_PITCH === 0 ? ground.hatch : ground.ground,
  );
  const { binOfPixel } = columns;
  for (let y = band.first, at = 0; y < band.end; y++) {
    const first = (rows.binOfPixel[y] - firstRowBin) * columns.binCount;
    const hatchFrom = y % HATCH_PITCH;
    for (let x = 0; x < width; x++) {
      const bin = first + binOfPixel[x];
      let colour = colours[bin];
      if (colour === 0) colour = hatchRow[hatchFrom + x];
      else if (hasGap && (isGapRow[y] === 1 || isGapColumn[x] === 1)) colour = ground.gap;
      else if (stripes !== null && stripes[bin] !== 0) {
        // They slant the opposite way to the hatch.
        if ((x - y + height) % STRIPE_PITCH < STRIPE_WIDTH) colour = stripes[bin];
      }
      pixels[at++] = colour;
    }
  }
  return pixels;
}

/** A colour as an image word. */
export function pixelWord(colour: string): number {
  const { r, g, b } = rgb(colour);
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

/** A colour scale as 256 words. */
export function colourWords(colourOf: (share: number) => string): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, at) => pixelWord(colourOf(at / 255)));
}

/** Pixels at which a new cell starts. */
function gaps({ binOfPixel }: AxisBins, hasGap: boolean): Uint8Array {
  const isGap = new Uint8Array(binOfPixel.length);
  for (let pixel = 1; hasGap && pixel < isGap.length; pixel++) {
    if (binOfPixel[pixel] !== binOfPixel[pixel - 1]) isGap[pixel] = 1;
  }
  return isGap;
}

/** Draws width × height RGBA words from the canvas's left edge, `top` CSS pixels down: one per CSS pixel, never smoothed. */
export function drawPixels(context: CanvasRenderingContext2D, pixels: Uint32Array, width: number, top = 0): void {
  const height = pixels.length / width;
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer as ArrayBuffer), width, height);
  // putImageData ignores the screen's scale; drawImage respects it, at the price of a second copy.
  if (context.getTransform().a === 1) {
    context.putImageData(image, 0, top);
    return;
  }
  const bitmap = document.createElement("canvas");
  bitmap.width = width;
  bitmap.height = height;
  bitmap.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(bitmap, 0, top, width, height);
}
