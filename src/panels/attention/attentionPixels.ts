// The picture as pixels, kept from step to step: what a row shows stays as it is, so that another step paints only the
// pixel rows between the last one and itself.
import { latestOf } from "../../trace/latest";
import { firstPixelFrom, partOfAxis, type AxisBins, type CellGrid } from "../../ui/zoom/cellGrid";
import { paintBins, type PaintGround } from "../../ui/zoom/paintBins";
import { attentionColours, type AttentionPaint } from "./attentionColours";
import { attentionPeaks } from "./attentionImage";
import type { RowSource } from "./attentionRows";

export interface AttentionRun {
  readonly rows: RowSource;
  /** Rows that are ready: more of them fill what is painted already. */
  readonly readyCount: number;
  readonly promptCount: number;
  /** Steps up to here are drawn. */
  readonly lastStep: number;
}

export interface AttentionPicturePaint extends AttentionPaint {
  readonly ground: PaintGround;
}

/** One per picture on the page: a grid lives as long as the picture's place on the axes. */
interface Picture {
  readonly pixels: Uint32Array;
  painted: Painted | null;
}

interface Painted {
  readonly run: AttentionRun;
  readonly paint: AttentionPicturePaint;
}

/** Painted in place: the same array for the same grid. [pixel row][pixel column] */
export function attentionPixels(run: AttentionRun, grid: CellGrid, paint: AttentionPicturePaint): Uint32Array {
  const { rows, columns } = grid;
  const picture = latestOf<Picture>(grid, ["attentionPixels"], () => ({
    pixels: new Uint32Array(rows.binOfPixel.length * columns.binOfPixel.length),
    painted: null,
  }));
  const { pixels, painted: before } = picture;
  picture.painted = { run, paint };
  const peaks = attentionPeaks(run.rows, grid, run.lastStep);
  const band =
    before !== null && isSamePicture(before, run, paint)
      ? pixelsBetween(rows, before.run.lastStep, run.lastStep)
      : { first: 0, end: rows.binOfPixel.length };
  const firstRowBin = rows.binOfPixel[band.first];
  const endRowBin = rows.binOfPixel[band.end - 1] + 1;
  const part = { columns, rows: partOfAxis(rows, firstRowBin, endRowBin) };
  const shown = peaks.subarray(firstRowBin * columns.binCount, endRowBin * columns.binCount);
  const colours = { colours: attentionColours(shown, part, run, paint), stripes: null, firstRowBin };
  pixels.set(paintBins(grid, colours, paint.ground, band), band.first * columns.binOfPixel.length);
  return pixels;
}

/** But for the step, and for the ground, which changes with the ramp. */
function isSamePicture(before: Painted, run: AttentionRun, paint: AttentionPicturePaint): boolean {
  return (
    before.run.rows === run.rows &&
    before.run.readyCount === run.readyCount &&
    before.paint.largest === paint.largest &&
    before.paint.scale === paint.scale &&
    before.paint.ramp === paint.ramp
  );
}

/** Pixel rows of the bins from one step to another, both included. */
function pixelsBetween(rows: AxisBins, one: number, other: number): { readonly first: number; readonly end: number } {
  const binOf = (step: number): number =>
    rows.binOfCell[Math.max(0, Math.min(rows.cellCount - 1, step - rows.firstCell))];
  const last = rows.binOfPixel.length;
  const first = Math.min(last - 1, firstPixelFrom(rows, binOf(Math.min(one, other))));
  return { first, end: Math.max(first + 1, firstPixelFrom(rows, binOf(Math.max(one, other)) + 1)) };
}
