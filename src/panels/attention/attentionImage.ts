// The largest attention under each pixel, gathered row by row. A picture that only grew by some steps, or went back by
// some, is brought up to date from where it stood: a step costs a row, not the whole matrix.
import { bisectLeft } from "d3";
import type { AxisBins, CellGrid } from "../../ui/zoom/cellGrid";
import { binOfCell } from "../../ui/zoom/cellGrid";
import type { AttentionRow, RowSource } from "./attentionRows";

interface GrowingImage {
  readonly source: RowSource;
  /** Largest attention in a bin, below 0 where no cell of it was held. [row bin][column bin] */
  readonly peaks: Float32Array;
  /** Next step to gather. */
  nextStep: number;
}

const images = new WeakMap<CellGrid, GrowingImage>();

/** Peaks of the rows up to a step. [row bin][column bin], below 0 = nothing held, or not drawn yet */
export function attentionPeaks(source: RowSource, grid: CellGrid, step: number): Float32Array {
  const { rows, columns } = grid;
  let image = images.get(grid);
  if (image?.source !== source) {
    const peaks = new Float32Array(rows.binCount * columns.binCount).fill(-1);
    image = { source, peaks, nextStep: rows.firstCell };
    images.set(grid, image);
  }
  const end = Math.min(step + 1, source.readyCount(), rows.firstCell + rows.cellCount);
  if (end < image.nextStep) rewind(image, grid, end);
  let kept: KeptBins | null = null;
  for (; image.nextStep < end; image.nextStep++) {
    const row = source.row(image.nextStep);
    if (row === null) continue;
    if (kept?.positions !== row.kept) kept = keptBins(row.kept, columns);
    const first = binOfCell(rows, image.nextStep) * columns.binCount;
    gatherKept(row, kept, image.peaks, first);
    gatherNew(row, columns, image.peaks, first);
  }
  return image.peaks;
}

/** Clears every bin that holds a step from `end` on; its earlier steps are gathered again. */
function rewind(image: GrowingImage, { rows, columns }: CellGrid, end: number): void {
  const bin = binOfCell(rows, Math.max(end, rows.firstCell));
  image.peaks.fill(-1, bin * columns.binCount);
  image.nextStep = rows.firstOfBin[bin];
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
  const { levels, unit, ground } = row;
  const { bins } = kept;
  const start = row.offset + kept.firstSlot;
  for (let at = 0; at < bins.length; at++) {
    const bin = first + bins[at];
    const paid = (levels[start + at] - ground) * unit;
    if (paid > peaks[bin]) peaks[bin] = paid;
  }
}

/** The positions behind the survivors follow one another. */
function gatherNew(row: AttentionRow, columns: AxisBins, peaks: Float32Array, first: number): void {
  const { kept, firstNew, levels, offset, slotCount, unit, ground } = row;
  const { firstCell, cellCount, binOfCell: bins } = columns;
  const start = Math.max(firstNew, firstCell);
  const end = Math.min(firstNew + slotCount - kept.length, firstCell + cellCount);
  const levelOf = offset + kept.length - firstNew;
  for (let position = start; position < end; position++) {
    const level = levels[levelOf + position];
    if (level < ground) continue;
    const bin = first + bins[position - firstCell];
    const paid = (level - ground) * unit;
    if (paid > peaks[bin]) peaks[bin] = paid;
  }
}
