// Which choices make no sense together, each in one sentence. The engine, the settings and the command line ask here.
import { formatSpans, noSpans, positionsOf, type PromptSpans } from "../lib/spans";
import type { Policy, PolicyParameters } from "./policy";

export interface Combination {
  readonly policy: Policy;
  readonly parameters: PolicyParameters;
  readonly spans?: PromptSpans;
}

/** Why these choices cannot run together; null where they can. */
export function refusedCombination({ policy, parameters, spans = noSpans }: Combination): string | null {
  if (!policy.isEvicting) return null;
  const { grouping, fairShare, budgetSlots, windowSlots } = parameters;
  if (grouping !== "tokens" && fairShare > 0) {
    return "A fair share picks single tokens of each instruction; choose by single tokens, or set the fair share to 0.";
  }
  if (grouping === "wholeChunks" && spans.kept.length > 0) {
    return "Whole chunks cannot promise that a kept span stays, because its chunks may not fit; choose by single tokens.";
  }
  const keptCount = positionsOf(spans.kept).length;
  const roomSlots = budgetSlots - windowSlots;
  if (keptCount > roomSlots) {
    return (
      `The kept spans ${formatSpans(spans.kept)} hold ${keptCount} tokens, but a budget of ${budgetSlots} slots with a ` +
      `window of ${windowSlots} has room for ${Math.max(0, roomSlots)}; raise the budget or keep less.`
    );
  }
  return null;
}

/** Why these spans are not spans of a prompt of so many tokens; null where they are. */
export function refusedSpans({ kept, instructions }: PromptSpans, promptCount: number): string | null {
  for (const [name, spans] of [
    ["Kept spans", kept],
    ["Instructions", instructions],
  ] as const) {
    const odd = spans.find(({ start, end }) => !(start >= 0 && start < end && end <= promptCount));
    if (odd !== undefined) {
      return `${name}: ${formatSpans([odd])} is not in the prompt, whose tokens are 0 to ${promptCount - 1}; name tokens of the prompt.`;
    }
  }
  const sorted = [...instructions].sort((left, right) => left.start - right.start);
  const overlapping = sorted.find(({ end }, place) => place + 1 < sorted.length && end > sorted[place + 1].start);
  return overlapping === undefined
    ? null
    : `Instructions: ${formatSpans([overlapping])} overlaps the one behind it; each token belongs to one instruction.`;
}
