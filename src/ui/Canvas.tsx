// Canvases that are sharp on any screen. A function draws them, and they are redrawn when that function or the size
// changes: `Canvas` through drawing calls; `PixelCanvas` through an image, which costs less for thousands of small marks.

import { useLayoutEffect, useRef } from "react";
import { zoomOf } from "./pointIn";

interface CanvasProps {
  readonly width: number;
  readonly height: number;
  /** Draws in CSS pixels on a cleared canvas. */
  readonly draw: (context: CanvasRenderingContext2D) => void;
}

export function Canvas({ width, height, draw }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (canvas.current === null || context === null || context === undefined) return;
    const ratio = window.devicePixelRatio * zoomOf(canvas.current);
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting a size reallocates the bitmap, even to the same size.
    if (canvas.current.width !== pixelWidth) canvas.current.width = pixelWidth;
    if (canvas.current.height !== pixelHeight) canvas.current.height = pixelHeight;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context);
  }, [width, height, draw]);
  return <canvas ref={canvas} className="canvas" style={{ width, height }} aria-hidden="true" />;
}

export interface PixelImage {
  /** RGBA words of the whole canvas, 0 = transparent. [pixel row][pixel column] */
  readonly words: Uint32Array;
  /** In screen pixels. */
  readonly width: number;
  readonly height: number;
  /** Screen pixels per CSS pixel. */
  readonly ratio: number;
}

interface PixelCanvasProps {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Writes into a transparent image; called again when this function or the size changes. */
  readonly paint: (image: PixelImage) => void;
}

interface Store {
  readonly data: ImageData;
  readonly image: PixelImage;
}

export function PixelCanvas({ width, height, paint }: PixelCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const store = useRef<Store>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (canvas.current === null || context === null || context === undefined) return;
    const ratio = window.devicePixelRatio * zoomOf(canvas.current);
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (pixelWidth === 0 || pixelHeight === 0) return;
    if (canvas.current.width !== pixelWidth) canvas.current.width = pixelWidth;
    if (canvas.current.height !== pixelHeight) canvas.current.height = pixelHeight;
    const known = store.current?.image;
    if (known?.width !== pixelWidth || known.height !== pixelHeight || known.ratio !== ratio) {
      store.current = createStore(pixelWidth, pixelHeight, ratio);
    } else known.words.fill(0);
    const { data, image } = store.current ?? createStore(pixelWidth, pixelHeight, ratio);
    paint(image);
    context.putImageData(data, 0, 0);
  }, [width, height, paint]);
  return <canvas ref={canvas} className="canvas" style={{ width, height }} aria-hidden="true" />;
}

function createStore(width: number, height: number, ratio: number): Store {
  const data = new ImageData(width, height);
  return { data, image: { words: new Uint32Array(data.data.buffer), width, height, ratio } };
}

/** In screen pixels; the caller clips it to the image. */
interface PixelRect {
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
