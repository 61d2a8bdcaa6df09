// Which tokens have a lifeline, in which order, what is true of one of them at a step, and the same as a table. Pure.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { carriedShare, hasMerges, tokenFate } from "../../trace/carried";
import { heldShare, lifetimes } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { UNUSED, USED_SHARE } from "../../trace/tokenUses";
import type { FigureTable } from "../../ui/figure/figureTable";
import { tokenLabel, tokenText } from "../../trace/tokenText";

export type LifeOrder = "position" | "lifetime" | "lastUse" | "held" | "regret";
/** "evicted": by some head; "gone", as links have it: by every head. */
export type LifeFilter = "all" | "evicted" | "gone" | "prompt";

export interface LifelinesView {
  readonly order: LifeOrder;
  readonly isReversed: boolean;
  readonly filter: LifeFilter;
}

/** What the orders go by in addition to the trace itself. */
export interface LifeMeasures {
  /** Last step that used each position, UNUSED for none; null while unknown. [position] */
  readonly lastUses: Int32Array | null;
  /** What evicting it cost; null if that was not measured. [position] */
  readonly regret: Float64Array | null;
}

export interface LifeRow {
  readonly position: number;
  readonly text: string;
  readonly writtenStep: number;
  /** Step at which the last head evicted it, null while one holds it. */
  readonly lastEvictedStep: number | null;
  /** Step at which the focused head evicted it, null while it holds it. */
  readonly headEvictedStep: number | null;
  /** Heads that hold it once the step is over, and heads in which another token carries it. */
  readonly heldCount: number;
  readonly carriedCount: number;
  /** Who took it in when the focused head evicted it; null while it is held there, and where nobody did. */
  readonly headCarrier: number | null;
  /** From its writing to its last eviction, or to the step shown. */
  readonly lifetimeSteps: number;
  readonly lastUseStep: number | null;
}

/** Share of the heads in which a slot stands for a position, its own or that of a token that carries it. [position] */
function standingShare(trace: Trace, step: number): Float32Array {
  const [held, carried] = [heldShare(trace, step), carriedShare(trace, step)];
  return carried === null ? held : held.map((share, position) => share + carried[position]);
}

/** Positions written by the step that pass the filter, in order. Nothing later than the step counts. */
export function lifeOrder(trace: Trace, step: number, view: LifelinesView, measures: LifeMeasures): Int32Array {
  const [held, standing] = [heldShare(trace, step), standingShare(trace, step)];
  const promptCount = trace.header.promptTokens.length;
  const keys = orderKeys(trace, step, view, measures);
  const isShown = (position: number): boolean => {
    if (view.filter === "prompt") return position < promptCount;
    if (view.filter === "evicted") return held[position] < 1;
    return view.filter === "all" || standing[position] === 0;
  };
  const shown = Int32Array.from({ length: promptCount + step }, (_, position) => position).filter(isShown);
  if (keys !== null) shown.sort((left, right) => keys[left] - keys[right] || left - right);
  return view.isReversed ? shown.reverse() : shown;
}

/** Smaller comes first; null = by position. [position] */
function orderKeys(
  trace: Trace,
  step: number,
  { order }: LifelinesView,
  { lastUses, regret }: LifeMeasures,
): ArrayLike<number> | null {
  switch (order) {
    case "position":
      return null;
    case "held":
      return heldShare(trace, step);
    case "lastUse":
      return lastUses;
    case "regret":
      return regret?.map((cost) => -cost) ?? null;
    case "lifetime":
      return lifetimeKeys(trace, step);
  }
}

/** Those still held come after those that are evicted everywhere. */
function lifetimeKeys(trace: Trace, step: number): Float64Array {
  const lives = lifetimes(trace);
  const held = heldShare(trace, step);
  return Float64Array.from({ length: trace.header.promptTokens.length + step }, (_, position) =>
    held[position] === 0
      ? lives.lastEvictedStep(position) - lives.writtenStep(position)
      : trace.steps.length + step - lives.writtenStep(position),
  );
}

/** `head` is the focus. */
export function lifeRow(
  trace: Trace,
  step: number,
  position: number,
  { head, lastUses }: { readonly head: number; readonly lastUses: Int32Array | null },
): LifeRow {
  const { model } = trace.header;
  const lives = lifetimes(trace);
  const heldCount = Math.round(heldShare(trace, step)[position] * headCountOf(model));
  const writtenStep = lives.writtenStep(position);
  const headEvicted = lives.evictedStep(layerOf(model, head), kvHeadOf(model, head), position);
  const lastEvictedStep = heldCount === 0 ? lives.lastEvictedStep(position) : null;
  const lastUse = lastUses?.[position] ?? UNUSED;
  const fate = headEvicted <= step ? tokenFate(trace, head, position, headEvicted) : null;
  return {
    position,
    text: tokenLabel(tokenText(trace, position)),
    writtenStep,
    lastEvictedStep,
    headEvictedStep: headEvicted <= step ? headEvicted : null,
    heldCount,
    carriedCount: Math.round((carriedShare(trace, step)?.[position] ?? 0) * headCountOf(model)),
    headCarrier: fate?.type === "carried" ? fate.links[0].carrier : null,
    lifetimeSteps: (lastEvictedStep ?? step) - writtenStep,
    lastUseStep: lastUse === UNUSED ? null : lastUse,
  };
}

/** A row in words. */
export function lifeSentence(row: LifeRow, headCount: number): string {
  const carried = row.carriedCount === 0 ? "" : `, carried by others in ${row.carriedCount}`;
  const end =
    row.lastEvictedStep === null || row.carriedCount > 0
      ? `held by ${row.heldCount} of ${headCount} heads${carried}`
      : `evicted from every head at step ${row.lastEvictedStep}`;
  const left =
    row.headCarrier === null ? "evicted from the focused head" : `merged into position ${row.headCarrier} in that head`;
  const focus = row.headEvictedStep === null ? "" : `, ${left} at step ${row.headEvictedStep}`;
  const use = row.lastUseStep === null ? "" : `, last used at step ${row.lastUseStep}`;
  return `${row.text}, position ${row.position}, written at step ${row.writtenStep}, ${end}${focus}${use}.`;
}

interface TableRequest {
  readonly step: number;
  readonly head: number;
  /** What the head is called. */
  readonly headName: string;
  readonly positions: Int32Array;
  readonly lastUses: Int32Array | null;
}

/** In the order and with the filter on screen. */
export function lifelinesTable(trace: Trace, request: TableRequest): FigureTable {
  const { step, head, headName, positions, lastUses } = request;
  const merges = hasMerges(trace);
  return {
    caption:
      `Tokens after step ${step}. Used: more than ${USED_SHARE * 100} % of one head’s attention by a later token, ` +
      `from the recorded rows${lastUses === null ? ", which this run does not have" : ""}.`,
    columns: [
      "position",
      "token",
      "written (step)",
      "evicted from every head (step)",
      "heads holding now",
      ...(merges ? ["heads in which another carries it now", `merged in ${headName} into (position)`] : []),
      `evicted from ${headName} (step)`,
      "lifetime (steps)",
      "last use (step)",
    ],
    rows: Array.from(positions, (position) => {
      const row = lifeRow(trace, step, position, { head, lastUses });
      return [
        position,
        row.text,
        row.writtenStep,
        row.lastEvictedStep,
        row.heldCount,
        ...(merges ? [row.carriedCount, row.headCarrier] : []),
        row.headEvictedStep,
        row.lifetimeSteps,
        row.lastUseStep,
      ];
    }),
  };
}
