// Colours of the attention picture per bin: the sequential scale where something is held, blank ground where all of a
// bin is evicted, nothing (a hatch) where the step or the position is still to come, or its row is still being joined.
import { latestOf } from "../../trace/latest";
import type { CellGrid } from "../../ui/zoom/cellGrid";
import { binOfCell } from "../../ui/zoom/cellGrid";
import { NOTHING_KNOWN } from "./attentionImage";
import { attentionShare, type AttentionScale } from "./layout";

export interface AttentionPaint {
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

/** Steps up to `lastStep` are drawn; step t sees positions below promptCount + t. [row bin][column bin] */
export function attentionColours(
  peaks: Float32Array,
  { rows, columns }: CellGrid,
  run: { readonly promptCount: number; readonly lastStep: number },
  paint: AttentionPaint,
): Uint32Array {
  const { largest, scale, ramp, blank } = paint;
  const table = colourTable(ramp, scale);
  const places = largest > 0 ? PLACES / largest : 0;
  const colours = new Uint32Array(peaks.length);
  const lastRow = run.lastStep >= rows.firstCell + rows.cellCount ? rows.binCount - 1 : binOfCell(rows, run.lastStep);
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
