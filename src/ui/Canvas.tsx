// Canvases that are sharp on any screen. A function draws them, and they are redrawn when that function or the size
// changes: `Canvas` through drawing calls; `PixelCanvas` through an image, which costs less for thousands of small marks.

import { useLayoutEffect, useRef } from "react";

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
    const ratio = window.devicePixelRatio;
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
    const { devicePixelRatio: ratio } = window;
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
