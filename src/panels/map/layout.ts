// The cache of one layer and KV head as a strip: the text runs from left to right, a mark stands where a slot holds
// a position. Its height and colour show a value; what is evicted at this step hangs below the line. Pure.
//
//   ▏▎▏▍▏▏ ▏ ▌▏▏▏▏▏█   held        height and colour: attention now, or score at the last event
//   ──────────────▬▬   window      a bar under the newest w
//     ╵  ╵             evicted     hanging marks, at an event only; in another colour where a kept token carries it on
//   '      '           carried     short marks under the line where another token's slot stands for a position
import { counted } from "../../lib/counted";
import {
  headCountOf,
  headRow,
  joinRows,
  kvHeadOf,
  layerOf,
  lengthRange,
  newRows,
  rowCount,
  rowLengths,
  type HeadRows,
} from "../../cache/headRows";
import {
  cacheAfterStep,
  cacheSeenByStep,
  eventAtStep,
  lastEventAtStep,
  lengthsAfterStep,
  lengthsSeenByStep,
  lifetimes,
  positionToSlot,
  type ReplayedCache,
} from "../../trace/replay";
import { bearerOf, hasMerges, votesAfterStep } from "../../trace/carried";
import { latestOf } from "../../trace/latest";
import { carriedTokens, evictedSlots } from "../../trace/merges";
import { readMarks, selectsReads } from "../../trace/reading";
import { isAttentionRecorded, watchedHeadCount } from "../../trace/recorded";
import type { EvictionEvent, StepRecord, Trace } from "../../trace/trace";
import { deadCount, hasWindows, windowOfHead } from "../../trace/layerWindows";
import type { FigureTable } from "../../ui/figure/figureTable";
import { tokenText } from "../../trace/tokenText";

export type MapQuantity = "attention" | "score" | "age" | "agreement" | "votes" | "none";

export interface MapView {
  readonly quantity: MapQuantity;
  /** What runs from left to right: positions in the text, or slots. */
  readonly axis: "position" | "slot";
  /** All layers, or that of the focused head alone: the same width for a single head. */
  readonly layers: "all" | "focus";
}

/** The marks of all strips: rows of the slots that the step saw. */
export interface MapMarks {
  readonly positions: HeadRows<Int32Array>;
  /** Shares of the scale, 0 … 1; NaN = held without a value. */
  readonly values: HeadRows<Float32Array>;
  /** What the event of this step does with a slot; null if all are kept. */
  readonly fates: HeadRows<Uint8Array> | null;
  /** Positions that the head holds no more and another token's slot stands for; null where nothing merges. */
  readonly carried: HeadRows<Int32Array> | null;
  /** Tokens that a slot stands for; slots behind the end of a row stand for one. Null where nothing merges. [head] of [slot] */
  readonly votes: readonly Int32Array[] | null;
  /** 1 = the step's newest query read the slot; null for a head that reads all it holds. [head] of [slot] */
  readonly reads: readonly (Uint8Array | null)[];
  /** How many of the oldest slots slid out of their layer's window before the step, −1 for a layer without one; null where none has one. [head] */
  readonly dead: Int32Array | null;
  /** Slots that each head was given by the last event; null before the first. [head] */
  readonly budgets: Int32Array | null;
  /** 1 = the step recorded the head's attention; null where it recorded all heads or none. [head] */
  readonly recorded: Uint8Array | null;
  /** First and last position of the window after the step. */
  readonly window: readonly [first: number, last: number] | null;
}

/** A slot of MapMarks.fates; 0 = evicted. */
export const SLOT_KEPT = 1;
export const SLOT_MERGED = 2;

/** The quantities the map can show for a trace at a step. */
export function mapQuantities(trace: Trace, step: number): readonly MapQuantity[] {
  const hasAttention = trace.steps[step].attention.values.length > 0;
  const hasScore = lastEventAtStep(trace, step) !== null;
  const measured = [...(hasAttention ? (["attention"] as const) : []), ...(hasScore ? (["score"] as const) : [])];
  return [...measured, "age", "agreement", ...(hasMerges(trace) ? (["votes"] as const) : []), "none"];
}

interface MapRequest {
  readonly quantity: MapQuantity;
  /** The focused head, with which the others agree or not. */
  readonly focusHead: number;
}

export function mapMarks(trace: Trace, step: number, request: MapRequest): MapMarks {
  const event = eventAtStep(trace, step);
  return {
    positions: cacheSeenByStep(trace, step),
    values: slotValues(trace, step, request),
    fates: event === null ? null : slotFates(event),
    carried: hasMerges(trace) ? carriedPositions(trace, step) : null,
    votes: hasMerges(trace) ? headList(trace, (head) => votesAfterStep(trace, head, step - 1)) : null,
    reads: headList(trace, (head) => readMarks(trace, step, head)),
    dead: hasWindows(trace.header) ? deadSlots(trace, step) : null,
    budgets: budgetsAfterStep(trace, step),
    recorded: recordedMarks(trace, step),
    window: windowAfterStep(trace, step),
  };
}

function deadSlots(trace: Trace, step: number): Int32Array {
  return Int32Array.from(
    headList(trace, (head) => (windowOfHead(trace.header, head) === null ? -1 : deadCount(trace, step, head))),
  );
}

/** 1 = the step recorded the head's attention; null where it recorded all heads or none. [head] */
export function recordedMarks(trace: Trace, step: number): Uint8Array | null {
  if (watchedHeadCount(trace, step) === null) return null;
  return Uint8Array.from(headList(trace, (head) => (isAttentionRecorded(trace.steps[step], head) ? 1 : 0)));
}

function budgetsAfterStep(trace: Trace, step: number): Int32Array | null {
  const event = lastEventAtStep(trace, step);
  return event === null ? null : rowLengths(event.survivors);
}

function headList<Value>({ header }: Trace, valueOf: (head: number) => Value): readonly Value[] {
  return Array.from({ length: headCountOf(header.model) }, (_, head) => valueOf(head));
}

function slotFates(event: EvictionEvent): HeadRows<Uint8Array> {
  const { survivors, positionsBefore, merges } = event;
  const fates = newRows(positionsBefore.offsets, Uint8Array);
  for (let head = 0; head < rowCount(survivors); head++) {
    const row = headRow(fates, head);
    for (const slot of headRow(survivors, head)) row[slot] = SLOT_KEPT;
    if (merges === undefined) continue;
    evictedSlots(headRow(survivors, head), row.length).forEach((slot, place) => {
      if (headRow(merges.carriers, head)[place] >= 0) row[slot] = SLOT_MERGED;
    });
  }
  return fates;
}

/** Without those that the event of the step itself merges: they still hang. */
function carriedPositions(trace: Trace, step: number): HeadRows<Int32Array> {
  const seen = cacheSeenByStep(trace, step);
  return latestOf(trace, ["carriedPositions", step], () =>
    joinRows(
      headList(trace, (head) =>
        Int32Array.from({ length: trace.header.promptTokens.length + step }, (_, position) => position).filter(
          (position) => {
            const bearer = bearerOf(trace, head, position, step);
            return bearer >= 0 && bearer !== position && positionToSlot(seen, head, position) < 0;
          },
        ),
      ),
      Int32Array,
    ),
  );
}

function windowAfterStep(trace: Trace, step: number): MapMarks["window"] {
  const { windowSlots } = trace.header.parameters;
  const written = trace.header.promptTokens.length + step;
  const count = typeof windowSlots === "number" ? Math.min(windowSlots, written) : 0;
  return count > 0 ? [written - count, written - 1] : null;
}

function slotValues(trace: Trace, step: number, { quantity, focusHead }: MapRequest): HeadRows<Float32Array> {
  const cache = cacheSeenByStep(trace, step);
  const event = lastEventAtStep(trace, step);
  switch (quantity) {
    case "attention":
      return attentionShares(trace.steps[step], cache);
    case "age": {
      const lives = lifetimes(trace);
      return valuesOf(cache, (position) => (step - lives.writtenStep(position)) / Math.max(1, step));
    }
    case "agreement": {
      const isShared = new Uint8Array(trace.header.promptTokens.length + step);
      for (const position of headRow(cache, focusHead)) isShared[position] = 1;
      return valuesOf(cache, (position) => (isShared[position] === 1 ? 1 : NaN));
    }
    case "score":
      return event === null ? noValues(cache) : scoreShares(event, cache);
    case "votes":
      return voteShares(trace, step, cache);
    case "none":
      return noValues(cache);
  }
}

/** On a logarithmic scale, from one token to the most that a slot of any head stands for. */
function voteShares(trace: Trace, step: number, cache: ReplayedCache): HeadRows<Float32Array> {
  const shares = newRows(cache.offsets, Float32Array);
  const votes = headList(trace, (head) => votesAfterStep(trace, head, step - 1));
  const most = Math.max(2, ...votes.map((row) => row.reduce((largest, count) => Math.max(largest, count), 1)));
  votes.forEach((row, head) => {
    row.forEach((count, slot) => (headRow(shares, head)[slot] = Math.log(count) / Math.log(most)));
  });
  return shares;
}

function valuesOf(cache: ReplayedCache, valueOf: (position: number) => number): HeadRows<Float32Array> {
  return { offsets: cache.offsets, values: Float32Array.from(cache.values, valueOf) };
}

function noValues(cache: ReplayedCache): HeadRows<Float32Array> {
  return valuesOf(cache, () => NaN);
}

/** The square root keeps small attention visible next to the few large values. */
function attentionShares(record: StepRecord, cache: ReplayedCache): HeadRows<Float32Array> {
  const shares = noValues(cache);
  for (let head = 0; head < rowCount(cache); head++) {
    if (!isAttentionRecorded(record, head)) continue;
    const [levels, row] = [headRow(record.attention, head), headRow(shares, head)];
    const unit = record.attentionScale[head] / 255;
    for (let slot = 0; slot < row.length; slot++) row[slot] = Math.sqrt(levels[slot] * unit);
  }
  return shares;
}

/** Each head's scores at an event, spread over the whole scale, for the candidates that it still holds. */
function scoreShares(event: EvictionEvent, cache: ReplayedCache): HeadRows<Float32Array> {
  const allShares = noValues(cache);
  for (let head = 0; head < rowCount(cache); head++) {
    const [total, before] = [headRow(event.total, head), headRow(event.positionsBefore, head)];
    const [positions, shares] = [headRow(cache, head), headRow(allShares, head)];
    const [low, high] = finiteRange(total);
    let slot = 0;
    for (let candidate = 0; candidate < total.length; candidate++) {
      const position = before[candidate];
      while (slot < positions.length && positions[slot] < position) slot++;
      if (slot === positions.length) break;
      if (positions[slot] !== position) continue;
      // Equal scores stand in the middle of the scale.
      const share = high > low ? (total[candidate] - low) / (high - low) : 0.5;
      shares[slot] = Math.min(1, Math.max(0, share));
    }
  }
  return allShares;
}

function finiteRange(values: Float32Array): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Slots of each head after the step; null where all have equally many. [head] */
export function heldCounts(trace: Trace, step: number): readonly number[] | null {
  const lengths = lengthsAfterStep(trace, step);
  const { shortest, longest } = lengthRange(lengths);
  return shortest === longest ? null : [...lengths];
}

/** What the focused cell shows, for those who do not see it. */
export function cellSummary(trace: Trace, step: number, head: number): string {
  const keptCount = lengthsAfterStep(trace, step)[head];
  const evictedCount = lengthsSeenByStep(trace, step)[head] - keptCount;
  const event = eventAtStep(trace, step);
  const holds = `holds ${counted(keptCount, "token")}`;
  const marks = readMarks(trace, step, head);
  const dead = deadCount(trace, step, head);
  const window = windowOfHead(trace.header, head);
  if (window !== null) {
    const gone = evictedCount === 0 ? "" : `, ${evictedCount} slid out now`;
    return `${holds}${gone}; at this step ${dead} ${dead === 1 ? "was" : "were"} outside its layer’s window of ${window}`;
  }
  const isWatched = recordedMarks(trace, step)?.[head] !== 0;
  const watched = isWatched ? "" : "; attention not recorded";
  const reads = marks === null ? watched : `, ${marks.reduce((sum, mark) => sum + mark, 0)} of ${marks.length} read`;
  if (evictedCount === 0 || event === null) return holds + reads;
  if (event.merges === undefined) return `${holds}, ${evictedCount} evicted now${reads}`;
  const droppedCount = carriedTokens(event, head).filter(({ carrier }) => carrier === null).length;
  return `${holds}, ${evictedCount - droppedCount} merged and ${droppedCount} dropped now${reads}`;
}

/** What each head holds after the step, as rows. */
export function mapTable(trace: Trace, step: number, focusedHead = 0): FigureTable {
  const cache = cacheAfterStep(trace, step);
  const { model } = trace.header;
  const [merges, selects] = [hasMerges(trace), selectsReads(trace)];
  return {
    caption: `Tokens in the cache after step ${step}`,
    firstRow: cache.offsets[focusedHead],
    columns: [
      ...["layer", "KV head", "slot", "position", "token"],
      ...(merges ? ["votes"] : []),
      ...(selects ? ["read at this step"] : []),
    ],
    rows: headList(trace, (head) => {
      const votes = votesAfterStep(trace, head, step);
      const [seen, marks] = [cacheSeenByStep(trace, step), readMarks(trace, step, head)];
      return Array.from(headRow(cache, head), (position, slot) => [
        ...[layerOf(model, head), kvHeadOf(model, head), slot, position, tokenText(trace, position)],
        ...(merges ? [votes.at(slot) ?? 1] : []),
        ...(selects ? [marks?.[positionToSlot(seen, head, position)] === 0 ? "no" : "yes"] : []),
      ]);
    }).flat(),
  };
}
