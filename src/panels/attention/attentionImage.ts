// The largest attention under each pixel, gathered row by row. A picture that only grew by some steps, or went back by
// some, is brought up to date from where it stood: a step costs a row, not the whole matrix.
import { bisectLeft } from "d3";
import { latestOf } from "../../trace/latest";
import type { AxisBins, CellGrid } from "../../ui/zoom/cellGrid";
import { binOfCell } from "../../ui/zoom/cellGrid";
import type { AttentionRow, RowSource } from "./attentionRows";

interface GrowingImage {
  /** [row bin][column bin] */
  readonly peaks: Float32Array;
  /** Whether a step has been gathered. [step − first step on show] */
  readonly isGathered: Uint8Array;
  /** Steps from here on are not in it. */
  endStep: number;
}

/** Below 0 stands for a bin of which no cell was held, or for one whose rows are not ready or not drawn yet. */
export const NOTHING_HELD = -1;
export const NOTHING_KNOWN = -2;

/** Largest attention in each bin over the rows up to a step, of those that are ready. [row bin][column bin] */
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
    if (image.peaks[first] === NOTHING_KNOWN) image.peaks.fill(NOTHING_HELD, first, first + columns.binCount);
    const row = source.row(next);
    if (row === null) continue;
    if (kept?.positions !== row.kept) kept = keptBins(row.kept, columns);
    gatherKept(row, kept, image.peaks, first);
    gatherNew(row, columns, image.peaks, first);
  }
  return image.peaks;
}

/** Clears every bin that holds a step from `end` on; its earlier steps are gathered again. */
function rewind(image: GrowingImage, { rows, columns }: CellGrid, end: number): void {
  const bin = binOfCell(rows, Math.max(end, rows.firstCell));
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
  const { bins } = kept;
  const start = row.offset + kept.firstSlot;
  for (let at = 0; at < bins.length; at++) {
    const bin = first + bins[at];
    const paid = levels[start + at] * unit;
    if (paid > peaks[bin]) peaks[bin] = paid;
  }
}

/** The positions behind the survivors follow one another. */
function gatherNew(row: AttentionRow, columns: AxisBins, peaks: Float32Array, first: number): void {
  const { kept, firstNew, levels, offset, slotCount, unit } = row;
  const { firstCell, cellCount, binOfCell: bins } = columns;
  const start = Math.max(firstNew, firstCell);
  const end = Math.min(firstNew + slotCount - kept.length, firstCell + cellCount);
  const levelOf = offset + kept.length - firstNew;
  for (let position = start; position < end; position++) {
    const bin = first + bins[position - firstCell];
    const paid = levels[levelOf + position] * unit;
    if (paid > peaks[bin]) peaks[bin] = paid;
  }
}
