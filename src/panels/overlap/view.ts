// What a reader may choose in the window overlap, and where it starts.
import { headCountOf } from "../../cache/headRows";
import { recordedHeadCount } from "../../trace/recorded";
import type { Trace } from "../../trace/trace";

/** Whose scores are compared: recorded attention rows by windows of steps, or the S that the events measured. */
export type OverlapSource = "rows" | "events";

export interface OverlapView {
  /** M: windows compared, the last one included. */
  readonly windowCount: number;
  /** ρ: share of the candidates that counts as kept; null follows the budget. */
  readonly share: number | null;
  readonly source: OverlapSource;
}

export const windowCounts: readonly number[] = [2, 3, 4, 5, 6, 7, 8];

/** The retained shares ρ at which the curves are computed: 5 % … 90 %. */
export const retainedShares: readonly number[] = Array.from({ length: 18 }, (_, place) => (place + 1) / 20);

/** Place in `retainedShares` of the share in force: chosen, else budget ÷ text, else 25 %. */
export function sharePlace(trace: Trace, step: number, view: OverlapView): number {
  const { budgetSlots } = trace.header.parameters;
  const isBudgeted = trace.header.policyId !== "fullCache" && typeof budgetSlots === "number";
  const byBudget = isBudgeted ? budgetSlots / (trace.header.promptTokens.length + step) : 0.25;
  const place = Math.round((view.share ?? byBudget) * 20) - 1;
  return Math.min(retainedShares.length - 1, Math.max(0, place));
}

/** Steps in a window: w of the policy; 16 for policies that look at the newest query alone or at none. */
export function windowStepCount(trace: Trace): number {
  const { windowSlots } = trace.header.parameters;
  return typeof windowSlots === "number" && windowSlots > 1 ? windowSlots : 16;
}

/** What the trace has to compare, the chosen source if it is there. */
export function sourceInForce(trace: Trace, view: OverlapView): OverlapSource | null {
  const sources = overlapSources(trace);
  return sources.includes(view.source) ? view.source : (sources.at(0) ?? null);
}

export function overlapSources(trace: Trace): readonly OverlapSource[] {
  const event = trace.events.at(0);
  const hasScores =
    event !== undefined && ["localRaw", "local", "windowAttention"].some((name) => hasName(event, name));
  // A mean over a layer's heads needs the rows of all of them.
  const newest = trace.steps.at(-1);
  const hasRows = newest !== undefined && recordedHeadCount(newest) === headCountOf(trace.header.model);
  return [...(hasRows ? (["rows"] as const) : []), ...(hasScores ? (["events"] as const) : [])];
}

function hasName({ parts, terms }: Trace["events"][number], name: string): boolean {
  return name in parts || name in terms;
}
