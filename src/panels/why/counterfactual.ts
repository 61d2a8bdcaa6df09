// What would have kept or evicted a token at one event: the event's own figures under another α, λ or budget, with
// everything before the event as it was. Exact within the recorded figures; formula as in methods section 3:
//
//   Z = λ·Y − (1 − λ)·R,   Y = highest F of neighbouring slots,   F = S | max(α·C, S) | α·C + (1 − α)·S | α·C + S
import type { TraceHeader } from "../../trace/trace";
import { admissionRank } from "../../policy/admission";
import { numberOf, stepOf, type Operation } from "../../policy/formula";
import { attentionPart, type Candidate, type Candidates } from "../score/candidates";
import {
  evictedStretches,
  keptStretches,
  stretchesAbove,
  upperEnvelope,
  type Line,
  type Piece,
  type Stretch,
} from "./piecewise";

export interface Counterfactual {
  readonly parameter: "alpha" | "lambda";
  readonly inForce: number;
  /** Where the token is kept, in order. Null if the outcome depends on how equal scores are rounded. */
  readonly kept: readonly Stretch[] | null;
}

/** Differences this small are lost in the 32-bit figures of a decision. */
const ROUNDING = 1e-6;

/** How the decay decides about a slot. Null if the policy carries no scores, or α = 0 hides them. */
export function decayCounterfactual(header: TraceHeader, candidates: Candidates, slot: number): Counterfactual | null {
  const { formula } = header;
  const inForce = numberOf(formula, "decayed");
  const join = stepOf(formula, "global")?.operation;
  if (inForce === null || join === undefined || candidates.list[slot].parts.history === null) return null;
  const joins = candidates.list.map((candidate) => joinLines(join, candidate, inForce));
  const reach = ((numberOf(formula, "pooled") ?? 1) - 1) / 2;
  const pooled = joins.map((own, at): readonly Piece[] =>
    upperEnvelope(reach > 0 ? joins.slice(Math.max(0, at - reach), at + reach + 1).flat() : own),
  );
  const hasRedundancy = candidates.list[slot].parts.redundancy !== null;
  const scale = hasRedundancy ? Number(numberOf(formula, "mixed")) : 1;
  const lossOf = (at: number): number =>
    hasRedundancy ? (1 - scale) * Number(candidates.list[at].parts.redundancy) : 0;
  const ahead = rivals(candidates, slot, (rival) =>
    stretchesAbove(pooled[rival], pooled[slot], {
      scale,
      offset: lossOf(slot) - lossOf(rival),
      isFirst: rival < slot,
    }),
  );
  return judged({ parameter: "alpha", inForce, candidates, slot }, ahead);
}

/** How the weight of attention against redundancy decides. Null if the policy measures no redundancy. */
export function weightCounterfactual(header: TraceHeader, candidates: Candidates, slot: number): Counterfactual | null {
  const inForce = numberOf(header.formula, "mixed");
  if (inForce === null || candidates.list[slot].parts.redundancy === null) return null;
  const lines = candidates.list.map((candidate): readonly Piece[] => {
    const redundancy = Number(candidate.parts.redundancy);
    return [{ from: 0, line: { at0: -redundancy, slope: Number(attentionPart(candidate)) + redundancy } }];
  });
  const ahead = rivals(candidates, slot, (rival) =>
    stretchesAbove(lines[rival], lines[slot], { scale: 1, offset: 0, isFirst: rival < slot }),
  );
  return judged({ parameter: "lambda", inForce, candidates, slot }, ahead);
}

/** The smallest budget that keeps a candidate: room for it, for those ahead of it, and for the window. */
export function leastBudget(candidate: Candidate, windowSlots: number): number {
  return candidate.rank + windowSlots;
}

/** F of one candidate as α runs from 0 to 1: the highest of these lines. C is what the event recorded, divided by α. */
function joinLines(join: Operation, { parts }: Candidate, alpha: number): readonly Line[] {
  const present = Number(parts.local);
  const history = Number(parts.history);
  const constant = { at0: present, slope: 0 };
  if (Number.isNaN(history)) return [constant];
  const carried = history / alpha;
  switch (join) {
    case "weighted":
      return [{ at0: present, slope: carried - present }];
    case "added":
      return [{ at0: present, slope: carried }];
    default:
      return [constant, { at0: 0, slope: carried }];
  }
}

/** The stretches on which each rival is ahead; protection goes before any score. */
function rivals(
  { list, row }: Candidates,
  slot: number,
  stretchesOf: (rival: number) => readonly Stretch[],
): readonly Stretch[] {
  const own = admissionRank(row, slot);
  return list.flatMap((rival): readonly Stretch[] => {
    const other = admissionRank(row, rival.slot);
    if (rival.slot === slot || other < own) return [];
    return other > own ? [{ from: 0, to: 1 }] : stretchesOf(rival.slot);
  });
}

interface Question {
  readonly parameter: Counterfactual["parameter"];
  readonly inForce: number;
  readonly candidates: Candidates;
  readonly slot: number;
}

/** The answer; at the value in force it must agree with what happened, or rounding decided. */
function judged({ parameter, inForce, candidates, slot }: Question, ahead: readonly Stretch[]): Counterfactual {
  const kept = keptStretches(ahead, candidates.keptCount);
  const isNear = kept.some(({ from, to }) => inForce >= from - ROUNDING && inForce <= to + ROUNDING);
  const isInside = kept.some(({ from, to }) => inForce > from + ROUNDING && inForce < to - ROUNDING);
  const isConsistent = candidates.list[slot].isKept ? isNear : !isInside;
  return { parameter, inForce, kept: isConsistent ? kept : null };
}

export interface WhatIf {
  readonly symbol: "α" | "λ" | "B";
  readonly text: string;
  /** The bounds with all digits, for a title and for files. */
  readonly exact: string;
}

/** In words, with bounds rounded inwards, so that what is written holds: "kept if α ≥ 0.31", or of a token that stayed "evicted if α < 0.31". */
export function parameterWhatIf({ parameter, inForce, kept }: Counterfactual, isKept: boolean): WhatIf {
  const symbol = parameter === "alpha" ? "α" : "λ";
  const now = `${symbol} = ${inForce} in force`;
  if (kept === null) return { symbol, text: "too close to say: the scores are equal up to rounding", exact: now };
  const turned = (isKept ? evictedStretches(kept) : kept).filter(({ from, to }) => to - from > 1e-9);
  const exact = turned.map(({ from, to }) => `${from} < ${symbol} < ${to}`).join(" or ");
  if (turned.length === 0) {
    const text = isKept ? `stays at every ${symbol} from 0 to 1` : `no ${symbol} from 0 to 1 keeps it`;
    return { symbol, text, exact: now };
  }
  const range = turned.map((stretch) => rangeText(symbol, stretch)).join(", or ");
  return { symbol, text: `${isKept ? "evicted" : "kept"} if ${range}`, exact: `${exact}; ${now}` };
}

/** `isUneven`: the heads have different numbers of slots, so the budget of all does not say what this one gets. */
export function budgetWhatIf(candidate: Candidate, candidates: Candidates, place: HeadPlace): WhatIf {
  const { windowSlots, isUneven } = place;
  const least = leastBudget(candidate, windowSlots);
  const inForce = candidates.keptCount + windowSlots;
  const exact = `rank ${candidate.rank} and ${windowSlots} in the window; ${isUneven ? "this head has" : "budget"} ${inForce}${isUneven ? "" : " in force"}`;
  const [subject, verb] = isUneven ? ["this head", "has"] : ["the budget", "is"];
  if (!candidate.isKept) return { symbol: "B", text: `kept if ${subject} ${verb} at least ${least} slots`, exact };
  return {
    symbol: "B",
    text: `evicted if ${subject} ${verb} ${isUneven ? "fewer than" : "below"} ${least} slots`,
    exact,
  };
}

interface HeadPlace {
  readonly windowSlots: number;
  readonly isUneven: boolean;
}

function rangeText(symbol: string, { from, to }: Stretch): string {
  const width = to - from;
  const low = boundText(from, width, Math.ceil);
  const high = boundText(to, width, Math.floor);
  if (from <= 0) return `${symbol} ${high.isExact ? "<" : "≤"} ${high.text}`;
  if (to >= 1) return `${symbol} ${low.isExact ? ">" : "≥"} ${low.text}`;
  return `${low.text} ${low.isExact ? "<" : "≤"} ${symbol} ${high.isExact ? "<" : "≤"} ${high.text}`;
}

/** Three digits, or as many more as it takes to leave most of the stretch. */
function boundText(bound: number, width: number, round: (value: number) => number): { text: string; isExact: boolean } {
  const digits = Math.min(12, Math.max(3, Math.ceil(-Math.log10(width)) + 1));
  const rounded = round(bound * 10 ** digits) / 10 ** digits;
  return { text: rounded.toFixed(digits), isExact: rounded === bound };
}
