// Rectangles in an image of RGBA words. Left and right edges are whole pixels; a top edge within a pixel is blended with
// what is below it, so that heights differ visibly by less than a pixel.
import type { PixelImage } from "./Canvas";

/** In screen pixels; the caller clips it to the image. */
export interface PixelRect {
  readonly left: number;
  readonly right: number;
  /** May lie within a pixel. */
  readonly top: number;
  readonly bottom: number;
}

const CALL_FROM = 16;

export function fillPixels({ words, width }: PixelImage, rect: PixelRect, colour: number): void {
  const { left, right, top, bottom } = rect;
  const firstRow = Math.ceil(top);
  for (let y = firstRow; y < bottom; y++) {
    const from = y * width + left;
    const end = y * width + right;
    // For a few pixels, a loop is cheaper than the call.
    if (right - left > CALL_FROM) words.fill(colour, from, end);
    else for (let at = from; at < end; at++) words[at] = colour;
  }
  const covered = firstRow - top;
  if (covered < 1 / 512 || firstRow === 0) return;
  const row = (firstRow - 1) * width;
  for (let at = row + left; at < row + right; at++) words[at] = mixedWord(words[at], colour, covered);
}

/** A colour blended over another; over a transparent one, the share becomes its opacity. */
export function mixedWord(under: number, over: number, share: number): number {
  if (under === 0) return ((Math.round(255 * share) << 24) | (over & 0xffffff)) >>> 0;
  const blue = mixedChannel((under >> 16) & 255, (over >> 16) & 255, share);
  const green = mixedChannel((under >> 8) & 255, (over >> 8) & 255, share);
  const red = mixedChannel(under & 255, over & 255, share);
  return ((under & 0xff000000) | (blue << 16) | (green << 8) | red) >>> 0;
}

function mixedChannel(under: number, over: number, share: number): number {
  return (under + (over - under) * share + 0.5) | 0;
}
