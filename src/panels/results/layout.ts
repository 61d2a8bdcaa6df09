// The chart of one family: share solved over budget, a line per policy, the full cache as a horizontal level. Pure.
import { scaleLinear } from "d3";
import type { TableCell } from "../../state/storedResults";
import { budgetsOf, figureOf, paretoFront, type Column, type FamilyCells, type Measure } from "./tableView";

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

export interface ChartMark {
  readonly cell: TableCell;
  readonly x: number;
  readonly y: number;
  /** Ends of its error bar. */
  readonly lowY: number;
  readonly highY: number;
}

export interface ChartLine {
  readonly column: Column;
  /** On the front somewhere, or a baseline to compare with. */
  readonly isLeading: boolean;
  readonly path: string;
  readonly marks: readonly ChartMark[];
}

export interface ChartLayout {
  readonly size: ChartSize;
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly lines: readonly ChartLine[];
  /** So many lines that only those that lead are drawn in full; the others share the middle of each budget. */
  readonly isCrowded: boolean;
  /** Through the best of each budget, where a smaller one does not do as well; empty where nothing was solved. */
  readonly front: string;
  readonly full: { readonly y: number; readonly lowY: number; readonly highY: number } | null;
  readonly xTicks: readonly { readonly x: number; readonly share: string; readonly size: string }[];
  readonly xTitle: string;
  readonly yTicks: readonly { readonly y: number; readonly label: string }[];
}

interface ChartContent extends FamilyCells {
  readonly columns: readonly Column[];
  readonly measure: Measure;
}

/** With more policies, a chart is crowded. */
export const MOST_LINES = 12;

/** Marks of one budget stand side by side, at most this far apart, so that none hides another. */
const MAX_MARK_PITCH = 5;

export function chartLayout({ cells, full, columns, measure }: ChartContent, size: ChartSize): ChartLayout {
  const plot = { left: 44, right: size.width - 12, top: 12, bottom: size.height - 48 };
  const budgets = budgetsOf(cells);
  const shares = budgets.map(({ share }) => share);
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  // Half the least gap stays free on either side; a single budget is centred.
  const gap = Math.min(0.1, ...shares.slice(1).map((share, at) => share - shares[at]));
  const x = scaleLinear([least - gap / 2, most + gap / 2], [plot.left, plot.right]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const room = x(least + gap) - x(least);
  const clamp = (share: number): number => y(Math.min(1, Math.max(0, share)));

  const onFront = paretoFront(cells, measure);
  const leaders = new Set([...onFront].map(({ columnId }) => columnId));
  const isLeading = ({ id, kind }: Column): boolean => kind === "none" || leaders.has(id);
  const isCrowded = columns.length > MOST_LINES;
  const apart = isCrowded ? columns.filter(isLeading) : columns;
  const pitch = Math.min(MAX_MARK_PITCH, (0.8 * room) / Math.max(1, apart.length));
  const lines = columns.map((column): ChartLine => {
    const offset = apart.includes(column) ? (apart.indexOf(column) - (apart.length - 1) / 2) * pitch : 0;
    const marks = cells
      .filter(({ columnId }) => columnId === column.id)
      .map((cell): ChartMark => {
        const { share, error } = figureOf(cell, measure);
        const place = x(cell.budgetShare ?? 1) + offset;
        return { cell, x: place, y: y(share), lowY: clamp(share - error), highY: clamp(share + error) };
      })
      .sort((left, right) => left.x - right.x);
    const points = marks.map((mark) => `${mark.x.toFixed(1)},${mark.y.toFixed(1)}`);
    return { column, isLeading: isLeading(column), marks, path: points.length === 0 ? "" : `M${points.join("L")}` };
  });
  const bestOf = new Map([...onFront].map((cell) => [cell.budgetShare ?? 1, y(figureOf(cell, measure).share)]));
  const steps = [...bestOf].map(
    ([share, height], at) => `${at === 0 ? "M" : "H"}${x(share).toFixed(1)}${at === 0 ? "," : "V"}${height.toFixed(1)}`,
  );
  const ofFull = full === null ? null : figureOf(full, measure);
  return {
    size,
    plot,
    lines,
    isCrowded,
    front: steps.length === 0 ? "" : `${steps.join("")}H${plot.right.toFixed(1)}`,
    full:
      ofFull === null
        ? null
        : { y: y(ofFull.share), lowY: clamp(ofFull.share - ofFull.error), highY: clamp(ofFull.share + ofFull.error) },
    xTicks: budgets.map((budget) => ({
      x: x(budget.share),
      share: `${Math.round(100 * budget.share)} %`,
      // The unit stands in the title: neighbouring budgets are close.
      size: String(budget.bytes === undefined ? budget.slots : Math.round(budget.bytes / 1024)),
    })),
    xTitle:
      budgets.at(0)?.bytes === undefined
        ? "budget: share of the mean length, slots per head"
        : "budget: share of a full cache as computed, KiB of all heads",
    yTicks: [0, 0.25, 0.5, 0.75, 1].map((share) => ({ y: y(share), label: String(100 * share) })),
  };
}

/** The farthest that the pointer may be from the mark it means. */
const REACH = 18;

/** The mark nearest to a place in the chart; null if none is near. */
export function markAt(layout: ChartLayout, x: number, y: number): ChartMark | null {
  let nearest: ChartMark | null = null;
  let least = REACH;
  for (const mark of layout.lines.flatMap(({ marks }) => marks)) {
    const distance = Math.hypot(mark.x - x, mark.y - y);
    if (distance >= least) continue;
    nearest = mark;
    least = distance;
  }
  return nearest;
}
