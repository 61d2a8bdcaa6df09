// What the attention panel shows: step × position, what the newest query of each step paid. Pure: the trace, the step
// and the choices in, figures and outlines out. Colours are chosen in attentionColours.ts.
//
//   step ↓   position →
//     0      ████····· ░░░░     · evicted: blank      ░ not there yet: hatched
//     1      █·██····█ ░░░      the row of the shown step is marked, the last event's window outlined
import { headCountOf } from "../../cache/headRows";
import { cacheSeenByStep, lastEventAtStep, positionToSlot } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { focusLabel, type Focus } from "../focus";
import { tokenLabel, tokenText } from "../tokenFacts";
import { allHeadRows } from "./allHeadRows";
import { headRows, type RowSource } from "./attentionRows";
import { joinedRow, type Joining } from "./joinedRow";
import { groupSizeOf, hasHeadAttention, recordedRow, type HeadChoice } from "./recordedRow";

/** The focused KV head, one of its query heads counted from 0 within the group, or all heads joined. */
export type AttentionHeads = "focus" | number | Joining;
export type AttentionScale = "root" | "linear";

export interface AttentionView {
  readonly heads: AttentionHeads;
  readonly scale: AttentionScale;
}

/** Whose attention: the heads chosen, and the focused head, which matters unless all are joined. */
export interface AttentionSubject {
  readonly heads: AttentionHeads;
  readonly head: number;
}

export function hasAttention(trace: Trace): boolean {
  return trace.steps.length > 0 && trace.steps[0].attention.values.length > 0;
}

export function isJoined(heads: AttentionHeads): heads is Joining {
  return heads === "mean" || heads === "maximum";
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
  if (isJoined(heads)) return `${heads} over all heads`;
  if (heads === "focus") return focusLabel(focus);
  return `${focusLabel(focus)}, query head ${focus.kvHead * groupSizeOf(trace) + heads}`;
}

function choiceOf(heads: "focus" | number, head: number): HeadChoice {
  return { head, member: heads === "focus" ? null : heads };
}

export function attentionRows(trace: Trace, { heads, head }: AttentionSubject): RowSource {
  return isJoined(heads) ? allHeadRows(trace, heads) : headRows(trace, choiceOf(heads, head));
}

/** What a step's newest query paid a position, null where nobody held it, or nothing was recorded. */
export function attentionAt(
  trace: Trace,
  step: number,
  position: number,
  { heads, head }: AttentionSubject,
): number | null {
  const seen = cacheSeenByStep(trace, step);
  const paidBy = (choice: HeadChoice): number | null => {
    const recorded = recordedRow(trace, step, choice);
    const slot = positionToSlot(seen, choice.head, position);
    return slot < 0 || recorded === null ? null : recorded.levels[recorded.offset + slot] * recorded.unit;
  };
  if (!isJoined(heads)) return paidBy(choiceOf(heads, head));
  const headCount = headCountOf(trace.header.model);
  const paid = Array.from({ length: headCount }, (_, row) => paidBy({ head: row, member: null })).filter(
    (share) => share !== null,
  );
  if (paid.length === 0) return null;
  return heads === "maximum" ? Math.max(...paid) : paid.reduce((sum, share) => sum + share, 0) / headCount;
}

export interface PaidPosition {
  readonly position: number;
  readonly paid: number;
}

/** Every position that a step's row shows, in order of the text. */
export function rowOfStep(trace: Trace, step: number, { heads, head }: AttentionSubject): readonly PaidPosition[] {
  if (trace.steps[step].attention.values.length === 0) return [];
  if (isJoined(heads)) {
    const { kept, firstNew, paid } = joinedRow(trace, step, heads);
    return Array.from(paid, (share, place) => ({
      position: place < kept.length ? kept[place] : firstNew + place - kept.length,
      paid: share,
    }));
  }
  const row = headRows(trace, choiceOf(heads, head)).row(step);
  if (row === null) return [];
  const { kept, firstNew, levels, offset, slotCount, unit } = row;
  return Array.from({ length: slotCount }, (_, slot) => ({
    position: slot < kept.length ? kept[slot] : firstNew + slot - kept.length,
    paid: levels[offset + slot] * unit,
  }));
}

export interface ObservationWindow {
  readonly eventStep: number;
  /** Steps whose newest queries the event averaged over; the prefill's row stands for those in the prompt. */
  readonly rows: readonly [first: number, last: number];
  /** Their own positions, which are kept unscored. */
  readonly columns: readonly [first: number, last: number];
}

/** The window of the last event up to a step, null where there was none. */
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

/** The cell pointed at, in words; without one the step's largest. */
export function attentionReadout(
  trace: Trace,
  subject: AttentionSubject,
  at: { readonly step: number; readonly position: number | null },
): string {
  const { step } = at;
  if (at.position === null) {
    const row = rowOfStep(trace, step, subject);
    if (row.length === 0) return `step ${step}: not recorded`;
    const most = row.reduce((best, next) => (next.paid > best.paid ? next : best));
    return `step ${step}: most to ${positionWords(trace, most.position)}, ${writtenAttention(most.paid)}`;
  }
  const promptCount = trace.header.promptTokens.length;
  const start = `step ${step} → ${positionWords(trace, at.position)}`;
  if (at.position >= promptCount + step) return `${start}: not written yet`;
  const paid = attentionAt(trace, step, at.position, subject);
  if (paid !== null) return `${start}: ${writtenAttention(paid)}`;
  return `${start}: evicted before${isJoined(subject.heads) ? " by every head" : ""}`;
}

export function positionWords(trace: Trace, position: number): string {
  return `position ${position} “${tokenLabel(tokenText(trace, position))}”`;
}

/** A share as per cent with a tenth where that says something: 3.1 %, 42 %. */
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
