// The mask of all steps that a trace holds, painted once: what a step saw never changes, so the picture up to any step is
// the upper part of that layer, the rows that share a pixel with the step, and hatching.
//
//   layer    █████ ░░      rows well above the step: copied
//   band     █▁█▁██ ░      the step's own pixels, up to it: painted again
//   ground   ░░░░░░░░      not reached yet: copied
import { latestOf } from "../../trace/latest";
import { drawPixels, paintBins, type PixelBand } from "../../ui/zoom/paintBins";
import { binOfCell, firstPixelFrom, type ZoomFrame } from "../../ui/zoom/zoomFrame";
import { paintGround } from "../matrix/matrix";
import { CUT_REACH, paintMaskBand, type MaskSubjectView } from "./maskBand";

interface MaskLayer {
  readonly ground: CanvasRenderingContext2D;
  readonly cells: CanvasRenderingContext2D;
  /** Pixel rows of `cells` that are painted for good. */
  doneRows: number;
}

/** Paints the mask up to a step. */
export function paintMask(
  context: CanvasRenderingContext2D,
  frame: ZoomFrame,
  view: MaskSubjectView,
  step: number,
): void {
  const { rows } = frame.grid;
  const layer = layerOf(frame, view);
  const known = settledRows(frame, view.trace.steps.length - 1);
  if (known > layer.doneRows) {
    const band = { first: layer.doneRows, end: known, lastStep: view.trace.steps.length - 1 };
    clipped(layer.cells, frame, band, () => paintMaskBand(layer.cells, frame, view, band));
    layer.doneRows = known;
  }
  const first = settledRows(frame, step);
  copyRows(context, layer.cells, frame, { first: 0, end: first });
  copyRows(context, layer.ground, frame, { first, end: frame.height });
  if (first === frame.height || step < rows.firstCell) return;
  const end = firstPixelFrom(rows, binOfCell(rows, step) + 1);
  clipped(context, frame, { first, end: frame.height }, () => {
    paintMaskBand(context, frame, view, { first, end, lastStep: step });
  });
}

/** Pixel rows from the top in which nothing changes after a step. */
function settledRows({ grid: { rows }, height }: ZoomFrame, step: number): number {
  if (step < rows.firstCell) return 0;
  if (step >= rows.firstCell + rows.cellCount - 1) return height;
  return Math.max(0, firstPixelFrom(rows, binOfCell(rows, step)) - CUT_REACH);
}

/** One per picture on the page: a grid lives as long as the picture's place on the axes. */
function layerOf(frame: ZoomFrame, view: MaskSubjectView): MaskLayer {
  const { trace, subject, lagSteps, isTraining = false, theme } = view;
  const { devicePixelRatio: ratio } = window;
  return latestOf<MaskLayer>(frame.grid, ["maskLayer", trace, subject, lagSteps, isTraining, theme, ratio], () => {
    const ground = offscreen(frame, ratio);
    const { rows, columns } = frame.grid;
    const nothing = { colours: new Uint32Array(rows.binCount * columns.binCount), stripes: null };
    drawPixels(ground, paintBins(frame.grid, nothing, paintGround(theme)), frame.width);
    return { ground, cells: offscreen(frame, ratio), doneRows: 0 };
  });
}

function offscreen({ width, height }: ZoomFrame, ratio: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the browser has no canvas left: close other tabs and reload the page");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

function copyRows(
  context: CanvasRenderingContext2D,
  from: CanvasRenderingContext2D,
  { width, height }: ZoomFrame,
  { first, end }: PixelBand,
): void {
  if (end <= first) return;
  const [scaleX, scaleY] = [from.canvas.width / width, from.canvas.height / height];
  context.imageSmoothingEnabled = false;
  const source = [0, first * scaleY, width * scaleX, (end - first) * scaleY] as const;
  context.drawImage(from.canvas, ...source, 0, first, width, end - first);
}

/** Cuts at the border of a band must not show twice. */
function clipped(
  context: CanvasRenderingContext2D,
  { width }: ZoomFrame,
  { first, end }: PixelBand,
  paint: () => void,
): void {
  context.save();
  context.beginPath();
  context.rect(0, first, width, end - first);
  context.clip();
  paint();
  context.restore();
}
