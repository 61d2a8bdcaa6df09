// The score panel in words: the formula in force, where the cut fell, and what each part explains. Pure.
import { unreachable } from "../../lib/errors";
import { numberOf, stepOf, termSource, TOTAL, type Formula, type FormulaStep } from "../../policy/formula";
import type { EvictionEvent, Trace, TraceHeader } from "../../trace/trace";
import { signedNumber, writtenNumber, writtenShare } from "../../ui/numbers";
import type { Explanation } from "../../ui/Panel";
import type { Candidates } from "./candidates";
import type { Explained } from "./spread";

/** What the panel shows, for those who do not see it. */
export function scoreSummary(event: EvictionEvent, { list, keptCount }: Candidates): string {
  return (
    `Scores at step ${event.step}: ${list.length} candidates, ${keptCount} kept, ` +
    `${list.length - keptCount} evicted; ${event.windowSlots} in the window are protected.`
  );
}

export function noEventReason({ header }: Trace): string {
  const { budgetSlots, intervalSteps, schedule } = header.parameters;
  if (header.policyId === "fullCache") return "The full cache keeps every token: nothing is ever scored.";
  if (schedule === "once") {
    return `Nothing was evicted: the only event falls on the prompt, which holds no more than ${String(budgetSlots)} slots.`;
  }
  return (
    `Nothing has been evicted yet. The first event comes at the first multiple of ` +
    `${String(intervalSteps)} steps at which the cache holds more than ${String(budgetSlots)} slots.`
  );
}

/** The two candidates on either side of the cut, and how many tie there. */
export function cutSentence({ ranked, keptCount, cutOff, margin }: Candidates): string {
  const [last, first] = [ranked.at(keptCount - 1), ranked.at(keptCount)];
  if (keptCount === 0 || last === undefined) return "The window fills the budget: no other token stays.";
  if (first === undefined) return "Every candidate stays.";
  const gap = gapSentence(margin);
  const tiedCount = ranked.filter((candidate) => candidate.isTied).length;
  const ties = tiedCount > 0 ? ` ${tiedCount} tokens tie at the cut-off; the older ones stay.` : "";
  return (
    `Last kept: “${last.text}”, rank ${keptCount}, Z = ${signedNumber(cutOff)}. ` +
    `First evicted: “${first.text}”, rank ${keptCount + 1}, ${signedNumber(first.total)}. ${gap}${ties}`
  );
}

function gapSentence(margin: number): string {
  if (margin < 0) return "Protected tokens took the place of higher scores.";
  return margin === 0 ? "There is no gap." : `Gap ${writtenNumber(margin)}.`;
}

/** The cut-off in a few words, for the line itself. */
export function cutLabel({ ranked, keptCount, cutOff, margin }: Candidates): string {
  const first = ranked.at(keptCount);
  if (first === undefined || !Number.isFinite(cutOff)) return `cut-off ${writtenNumber(cutOff)}`;
  const [last, next] = [signedNumber(cutOff), signedNumber(first.total)];
  return `cut-off: rank ${keptCount} ${last}, rank ${keptCount + 1} ${next}, ${margin === 0 ? "tied" : `gap ${writtenNumber(margin)}`}`;
}

/**
 * How much of the window's attention the candidates received. The rest fell on the window itself; if the heads of a
 * group were joined by their maximum, only a lower bound of that rest is known.
 */
export function attentionSentence({ header }: Trace, { list }: Candidates): string {
  if (list.every(({ parts }) => parts.localRaw === null)) {
    return stepOf(header.formula, "localRaw") === undefined ? "This policy measures no attention." : lightSentence;
  }
  const sum = list.reduce((total, { parts }) => total + Number(parts.localRaw), 0);
  const { headCount, kvHeadCount } = header.model;
  const isExact = headCount === kvHeadCount || header.parameters.groupPooling === "mean";
  const received = `S as measured, before division by the largest: the sum over candidates is ${writtenNumber(sum)}.`;
  if (isExact) return `${received} The other ${writtenShare(1 - sum)} of the attention fell on the window itself.`;
  const joined = "Heads of a group are joined by their maximum, so the sum can exceed 1";
  if (sum >= 1) return `${received} ${joined}.`;
  return `${received} ${joined}; at least ${writtenShare(1 - sum)} of every head’s attention fell on the window itself.`;
}

/** Why there is no spread to show. */
export function noSpreadReason({ formula, policyLabel }: TraceHeader): string {
  return stepOf(formula, "localRaw") === undefined
    ? `${policyLabel} measures neither attention nor redundancy; choose “parts of Z” to see what it ranks by.`
    : lightSentence;
}

const lightSentence = "This run comes from a light file: it has the scores, but not the attention that they came from.";

/** How many of the evicted each part would have evicted alone. */
export function explainedSentence(explained: Explained): string {
  const { evictedCount, byAttention, byRedundancy, byChance } = explained;
  if (byRedundancy === null)
    return `All ${evictedCount} evicted have the lowest attention part: no other part decides.`;
  return (
    `Of the ${evictedCount} evicted, the attention part alone would have evicted ${byAttention} and ` +
    `redundancy alone ${byRedundancy}; a random choice would match ${byChance.toFixed(1)} on average.`
  );
}

/** Two sentences and the formula of the policy in force, its numbers included. */
export function scoreExplanation(header: TraceHeader): Explanation {
  const text =
    "Every token that the last event could evict from this head, with the parts of its score. The highest stay; of equal scores the older token stays. " +
    "The newest tokens are the window: their queries vote, they always stay, and they are not scored.";
  return { text, formula: scoreFormula(header) };
}

/** The formula of a run, its numbers included. */
export function scoreFormula({ formula, parameters }: Pick<TraceHeader, "formula" | "parameters">): string {
  if (formula === null) return "this run does not say how its scores follow from what was measured";
  if (formula.steps.length === 0) return "no score: everything stays";
  const equations = formula.steps.toReversed().map((step) => equation(step, formula));
  const isRule = formula.steps.every(({ from }) => from.length === 0);
  const protection = isRule && parameters.isPromptProtected === true ? "the prompt is protected" : null;
  const divisions = formula.steps
    .filter(({ operation }) => operation === "share" || operation === "shareOfSum")
    .map(({ column }) => `${symbolOf(column)} := ${symbolOf(column)} / max ${symbolOf(column)}`);
  const division = divisions.length > 0 ? divisions.join(", ") : null;
  return [...equations, protection, division].filter((line) => line !== null).join("; ");
}

const symbols: Readonly<Record<string, string>> = {
  localRaw: "S",
  local: "S",
  history: "α·C",
  global: "F",
  pooled: "Y",
  redundancy: "R",
  [TOTAL]: "Z",
};

const termSymbols: Readonly<Record<string, string>> = {
  expectedAttention: "â",
  logExpectedAttention: "ln â",
  keyNorm: "‖k‖",
  valueNorm: "‖v‖",
  windowAttention: "S",
  redundancy: "R",
  redundancyRaw: "R",
};

/** The symbol of a formula's column or term; one without a symbol is called by its name. */
export function symbolOf(source: string): string {
  const prefix = termSource("");
  if (!source.startsWith(prefix)) return symbols[source] ?? source;
  const term = source.slice(prefix.length);
  return termSymbols[term] ?? term;
}

/** One step in symbols; null for a step that other lines cover. */
function equation({ column, operation, from, numbers }: FormulaStep, formula: Formula): string | null {
  const left = symbolOf(column);
  const [a, b] = from.map(symbolOf);
  const [c, second] = numbers.map(String);
  const past = `with α = ${String(numberOf(formula, "decayed"))}, C = ${symbolOf(formula.carry ?? "")} of the last event`;
  switch (operation) {
    case "copy":
      if (column === "localRaw") return presentWords(formula);
      return left === a || column === "redundancy" ? null : `${left} = ${a}`;
    case "share":
    case "sum":
    case "shareOfSum":
    case "decayed":
      return null;
    case "largest":
      return `${left} = max(${a}, ${b}) ${past}`;
    case "weighted":
      return `${left} = ${a} + (1 − α)·${b} ${past}`;
    case "added":
      return `${left} = ${a} + ${b} ${past}`;
    case "pooled":
      return `${left} = highest ${a} of ${c} neighbouring slots`;
    case "mixed":
      return `${left} = λ·${a} − (1 − λ)·${b} with λ = ${c}`;
    case "recency":
      return `${left} = position${numbers[0] > 0 ? `; the first ${c} slots: ${left} = ∞` : ""}`;
    case "draw":
      return `${left} = seeded draw from 0 … 1, and 1 more for the prompt where it has at most ${second} tokens`;
    case "scaled":
      return numbers[0] === -1 ? `${left} = −${a}` : `${left} = ${c}·${a}`;
    case "product":
      return numbers[0] === 0 ? `${left} = ${a}·${b}` : `${left} = (${a} + ${c})·${b}`;
    case "logProduct":
      return `${left} = ${a} + ln ${b}`;
    case "continued":
      return `${left} = ${a} where that is ${writtenNumber(numbers[0])} or more; below, ranked by ${b}`;
    case "shareOfBlock":
      return `${left} = ${a} / sum of ${a} in its block of ${c} slots`;
    case "shareOfRow":
      return `${left} = ${a} / sum of ${a}`;
    case "rankInBlock":
      return `${left} = rank of ${a} in its block of ${second} slots / ${second}`;
    case "averagePooled":
      return `${left} = mean ${a} of ${c} neighbouring slots`;
    case "pooledVotes":
      return `${left} = ${numbers[0] === 1 ? a : `mean ${a} of ${c} neighbouring slots`} in each instruction; voters have its highest`;
    case "layerMean":
      return `${left} = mean of ${a} over the layer’s heads`;
    case "standardised":
      return `${left} = (${a} − mean) / deviation over the layer’s heads${numbers[0] > 0 ? `, without the first ${c} slots` : ""}`;
    case "pooledByVariation":
      return `${left} = mean of ${a} over 7, 5, 3 or 1 slots, the wider the less ${a} varies in the layer`;
    case "secondStage":
      return `${left} = (${a} + ${c})·${b}; the best by ${a}, ${second} of the slots that stay: ${left} = ∞`;
    case "sinks":
      return `${left} = ${a}; the first ${c} slots: ${left} = ∞`;
    default:
      return unreachable(operation);
  }
}

function presentWords(formula: Formula): string {
  const weight = numberOf(formula, "sum") ?? numberOf(formula, "shareOfSum");
  return `S = mean over the window’s queries${weight === null ? "" : ` + ${weight}·deviation`}`;
}
