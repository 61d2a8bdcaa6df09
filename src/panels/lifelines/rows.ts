// Which tokens have a lifeline, in which order, and what is true of one of them at a step. Pure.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { heldShare, lifetimes } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { UNUSED } from "../../trace/tokenUses";
import { tokenLabel, tokenText } from "../tokenFacts";
import type { LifelinesView } from "./view";

/** What the orders go by beside the trace itself. */
export interface LifeMeasures {
  /** Last step that used each position, UNUSED for none; null while nobody has asked. [position] */
  readonly lastUses: Int32Array | null;
  /** What evicting it cost; null where it is not known. [position] */
  readonly regret: Float64Array | null;
}

export interface LifeRow {
  readonly position: number;
  readonly text: string;
  readonly bornStep: number;
  /** Step at which the last head let it go, null while one holds it. */
  readonly lastDeathStep: number | null;
  /** Step at which the focused head let it go, null while it holds it. */
  readonly headDeathStep: number | null;
  /** Heads that hold it once the step is over. */
  readonly heldCount: number;
  /** From birth to the last death, or to the step shown. */
  readonly lifetimeSteps: number;
  readonly lastUseStep: number | null;
}

/** Positions written by the step that pass the filter, in order. Nothing later than the step is told. */
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

/** Those that live come after those that are gone. */
function lifetimeKeys(trace: Trace, step: number): Float64Array {
  const lives = lifetimes(trace);
  const held = heldShare(trace, step);
  return Float64Array.from({ length: trace.header.promptTokens.length + step }, (_, position) =>
    held[position] === 0
      ? lives.lastDeathStep(position) - lives.bornStep(position)
      : trace.steps.length + step - lives.bornStep(position),
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
  const bornStep = lives.bornStep(position);
  const headDeath = lives.deathStep(layerOf(model, head), kvHeadOf(model, head), position);
  const lastDeathStep = heldCount === 0 ? lives.lastDeathStep(position) : null;
  const lastUse = lastUses?.[position] ?? UNUSED;
  return {
    position,
    text: tokenLabel(tokenText(trace, position)),
    bornStep,
    lastDeathStep,
    headDeathStep: headDeath <= step ? headDeath : null,
    heldCount,
    lifetimeSteps: (lastDeathStep ?? step) - bornStep,
    lastUseStep: lastUse === UNUSED ? null : lastUse,
  };
}

/** A row in words. */
export function lifeSentence(row: LifeRow, headCount: number): string {
  const end =
    row.lastDeathStep === null
      ? `held by ${row.heldCount} of ${headCount} heads`
      : `gone everywhere at step ${row.lastDeathStep}`;
  const focus = row.headDeathStep === null ? "" : `, gone from the focused head at step ${row.headDeathStep}`;
  const use = row.lastUseStep === null ? "" : `, last used at step ${row.lastUseStep}`;
  return `${row.text}, position ${row.position}, born at step ${row.bornStep}, ${end}${focus}${use}.`;
}
