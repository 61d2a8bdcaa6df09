// What the attention panel shows: step × position, what the newest query of each step paid. Pure: the trace, the step
// and the choices in; figures, outlines, words and the table out. Colours are chosen in attentionPixels.ts.
//
//   step ↓   position →
//     0      ████····· ░░░░     · evicted: blank      ░ not there yet: hatched
//     1      █·██····█ ░░░      the row of the shown step is marked, the last event's window outlined
import { headCountOf } from "../../cache/headRows";
import { recordedHeadCount, watchedHeadCount } from "../../trace/recorded";
import { lastEventAtStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import type { FigureTable } from "../../ui/figure/figureTable";
import type { ZoomWindow } from "../../ui/zoom/zoomView";
import { focusLabel, type Focus } from "../focus";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { allHeadRows, joinedRow } from "./allHeadRows";
import {
  groupSizeOf,
  hasHeadAttention,
  isJoined,
  rowsOfHead,
  type AttentionHeads,
  type AttentionSubject,
  type RowSource,
} from "./attentionRows";

export type AttentionScale = "root" | "linear";

export interface AttentionView {
  readonly heads: AttentionHeads;
  readonly scale: AttentionScale;
}

/** What is missing at the step; null where nothing is. Of one head that was not watched, the panel's RecordingNote says it. */
export function missingWords(trace: Trace, step: number, heads: AttentionHeads): string | null {
  if (recordedHeadCount(trace.steps[step]) === 0) {
    return `The attention of step ${step} was left out to keep the trace within its memory.`;
  }
  const count = isJoined(heads) ? watchedHeadCount(trace, step) : null;
  return count === null ? null : `Joined over the ${count} of ${headCountOf(trace.header.model)} heads recorded.`;
}

/** What the trace can show: a query head that it did not record gives way to its KV head. */
export function headsInForce(trace: Trace, heads: AttentionHeads): AttentionHeads {
  if (typeof heads !== "number") return heads;
  return hasHeadAttention(trace) && heads < groupSizeOf(trace) ? heads : "focus";
}

/** Query heads of the focused group that can be shown, by their number in the layer. [member] */
export function queryHeadsOnShow(trace: Trace, { kvHead }: Focus): readonly number[] {
  const groupSize = groupSizeOf(trace);
  if (!hasHeadAttention(trace)) return [];
  return Array.from({ length: groupSize }, (_, member) => kvHead * groupSize + member);
}

export function subjectLabel(trace: Trace, heads: AttentionHeads, focus: Focus): string {
  if (isJoined(heads)) return `${heads} over ${joinedHeads(trace)}`;
  if (heads === "focus") return focusLabel(focus);
  return `${focusLabel(focus)}, query head ${focus.kvHead * groupSizeOf(trace) + heads}`;
}

/** "all heads", or how many of them the newest step recorded. */
function joinedHeads(trace: Trace): string {
  const count = trace.steps.length === 0 ? null : watchedHeadCount(trace, trace.steps.length - 1);
  return count === null ? "all heads" : `the ${count} heads recorded`;
}

export function attentionRows(trace: Trace, { heads, head }: AttentionSubject): RowSource {
  return isJoined(heads) ? allHeadRows(trace, heads) : rowsOfHead(trace, { heads, head });
}

export interface PaidPosition {
  readonly position: number;
  readonly paid: number;
}

/** Every position that a step's row shows, in order of the text: those that the head, or any head, held. Exact. */
export function rowOfStep(trace: Trace, step: number, { heads, head }: AttentionSubject): readonly PaidPosition[] {
  if (trace.steps[step].attention.values.length === 0) return [];
  const row = isJoined(heads) ? joinedRow(trace, step, heads) : rowsOfHead(trace, { heads, head }).row(step);
  if (row === null) return [];
  const { kept, firstNew, levels, unit } = row;
  return Array.from(levels, (level, place) => ({
    position: place < kept.length ? kept[place] : firstNew + place - kept.length,
    paid: level * unit,
  }));
}

export interface ObservationWindow {
  readonly eventStep: number;
  /** Steps whose newest queries the event averaged over; the prefill's row stands for those in the prompt. */
  readonly rows: readonly [first: number, last: number];
  /** Their own positions, which are kept unscored. */
  readonly columns: readonly [first: number, last: number];
}

/** The window of the last event up to a step, null if there was none. */
export function observationWindow(trace: Trace, step: number): ObservationWindow | null {
  const event = lastEventAtStep(trace, step);
  if (event === null || event.windowSlots < 1) return null;
  const written = trace.header.promptTokens.length + event.step;
  return {
    eventStep: event.step,
    rows: [Math.max(0, event.step - event.windowSlots + 1), event.step],
    columns: [Math.max(0, written - event.windowSlots), written - 1],
  };
}

/** A cell in words; without a position, the largest of the step. */
export function attentionReadout(
  trace: Trace,
  subject: AttentionSubject,
  { step, position }: { readonly step: number; readonly position: number | null },
): string {
  const row = rowOfStep(trace, step, subject);
  if (position === null) {
    if (row.length === 0) return `step ${step}: not recorded`;
    const most = row.reduce((best, next) => (next.paid > best.paid ? next : best));
    return `step ${step}: most to ${positionWords(trace, most.position)}, ${writtenAttention(most.paid)}`;
  }
  const start = `step ${step} → ${positionWords(trace, position)}`;
  if (position >= trace.header.promptTokens.length + step) return `${start}: not written yet`;
  if (row.length === 0) return `${start}: not recorded`;
  const cell = row.find((held) => held.position === position);
  if (cell !== undefined) return `${start}: ${writtenAttention(cell.paid)}`;
  return `${start}: evicted before${isJoined(subject.heads) ? " by every head" : ""}`;
}

function positionWords(trace: Trace, position: number): string {
  return `position ${position} “${tokenLabel(tokenText(trace, position))}”`;
}

/** A share in per cent, with a tenth if it is small: 3.1 %, 42 %. */
export function writtenAttention(paid: number): string {
  const percent = 100 * paid;
  if (percent > 0 && percent < 0.05) return "< 0.05 %";
  return `${percent >= 9.95 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** Colour share of an attention on a scale that ends at `largest`. */
export function attentionShare(paid: number, largest: number, scale: AttentionScale): number {
  const share = largest > 0 ? Math.min(1, paid / largest) : 0;
  return scale === "root" ? Math.sqrt(share) : share;
}

/** More would not open in a spreadsheet; zooming in leaves fewer. */
const MOST_CELLS = 50_000;

/** The cells in sight as rows, exact: newest step first, so that the step on screen is at the top. */
export function attentionTable(
  trace: Trace,
  step: number,
  subject: AttentionSubject,
  shown: { readonly window: ZoomWindow; readonly subjectLabel: string },
): FigureTable {
  const { x0, x1, y0, y1 } = shown.window;
  const firstStep = Math.floor(y0);
  const lastStep = Math.min(step, Math.ceil(y1) - 1);
  const rows: (string | number)[][] = [];
  let at = lastStep;
  for (; at >= firstStep && rows.length < MOST_CELLS; at--) {
    for (const { position, paid } of rowOfStep(trace, at, subject)) {
      const isShown = position >= Math.floor(x0) && position < Math.ceil(x1);
      if (isShown) rows.push([at, position, tokenText(trace, position), paid]);
    }
  }
  const left = at >= firstStep ? `; steps ${firstStep} to ${at} are left out: zoom in to include them` : "";
  return {
    caption: `Attention of the newest query of each step, ${shown.subjectLabel}, up to step ${step}, the part in sight${left}`,
    columns: ["step", "position", "token", "attention (share)"],
    rows,
  };
}
