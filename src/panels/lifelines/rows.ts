// Which tokens have a lifeline, in which order, what is true of one of them at a step, and the same as a table. Pure.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { heldShare, lifetimes } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { UNUSED, USED_SHARE } from "../../trace/tokenUses";
import type { FigureTable } from "../../ui/figure/figureTable";
import { tokenLabel, tokenText } from "../tokenFacts";

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
  /** Heads that hold it once the step is over. */
  readonly heldCount: number;
  /** From its writing to its last eviction, or to the step shown. */
  readonly lifetimeSteps: number;
  readonly lastUseStep: number | null;
}

/** Positions written by the step that pass the filter, in order. Nothing later than the step counts. */
export function lifeOrder(trace: Trace, step: number, view: LifelinesView, measures: LifeMeasures): Int32Array {
  const held = heldShare(trace, step);
  const promptCount = trace.header.promptTokens.length;
  const keys = orderKeys(trace, step, view, measures);
  const isShown = (position: number): boolean => {
    if (view.filter === "prompt") return position < promptCount;
    if (view.filter === "evicted") return held[position] < 1;
    return view.filter === "all" || held[position] === 0;
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
  return {
    position,
    text: tokenLabel(tokenText(trace, position)),
    writtenStep,
    lastEvictedStep,
    headEvictedStep: headEvicted <= step ? headEvicted : null,
    heldCount,
    lifetimeSteps: (lastEvictedStep ?? step) - writtenStep,
    lastUseStep: lastUse === UNUSED ? null : lastUse,
  };
}

/** A row in words. */
export function lifeSentence(row: LifeRow, headCount: number): string {
  const end =
    row.lastEvictedStep === null
      ? `held by ${row.heldCount} of ${headCount} heads`
      : `evicted from every head at step ${row.lastEvictedStep}`;
  const focus = row.headEvictedStep === null ? "" : `, evicted from the focused head at step ${row.headEvictedStep}`;
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
  return {
    caption:
      `Tokens after step ${step}. Used: more than ${USED_SHARE * 100} % of one head's attention by a later token, ` +
      `from the recorded rows${lastUses === null ? ", which this run does not have" : ""}.`,
    columns: [
      "position",
      "token",
      "written (step)",
      "evicted from every head (step)",
      "heads holding now",
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
        row.headEvictedStep,
        row.lifetimeSteps,
        row.lastUseStep,
      ];
    }),
  };
}
