// The mask at the resolution of the screen. Every position is visible for one interval of steps per head, so its column
// is filled from the two ends of that interval: the cost is positions × events plus pixels, never steps × positions. Only what a
// step left unread is counted step by step, in a run that selects.
// Then a colour for each bin.
import { interpolateRgb } from "d3";
import { NEVER } from "../../trace/traceIndex";
import { colourWords, type BinColours } from "../../ui/zoom/paintBins";
import { binOfCell, type AxisBins, type CellGrid } from "../../ui/zoom/zoomFrame";
import type { MaskLives } from "./maskLives";

export interface MaskImage {
  /** Cells under a bin (rows × positions × heads) that are written, and that are visible. [row bin][column bin] */
  readonly written: Float32Array;
  readonly visible: Float32Array;
  /** Those evicted for which another token's slot stands; null where nothing merges. */
  readonly carried: Float32Array | null;
  /** Those outside the windows of their layers; null where no layer has one. */
  readonly dead: Float32Array | null;
  /** Of the visible, those that the step's newest query did not read; null where it reads all. */
  readonly unread: Float32Array | null;
  /** Those that the training mask shows on top; null unless asked for. */
  readonly lagging: Float32Array | null;
}

export interface MaskRun {
  /** Step t sees positions below promptCount + t. */
  readonly promptCount: number;
  readonly lastStep: number;
  /** Rows by which the training mask lags, 0 to leave it out. */
  readonly lagSteps: number;
  /** Some evicted tokens are carried on. */
  readonly hasCarried?: boolean;
  /** Some layers see only their newest tokens. */
  readonly hasDead?: boolean;
  /** Calls back for the positions that a step left unread, with the number of heads; absent where every slot is read. */
  readonly eachUnread?: (step: number, visit: (position: number, heads: number) => void) => void;
}

/** Counts per bin, rows up to the last step. */
export function maskImage(lives: MaskLives, grid: CellGrid, run: MaskRun): MaskImage {
  const { rows, columns } = grid;
  const { promptCount, lastStep, lagSteps, hasCarried = false, hasDead = false } = run;
  const written = createFill(grid);
  const visible = createFill(grid);
  const carried = hasCarried ? createFill(grid) : null;
  const dead = hasDead ? createFill(grid) : null;
  const lagging = lagSteps > 0 ? createFill(grid) : null;
  const last = Math.min(lastStep, rows.firstCell + rows.cellCount - 1);
  const endColumn = Math.min(promptCount + last, columns.firstCell + columns.cellCount);
  for (let position = columns.firstCell; position < endColumn; position++) {
    const column = binOfCell(columns, position);
    const from = Math.max(0, position - promptCount + 1, rows.firstCell);
    if (from > last) continue;
    fill(written, grid, { column, from, to: last, weight: lives.headCount });
    const isKnown = position < lives.positionCount;
    const endEntry = isKnown ? lives.firstEntry[position + 1] : 1;
    for (let entry = isKnown ? lives.firstEntry[position] : 0; entry < endEntry; entry++) {
      const seen = isKnown ? lives.lastSeen[entry] : NEVER;
      const weight = isKnown ? lives.heads[entry] : lives.headCount;
      fill(visible, grid, { column, from, to: Math.min(seen, last), weight });
      if (isKnown && lives.isDead[entry] === 1) {
        if (dead !== null) fill(dead, grid, { column, from: Math.max(seen + 1, from), to: last, weight });
        continue;
      }
      if (carried !== null && isKnown && seen !== NEVER) {
        const until = Math.min(lives.lastCarried[entry], last);
        fill(carried, grid, { column, from: Math.max(seen + 1, from), to: until, weight });
      }
      if (lagging === null) continue;
      fill(lagging, grid, { column, from: Math.max(seen + 1, from), to: Math.min(seen + lagSteps, last), weight });
    }
  }
  const sums = (filled: Fill): Float32Array => summed(filled, rows);
  return {
    written: sums(written),
    visible: sums(visible),
    carried: carried === null ? null : sums(carried),
    dead: dead === null ? null : sums(dead),
    unread: run.eachUnread === undefined ? null : unreadCells(grid, last, run.eachUnread),
    lagging: lagging === null ? null : sums(lagging),
  };
}

function unreadCells({ rows, columns }: CellGrid, last: number, eachUnread: NonNullable<MaskRun["eachUnread"]>) {
  const cells = new Float32Array(rows.binCount * columns.binCount);
  const end = columns.firstCell + columns.cellCount;
  for (let step = rows.firstCell; step <= last; step++) {
    const from = binOfCell(rows, step) * columns.binCount;
    eachUnread(step, (position, heads) => {
      if (position >= columns.firstCell && position < end) cells[from + binOfCell(columns, position)] += heads;
    });
  }
  return cells;
}

interface Fill {
  readonly columnCount: number;
  /** Cells of bins that an interval covers in part. [row bin][column bin] */
  readonly part: Float32Array;
  /** Change, from the row bin above, in the number of intervals that cover a bin in full. */
  readonly change: Float32Array;
}

interface Interval {
  readonly column: number;
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

function createFill({ rows, columns }: CellGrid): Fill {
  const binCount = rows.binCount * columns.binCount;
  return { columnCount: columns.binCount, part: new Float32Array(binCount), change: new Float32Array(binCount) };
}

function fill({ part, change, columnCount }: Fill, { rows }: CellGrid, interval: Interval): void {
  const { column, from, to, weight } = interval;
  if (to < from) return;
  const first = rows.binOfCell[from - rows.firstCell];
  const last = rows.binOfCell[to - rows.firstCell];
  if (first === last) {
    part[first * columnCount + column] += weight * (to - from + 1);
    return;
  }
  part[first * columnCount + column] += weight * (rows.lastOfBin[first] - from + 1);
  part[last * columnCount + column] += weight * (to - rows.firstOfBin[last] + 1);
  change[(first + 1) * columnCount + column] += weight;
  change[last * columnCount + column] -= weight;
}

function summed({ part, change, columnCount }: Fill, { binCount, firstOfBin, lastOfBin }: AxisBins): Float32Array {
  const full = new Float32Array(columnCount);
  for (let bin = 0; bin < binCount; bin++) {
    const rowCount = lastOfBin[bin] - firstOfBin[bin] + 1;
    const first = bin * columnCount;
    for (let column = 0; column < columnCount; column++) {
      full[column] += change[first + column];
      part[first + column] += full[column] * rowCount;
    }
  }
  return part;
}

export interface MaskPaint {
  readonly blank: number;
  /** 256 colours by share, lowest first. */
  readonly visible: Uint32Array;
  readonly lagging: Uint32Array;
  readonly carried: Uint32Array;
  readonly dead: Uint32Array;
  readonly unread: Uint32Array;
}

/** From a ground to a colour, starting at a mix that stands out from the ground. */
export function shareWords(ground: string, colour: string, leastMix: number): Uint32Array {
  const mix = interpolateRgb(ground, colour);
  return colourWords((share) => mix(leastMix + (1 - leastMix) * share));
}

/** Blank to the kept colour by the share of visible cells, mixed with those of carried and unread ones; stripes by the share that the training mask shows on top. */
export function maskColours(image: MaskImage, paint: MaskPaint): BinColours {
  const { written, visible, carried, dead, unread, lagging } = image;
  const colours = new Uint32Array(written.length);
  const stripes = lagging === null ? null : new Uint32Array(written.length);
  for (let bin = 0; bin < written.length; bin++) {
    const all = written[bin];
    if (all === 0) continue;
    const [taken, left] = [carried?.[bin] ?? 0, unread?.[bin] ?? 0];
    const outside = dead?.[bin] ?? 0;
    const shown = visible[bin] + taken + outside;
    const grade = Math.min(255, (255 * shown) / all + 0.5) | 0;
    colours[bin] = shown === 0 ? paint.blank : paint.visible[grade];
    if (taken > 0) colours[bin] = mixedWords(colours[bin], paint.carried[grade], taken / shown);
    if (outside > 0) colours[bin] = mixedWords(colours[bin], paint.dead[grade], outside / shown);
    if (left > 0) colours[bin] = mixedWords(colours[bin], paint.unread[grade], left / Math.max(left, visible[bin]));
    if (lagging === null || stripes === null || lagging[bin] === 0) continue;
    stripes[bin] = paint.lagging[Math.min(255, (255 * lagging[bin]) / all + 0.5) | 0];
  }
  return { colours, stripes };
}

/** An opaque colour on the way from one word to another. */
function mixedWords(from: number, to: number, share: number): number {
  if (share >= 1) return to;
  let word = 0xff000000;
  for (let shift = 0; shift < 24; shift += 8) {
    const [left, right] = [(from >>> shift) & 255, (to >>> shift) & 255];
    word |= Math.round(left + share * (right - left)) << shift;
  }
  return word >>> 0;
}
