// What became of one patch of a stream: which heads still hold it, when the others evicted it, and why those that kept it did.
// Pure, from the trace alone.
import { headCountOf, headRow, kvHeadOf, layerOf } from "../../cache/headRows";
import { counted } from "../../lib/counted";
import { spoken } from "../../problems/stream/streamWords";
import { viewColumns } from "../../problems/stream/room";
import { patchesOf } from "../../problems/stream/streamProblem";
import { latestOf } from "../../trace/latest";
import { keptReasons, type KeptReason } from "../../trace/stream/streamReplay";
import { positionAt, type StreamTrace } from "../../trace/stream/streamTrace";

/** A patch: the marker of its frame is none. */
export interface PatchAt {
  readonly frame: number; // from 0
  readonly cell: number; // of the frame, row by row
}

/** What the patches of a frame show, without brackets: the same array at every call, so that pictures are not drawn again. [cell] */
export function shownBy({ header }: Pick<StreamTrace, "header">, frame: number): readonly string[] {
  const words = header.frames[frame];
  return latestOf(words, ["shownBy"], () => patchesOf(words));
}

/** Place of a patch among the tokens of the frames: frame × T + token, as streamReplay.ts counts them. */
export function patchToken(frameTokens: number, { frame, cell }: PatchAt): number {
  return frame * frameTokens + cell + 1;
}

export type HeadFate =
  /** Why it stayed at the last compression; null before the first. */
  { readonly type: "held"; readonly reason: KeptReason | null } | { readonly type: "evicted"; readonly after: number };

export interface PatchFacts extends PatchAt {
  readonly name: string;
  /** [layer][kvHead] */
  readonly fates: readonly HeadFate[];
  readonly heldHeads: number;
}

/** After `seen` frames, the patch's own among them. */
export function patchFacts(trace: StreamTrace, seen: number, { frame, cell }: PatchAt): PatchFacts {
  const position = positionAt(trace, { frame, token: cell + 1 });
  const met = trace.compressions.filter(({ framesSeen }) => framesSeen > frame && framesSeen <= seen);
  const last = met.at(-1) ?? null;
  const fates = Array.from({ length: headCountOf(trace.header.model) }, (_, head): HeadFate => {
    const evicting = met.find(({ kept }) => !isIn(headRow(kept, head), position));
    if (evicting !== undefined) return { type: "evicted", after: evicting.framesSeen };
    if (last === null) return { type: "held", reason: null };
    const slot = slotBefore(trace, last.framesSeen, head, position);
    return { type: "held", reason: keptReasons(trace, last, head)[slot] };
  });
  const heldHeads = fates.filter(({ type }) => type === "held").length;
  return { frame, cell, name: shownBy(trace, frame)[cell], fates, heldHeads };
}

/** Frame slot of a position in one head right before the compression after `framesSeen` frames: slot − S. */
function slotBefore(trace: StreamTrace, framesSeen: number, head: number, position: number): number {
  const systemSlots = trace.header.systemTokens.length;
  const past = trace.compressions.findLast((one) => one.framesSeen < framesSeen);
  if (past === undefined) return position - systemSlots;
  const kept = headRow(past.kept, head);
  const since = positionAt(trace, { frame: past.framesSeen, token: 0 });
  return (position < since ? placeIn(kept, position) : kept.length + position - since) - systemSlots;
}

/** Of a value among ascending ones; −1 if it is not there. */
function placeIn(ascending: Int32Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value ? low : -1;
}

function isIn(ascending: Int32Array, value: number): boolean {
  return placeIn(ascending, value) >= 0;
}

const reasonWords: Readonly<Record<Exclude<KeptReason, "gone">, string>> = {
  newest: "in the newest frames",
  temporal: "as TaR’s pick",
  valueNorm: "by its value norm (VaN)",
  asked: "because question 1 looks at it",
  rule: "by the rule’s own order",
};

/** In the order in which they are listed. */
export const stayReasons = [
  "newest",
  "temporal",
  "valueNorm",
  "asked",
  "rule",
] as const satisfies readonly KeptReason[];

/** "stayed as TaR’s pick", "evicted" */
export function fateWords(fate: KeptReason): string {
  return fate === "gone" ? "evicted" : `stayed ${reasonWords[fate]}`;
}

/** Where it is and what it shows: "red key · frame 12, row 2, column 4" */
export function patchTitle({ name, frame, cell }: Pick<PatchFacts, "name" | "frame" | "cell">): string {
  const [row, column] = rowAndColumn(cell);
  return `${patchWords(name)} · frame ${frame + 1}, row ${row}, column ${column}`;
}

/** Of a cell, from 1. */
export function rowAndColumn(cell: number): readonly [row: number, column: number] {
  return [Math.floor(cell / viewColumns) + 1, (cell % viewColumns) + 1];
}

/** What a patch shows, in words: "red key", "Ana with the parcel", "lamp, lit", "television, picture 7". */
export function patchWords(name: string): string {
  const picture = /^tv(\d+)$/.exec(name);
  if (picture !== null) return `television, picture ${picture[1]}`;
  if (name === "lamp-on") return "lamp, lit";
  if (name === "door-open") return "door, open";
  const carrier = /^(.+)-parcel$/.exec(name);
  return carrier === null ? spoken(name) : `${carrier[1]} with the parcel`;
}

/** Who holds it and why; of one head, or of all. */
export function patchSentence(facts: PatchFacts, head: number | null): string {
  if (head !== null) return headSentence(facts.fates[head]);
  const { fates, heldHeads } = facts;
  const evictedAfter = fates.flatMap((fate) => (fate.type === "evicted" ? [fate.after] : []));
  const held = `${heldHeads} of ${counted(fates.length, "head")} hold${heldHeads === 1 ? "s" : ""} it`;
  const reasons = stayReasons.flatMap((reason) => {
    const count = fates.filter((fate) => fate.type === "held" && fate.reason === reason).length;
    return count === 0 ? [] : [`${count} ${reasonWords[reason]}`];
  });
  const why = reasons.length === 0 ? "" : `: ${reasons.join(", ")}`;
  return evictedAfter.length === 0 ? `${held}${why}.` : `${held}${why}. Evicted after ${spanned(evictedAfter)}.`;
}

function headSentence(fate: HeadFate): string {
  if (fate.type === "evicted") return `Evicted after ${counted(fate.after, "frame")}.`;
  return fate.reason === null ? "Held; not yet compressed." : `Held: ${fateWords(fate.reason)}.`;
}

/** "12 frames", "12 to 30 frames" */
function spanned(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? counted(least, "frame") : `${least} to ${most} frames`;
}

/** "layer 2, KV head 1", counted from 0 as everywhere on the page. */
export function headName({ model }: StreamTrace["header"], head: number): string {
  return `layer ${layerOf(model, head)}, KV head ${kvHeadOf(model, head)}`;
}
