// A Canvas 2D that is sharp on any screen and is drawn by a function of its size; redrawn when that function changes.
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
