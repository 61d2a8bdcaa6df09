// Colours per bin to pixels: RGBA words as ImageData holds them (little-endian, as on every platform with browsers).
// What has no colour is hatched: it does not exist yet, which must not look like an empty cell.
import { rgb } from "d3";
import type { AxisBins, CellGrid } from "./cellGrid";

export interface BinColours {
  /** One word per bin, 0 = there is no such cell yet. [row bin][column bin] */
  readonly colours: Uint32Array;
  /** Stripes laid over a bin, 0 = none. [row bin][column bin] */
  readonly stripes: Uint32Array | null;
  /** Row bin with which both begin, 0 if not given. */
  readonly firstRowBin?: number;
}

/** Pixel rows of a picture. */
export interface PixelBand {
  readonly first: number;
  readonly end: number;
}

export interface PaintGround {
  /** Ground and lines of the hatch, and the gap between cells that are large enough for one. */
  readonly ground: number;
  readonly hatch: number;
  readonly gap: number;
}

const HATCH_PITCH = 7;
const STRIPE_PITCH = 5;
const STRIPE_WIDTH = 2;
/** Cells of this many pixels are set apart by a gap. */
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
  // One row of the hatch; the next row is the same, a pixel further on.
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
        // They lean against the hatch.
        if ((x - y + height) % STRIPE_PITCH < STRIPE_WIDTH) colour = stripes[bin];
      }
      pixels[at++] = colour;
    }
  }
  return pixels;
}

/** Colour as a word of an image. */
export function pixelWord(colour: string): number {
  const { r, g, b } = rgb(colour);
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

/** A colour scale as 256 words. */
export function colourWords(colourOf: (share: number) => string): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, at) => pixelWord(colourOf(at / 255)));
}

/** Pixels at which a new cell begins. */
function gaps({ binOfPixel }: AxisBins, hasGap: boolean): Uint8Array {
  const isGap = new Uint8Array(binOfPixel.length);
  for (let pixel = 1; hasGap && pixel < isGap.length; pixel++) {
    if (binOfPixel[pixel] !== binOfPixel[pixel - 1]) isGap[pixel] = 1;
  }
  return isGap;
}
