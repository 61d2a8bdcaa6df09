// What would have kept a token, or let it go, at one event: the event's own figures under another α, λ or budget, with
// everything before the event as it was. Exact within the recorded figures; formula as in docs/methods.md, section 3:
//
//   Z = λ·Y − (1 − λ)·R,   Y = highest F of neighbouring slots,   F = S | max(α·C, S) | α·C + (1 − α)·S | α·C + S
import type { TraceHeader } from "../../trace/trace";
import { admissionRank } from "../../policy/admission";
import { numberOf, stepOf, type Operation } from "../../policy/formula";
import { attentionPart, type Candidate, type Candidates } from "../score/candidates";
import { keptStretches } from "./keptStretches";
import { stretchesAbove, upperEnvelope, type Line, type Piece, type Stretch } from "./piecewise";

export interface Counterfactual {
  readonly parameter: "alpha" | "lambda";
  readonly inForce: number;
  /** Where the token is kept, in order. Null where the outcome hangs on the rounding of equal scores. */
  readonly kept: readonly Stretch[] | null;
}

/** Differences this small are lost in the 32-bit figures of a decision. */
const ROUNDING = 1e-6;

/** How the decay decides about a slot. Null where the policy carries no scores, or none could be told from an α of 0. */
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

/** How the weight of attention against redundancy decides. Null where the policy measures no redundancy. */
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

/** The smallest budget that keeps a candidate: its rank, and the window beside it. */
export function leastBudget(candidate: Candidate, windowSlots: number): number {
  return candidate.rank + windowSlots;
}

/** F of one candidate as α runs from 0 to 1: the highest of these lines. C is what the event recorded, α undone. */
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

/** The answer, unless it disagrees at the value in force with what happened: then rounding had the last word. */
function judged({ parameter, inForce, candidates, slot }: Question, ahead: readonly Stretch[]): Counterfactual {
  const kept = keptStretches(ahead, candidates.keptCount);
  const isNear = kept.some(({ from, to }) => inForce >= from - ROUNDING && inForce <= to + ROUNDING);
  const isInside = kept.some(({ from, to }) => inForce > from + ROUNDING && inForce < to - ROUNDING);
  const isConsistent = candidates.list[slot].isKept ? isNear : !isInside;
  return { parameter, inForce, kept: isConsistent ? kept : null };
}
