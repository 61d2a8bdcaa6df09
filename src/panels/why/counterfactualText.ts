// Counterfactuals as sentences. Bounds are rounded towards the inside, so that what is written holds.
import type { Candidate, Candidates } from "../score/candidates";
import { leastBudget, type Counterfactual } from "./counterfactual";
import { goneStretches } from "./keptStretches";
import type { Stretch } from "./piecewise";

export interface WhatIf {
  readonly symbol: "α" | "λ" | "B";
  readonly text: string;
  /** The bounds in full, for a title and for files. */
  readonly exact: string;
}

/** "kept if α ≥ 0.31", or for one that stayed "would go if α < 0.31". */
export function parameterWhatIf({ parameter, inForce, kept }: Counterfactual, isKept: boolean): WhatIf {
  const symbol = parameter === "alpha" ? "α" : "λ";
  const now = `${symbol} = ${inForce} in force`;
  if (kept === null) return { symbol, text: "equal up to rounding: no threshold can be told", exact: now };
  const turned = (isKept ? goneStretches(kept) : kept).filter(({ from, to }) => to - from > 1e-9);
  const exact = turned.map(({ from, to }) => `${from} < ${symbol} < ${to}`).join(" or ");
  if (turned.length === 0) {
    const text = isKept ? `stays at every ${symbol} from 0 to 1` : `no ${symbol} from 0 to 1 saves it`;
    return { symbol, text, exact: now };
  }
  const range = turned.map((stretch) => rangeText(symbol, stretch)).join(", or ");
  return { symbol, text: `${isKept ? "would go" : "kept"} if ${range}`, exact: `${exact}; ${now}` };
}

export function budgetWhatIf(candidate: Candidate, candidates: Candidates, windowSlots: number): WhatIf {
  const least = leastBudget(candidate, windowSlots);
  const exact = `rank ${candidate.rank} and ${windowSlots} in the window; budget ${candidates.keptCount + windowSlots} in force`;
  if (!candidate.isKept) return { symbol: "B", text: `kept if the budget is at least ${least} slots`, exact };
  return { symbol: "B", text: `would go if the budget is below ${least} slots`, exact };
}

function rangeText(symbol: string, { from, to }: Stretch): string {
  const width = to - from;
  const low = boundText(from, width, Math.ceil);
  const high = boundText(to, width, Math.floor);
  if (from <= 0) return `${symbol} ${high.isExact ? "<" : "≤"} ${high.text}`;
  if (to >= 1) return `${symbol} ${low.isExact ? ">" : "≥"} ${low.text}`;
  return `${low.text} ${low.isExact ? "<" : "≤"} ${symbol} ${high.isExact ? "<" : "≤"} ${high.text}`;
}

/** As few digits, from three on, as leave most of the stretch. */
function boundText(bound: number, width: number, round: (value: number) => number): { text: string; isExact: boolean } {
  const digits = Math.min(12, Math.max(3, Math.ceil(-Math.log10(width)) + 1));
  const rounded = round(bound * 10 ** digits) / 10 ** digits;
  return { text: rounded.toFixed(digits), isExact: rounded === bound };
}
