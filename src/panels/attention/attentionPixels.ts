// The attention picture as pixels, kept from step to step: what a row shows stays as it is, so that another step gathers
// and paints only the rows between the last one and itself. The largest attention under each pixel (peaks) is gathered
// first, then coloured, then painted.
import { bisectLeft } from "d3";
import { latestOf } from "../../trace/latest";
import { paintBins, type PaintGround } from "../../ui/zoom/paintBins";
import { binOfCell, firstPixelFrom, partOfAxis, type AxisBins, type CellGrid } from "../../ui/zoom/zoomFrame";
import type { AttentionRow, RowSource } from "./attentionRows";
import { attentionShare, type AttentionScale } from "./layout";

export interface AttentionRun {
  readonly rows: RowSource;
  /** How many rows are ready: more of them fill what is already painted. */
  readonly readyCount: number;
  readonly promptCount: number;
  /** Steps up to here are drawn. */
  readonly lastStep: number;
}

export interface AttentionPaint extends ScalePaint {
  readonly ground: PaintGround;
}

/** One per picture on the page: a grid lives as long as the picture's place on the axes. */
interface Picture {
  readonly pixels: Uint32Array;
  painted: Painted | null;
}

interface Painted {
  readonly run: AttentionRun;
  readonly paint: AttentionPaint;
}

/** Written in place: the same array for the same grid. [pixel row][pixel column] */
export function attentionPixels(run: AttentionRun, grid: CellGrid, paint: AttentionPaint): Uint32Array {
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

/** Apart from the step, and from the ground, which changes with the ramp. */
function isSamePicture(before: Painted, run: AttentionRun, paint: AttentionPaint): boolean {
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
  const last = rows.binOfPixel.length;
  const first = Math.min(last - 1, firstPixelFrom(rows, binOfCell(rows, Math.min(one, other))));
  return { first, end: Math.max(first + 1, firstPixelFrom(rows, binOfCell(rows, Math.max(one, other)) + 1)) };
}

interface ScalePaint {
  readonly largest: number;
  readonly scale: AttentionScale;
  /** 256 colours of the scale, lowest first. */
  readonly ramp: Uint32Array;
  readonly blank: number;
}

/** Places of the scale's table, fine enough for its root. */
const PLACES = 4096;

/** The ramp as the scale spreads it, one colour per place. */
function colourTable(ramp: Uint32Array, scale: AttentionScale): Uint32Array {
  return latestOf(ramp, [`colourTable ${scale}`], () =>
    Uint32Array.from(
      { length: PLACES + 1 },
      (_, place) => ramp[Math.round(255 * attentionShare(place / PLACES, 1, scale))],
    ),
  );
}

/**
 * The scale's colour where something is held, blank where all of a bin is evicted, and no colour (a hatch) where the step
 * or the position is still to come, or its row is still being joined or was not recorded. Step t sees positions below promptCount + t.
 * [row bin][column bin]
 */
export function attentionColours(
  peaks: Float32Array,
  { rows, columns }: CellGrid,
  run: Pick<AttentionRun, "promptCount" | "lastStep">,
  paint: ScalePaint,
): Uint32Array {
  const { largest, scale, ramp, blank } = paint;
  const table = colourTable(ramp, scale);
  const places = largest > 0 ? PLACES / largest : 0;
  const colours = new Uint32Array(peaks.length);
  const lastRow = run.lastStep < rows.firstCell ? -1 : binOfCell(rows, run.lastStep);
  for (let row = 0; row <= lastRow; row++) {
    const written = run.promptCount + Math.min(run.lastStep, rows.lastOfBin[row]);
    const first = row * columns.binCount;
    for (let column = 0; column < columns.binCount && columns.firstOfBin[column] < written; column++) {
      const peak = peaks[first + column];
      if (peak === NOTHING_KNOWN) break; // the whole row: none of its steps is ready
      colours[first + column] = peak < 0 ? blank : table[Math.min(PLACES, (peak * places + 0.5) | 0)];
    }
  }
  return colours;
}

interface GrowingImage {
  /** [row bin][column bin] */
  readonly peaks: Float32Array;
  /** Whether a step has been gathered. [step − first step on show] */
  readonly isGathered: Uint8Array;
  /** Steps from here on are not in it. */
  endStep: number;
}

/** In place of a peak: no cell of the bin was held, or its rows are not ready, not recorded or not drawn yet. */
const NOTHING_HELD = -1;
export const NOTHING_KNOWN = -2;

/**
 * Largest attention in each bin over the rows up to a step, of those that are ready. A picture that only grew by some
 * steps, or went back by some, is updated: a step costs a row, not the whole matrix. [row bin][column bin]
 */
export function attentionPeaks(source: RowSource, grid: CellGrid, step: number): Float32Array {
  const { rows, columns } = grid;
  const image = latestOf<GrowingImage>(grid, ["attentionPeaks", source], () => ({
    peaks: new Float32Array(rows.binCount * columns.binCount).fill(NOTHING_KNOWN),
    isGathered: new Uint8Array(rows.cellCount),
    endStep: rows.firstCell,
  }));
  const end = Math.max(rows.firstCell, Math.min(step + 1, rows.firstCell + rows.cellCount));
  if (end < image.endStep) rewind(image, grid, end);
  image.endStep = end;
  let kept: KeptBins | null = null;
  for (let next = rows.firstCell; next < end; next++) {
    if (image.isGathered[next - rows.firstCell] === 1 || !source.isReady(next)) continue;
    image.isGathered[next - rows.firstCell] = 1;
    const first = binOfCell(rows, next) * columns.binCount;
    const row = source.row(next);
    // Not recorded: nobody may take it for evicted.
    if (row === null) continue;
    if (image.peaks[first] === NOTHING_KNOWN) image.peaks.fill(NOTHING_HELD, first, first + columns.binCount);
    if (kept?.positions !== row.kept) kept = keptBins(row.kept, columns);
    gatherKept(row, kept, image.peaks, first);
    gatherNew(row, columns, image.peaks, first);
  }
  return image.peaks;
}

/** Clears every bin that holds a step from `end` on; its earlier steps are gathered again. */
function rewind(image: GrowingImage, { rows, columns }: CellGrid, end: number): void {
  const bin = binOfCell(rows, end);
  image.peaks.fill(NOTHING_KNOWN, bin * columns.binCount);
  image.isGathered.fill(0, rows.firstOfBin[bin] - rows.firstCell);
}

/** Survivors within the columns on show: the same for every row from one event to the next. */
interface KeptBins {
  readonly positions: Int32Array;
  readonly firstSlot: number;
  readonly bins: Uint16Array;
}

function keptBins(positions: Int32Array, { firstCell, cellCount, binOfCell: bins }: AxisBins): KeptBins {
  const firstSlot = bisectLeft(positions, firstCell, 0, positions.length);
  const end = bisectLeft(positions, firstCell + cellCount, firstSlot, positions.length);
  const shown = Uint16Array.from(positions.subarray(firstSlot, end), (position) => bins[position - firstCell]);
  return { positions, firstSlot, bins: shown };
}

function gatherKept(row: AttentionRow, kept: KeptBins, peaks: Float32Array, first: number): void {
  const { levels, unit } = row;
  const { bins, firstSlot } = kept;
  for (let at = 0; at < bins.length; at++) {
    const bin = first + bins[at];
    const paid = levels[firstSlot + at] * unit;
    if (paid > peaks[bin]) peaks[bin] = paid;
  }
}

/** The positions behind the survivors follow one another. */
function gatherNew(row: AttentionRow, columns: AxisBins, peaks: Float32Array, first: number): void {
  const { kept, firstNew, levels, unit } = row;
  const { firstCell, cellCount, binOfCell: bins } = columns;
  const start = Math.max(firstNew, firstCell);
  const end = Math.min(firstNew + levels.length - kept.length, firstCell + cellCount);
  const levelOf = kept.length - firstNew;
  for (let position = start; position < end; position++) {
    const bin = first + bins[position - firstCell];
    const paid = levels[levelOf + position] * unit;
    if (paid > peaks[bin]) peaks[bin] = paid;
  }
}
