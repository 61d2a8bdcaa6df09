// The marks of Merges: the slots of one head before and after an event with the curves of who carries whom, and how far the
// newest query's output moved at each event. Pure.
//
//   before  ▯▯▯▯▯▯▯▯▯▯▯▯▯    one cell per slot
//             ╲ ╱    ╲
//   after   ▯▯▭▯▯▯▯▯▭▭▯▯      one cell per kept slot, as wide as its votes
import { scaleLinear } from "d3";
import { headRow } from "../../cache/headRows";
import { carriedTokens, type MergeAftermath, type MergeChanges } from "../../trace/merges";
import type { EvictionEvent } from "../../trace/trace";
import {
  chartTicks,
  labelsApart,
  type ChartFrame,
  type ChartPlot,
  type ChartSize,
  type LineLabel,
} from "../../ui/chart";

export interface SlotCell {
  readonly position: number;
  readonly x: number;
  readonly width: number;
}

export interface CellBefore extends SlotCell {
  readonly fate: "kept" | "carried" | "dropped";
}

export interface CellAfter extends SlotCell {
  /** Tokens that it stands for. */
  readonly votes: number;
  /** A ZIP merge that took its fallback. */
  readonly isFallback: boolean;
}

export interface Flow {
  readonly position: number;
  readonly carrier: number;
  readonly cosine: number;
  readonly path: string;
}

export interface FlowLayout {
  readonly size: ChartSize;
  readonly before: readonly CellBefore[];
  readonly after: readonly CellAfter[];
  readonly flows: readonly Flow[];
}

export const CELL_HEIGHT = 22;

/** Null for an event that merges nothing anywhere: one of a run without merging. */
export function flowLayout(event: EvictionEvent, head: number, size: ChartSize): FlowLayout | null {
  const { merges } = event;
  if (merges === undefined) return null;
  const positions = headRow(event.positionsBefore, head);
  const kept = headRow(event.survivors, head);
  const votes = headRow(merges.votes, head);
  const fallbacks = headRow(merges.fallbacks, head);
  const carried = carriedTokens(event, head);
  const carrierOf = new Map(carried.map(({ position, carrier }) => [position, carrier]));
  const cellWidth = size.width / positions.length;
  const before = Array.from(positions, (position, slot): CellBefore => {
    const carrier = carrierOf.get(position);
    const fate = carrier === undefined ? "kept" : carrier === null ? "dropped" : "carried";
    return { position, x: slot * cellWidth, width: cellWidth, fate };
  });
  const voteWidth = size.width / votes.reduce((sum, count) => sum + count, 0);
  let from = 0;
  const after = Array.from(kept, (slot, place): CellAfter => {
    const [x, width] = [from, votes[place] * voteWidth];
    from += width;
    return { position: positions[slot], x, width, votes: votes[place], isFallback: fallbacks[place] === 1 };
  });
  const [top, bottom] = [CELL_HEIGHT, size.height - CELL_HEIGHT];
  const middle = (top + bottom) / 2;
  const centreBefore = new Map(before.map(({ position, x, width }) => [position, x + width / 2]));
  const centreAfter = new Map(after.map(({ position, x, width }) => [position, x + width / 2]));
  const flows = carried.flatMap(({ position, carrier, cosine }): Flow[] => {
    const [start, end] = [centreBefore.get(position), carrier === null ? undefined : centreAfter.get(carrier)];
    if (carrier === null || start === undefined || end === undefined) return [];
    const [x, to] = [start.toFixed(1), end.toFixed(1)];
    return [{ position, carrier, cosine, path: `M${x},${top}C${x},${middle} ${to},${middle} ${to},${bottom}` }];
  });
  return { size, before, after, flows };
}

/** The cell under a place of the picture, in the upper row or the lower. */
export function cellAt(
  { size, before, after }: FlowLayout,
  { x, y }: { readonly x: number; readonly y: number },
): SlotCell | null {
  const row: readonly SlotCell[] = y < size.height / 2 ? before : after;
  return row.find((cell) => x >= cell.x && x < cell.x + cell.width) ?? null;
}

export const changeNames = ["evicted", "convex", "zip", "merged"] as const satisfies readonly (keyof MergeChanges)[];
export type ChangeName = (typeof changeNames)[number];

export interface ChangesLayout extends ChartFrame {
  readonly paths: Readonly<Record<ChangeName, string>>;
  readonly dots: readonly { readonly step: number; readonly x: number; readonly y: number }[];
  readonly shownX: number | null;
  readonly labels: readonly LineLabel[];
  readonly stepAt: (x: number) => number;
}

const lineNames: Readonly<Record<Exclude<ChangeName, "merged">, string>> = {
  evicted: "dropped",
  convex: "averaged",
  zip: "ZIP",
};

export interface AftermathLayout extends ChartFrame {
  /** By query, of the focused head. */
  readonly paths: Readonly<Record<ChangeName, string>>;
  readonly labels: readonly LineLabel[];
}

/** In per cent of the output, by query since the event; the event's own newest query is 0. */
export function aftermathLayout({ changes }: MergeAftermath, head: number, size: ChartSize): AftermathLayout {
  const plot: ChartPlot = { left: 44, right: Math.max(90, size.width - 78), top: 8, bottom: size.height - 34 };
  const x = scaleLinear([0, Math.max(1, changes.length - 1)], [plot.left + 6, plot.right - 6]);
  const valuesOf = (name: ChangeName): number[] => changes.map((query) => 100 * query[name][head]);
  const most = Math.max(...changeNames.flatMap(valuesOf));
  const y = scaleLinear([0, most > 0 ? most : 1], [plot.bottom, plot.top]).nice(4);
  const path = (name: ChangeName): string =>
    `M${valuesOf(name)
      .map((value, query) => `${x(query).toFixed(1)},${y(value).toFixed(1)}`)
      .join("L")}`;
  const endOf = (name: ChangeName): number => y(valuesOf(name)[changes.length - 1]);
  const names = { ...lineNames, merged: "as done" };
  return {
    size,
    plot,
    xTicks: chartTicks(x, 50).filter(({ label }) => Number.isInteger(Number(label))),
    yTicks: chartTicks(y, 36),
    paths: { evicted: path("evicted"), convex: path("convex"), zip: path("zip"), merged: path("merged") },
    labels: labelsApart(
      changeNames.map((name) => ({ text: names[name], lineY: endOf(name) })),
      plot.bottom,
    ),
  };
}

/** Of the queries after the event, the mean change by head and outcome, as shares; NaN where none follows. [head] */
export function aftermathMeans({ changes }: MergeAftermath): Readonly<Record<ChangeName, Float64Array>> {
  const later = changes.slice(1);
  const meanOf = (name: ChangeName): Float64Array =>
    Float64Array.from(changes[0][name], (_, head) =>
      later.length === 0 ? NaN : later.reduce((sum, query) => sum + query[name][head], 0) / later.length,
    );
  return { evicted: meanOf("evicted"), convex: meanOf("convex"), zip: meanOf("zip"), merged: meanOf("merged") };
}

interface ChangesRequest {
  readonly head: number;
  readonly shownStep: number;
  readonly size: ChartSize;
}

/** In per cent of the output. Null where no event measured it. */
export function changesLayout(
  events: readonly EvictionEvent[],
  { head, shownStep, size }: ChangesRequest,
): ChangesLayout | null {
  const measured = events.flatMap(({ step, merges }) =>
    merges?.changes === undefined ? [] : [{ step, changes: merges.changes }],
  );
  if (measured.length === 0) return null;
  const plot: ChartPlot = { left: 44, right: Math.max(90, size.width - 62), top: 8, bottom: size.height - 34 };
  const steps = measured.map(({ step }) => step);
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const x = scaleLinear([first, Math.max(last, first + 1)], [plot.left + 6, plot.right - 6]);
  const valuesOf = (name: ChangeName): number[] => measured.map(({ changes }) => 100 * changes[name][head]);
  const most = Math.max(...changeNames.flatMap(valuesOf));
  const y = scaleLinear([0, most > 0 ? most : 1], [plot.bottom, plot.top]).nice(4);
  const path = (name: ChangeName): string =>
    `M${valuesOf(name)
      .map((value, at) => `${x(steps[at]).toFixed(1)},${y(value).toFixed(1)}`)
      .join("L")}`;
  const endOf = (name: ChangeName): number => y(valuesOf(name)[measured.length - 1]);
  return {
    size,
    plot,
    xTicks: chartTicks(x, 50).filter(({ label }) => Number.isInteger(Number(label))),
    yTicks: chartTicks(y, 36),
    paths: { evicted: path("evicted"), convex: path("convex"), zip: path("zip"), merged: path("merged") },
    dots: valuesOf("merged").map((value, at) => ({ step: steps[at], x: x(steps[at]), y: y(value) })),
    shownX: steps.includes(shownStep) ? x(shownStep) : null,
    labels: labelsApart(
      Object.entries(lineNames).map(([name, text]) => ({ text, lineY: endOf(name as keyof typeof lineNames) })),
      plot.bottom,
    ),
    stepAt: (at) =>
      steps.reduce((best, step) => (Math.abs(x(step) - at) < Math.abs(x(best) - at) ? step : best), first),
  };
}
