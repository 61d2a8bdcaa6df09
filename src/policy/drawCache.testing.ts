// For tests: a cache drawn as a table reads like the case it is about. One layer, one KV head.
//
//   token      The  cat  sat  on   the  mat
//   attention  .30  .02  .25  .03  .05  .35      any of: attention, shift, redundancy, carried,
//                                                  position, and other terms by their names
//
// "-" stands for a value that is not there (slots without a carried score).
import { assert } from "../lib/errors";
import { chooseSurvivors, protectedCandidates } from "./admission";
import { computeScores, type Scores } from "./columns";
import { effectiveParameters } from "./policies";
import type { Policy, PolicyParameters, PolicyView } from "./policy";

export interface DrawnCache {
  readonly tokens: readonly string[]; // [slot]
  readonly rows: ReadonlyMap<string, readonly number[]>; // [slot]; NaN for "-"
}

export function drawCache(drawing: string): DrawnCache {
  const lines = drawing
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const [[label, ...tokens], ...numberLines] = lines;
  assert(label === "token", "a drawn cache starts with its tokens");
  const rows = new Map(numberLines.map(([name, ...cells]) => [name, cells.map(Number)]));
  for (const [name, cells] of rows) assert(cells.length === tokens.length, `${name} does not cover every token`);
  return { tokens, rows };
}

export function drawnView(cache: DrawnCache, parameters: PolicyParameters, promptCount = 0): PolicyView {
  const lengthSlots = cache.tokens.length;
  const candidateCount = lengthSlots - parameters.windowSlots;
  const candidates = (name: string): Float32Array =>
    Float32Array.from(cache.rows.get(name)?.slice(0, candidateCount) ?? new Float32Array(candidateCount));
  const carried = candidates("carried").filter((score) => !Number.isNaN(score));
  return {
    layer: 0,
    kvHead: 0,
    event: 0,
    lengthSlots,
    candidateCount,
    positions: Int32Array.from(cache.rows.get("position") ?? cache.tokens.keys()),
    promptCount,
    terms: {
      windowAttention: candidates("attention"),
      attentionShift: candidates("shift"),
      redundancy: candidates("redundancy"),
      redundancyRaw: candidates("redundancy"),
      ...Object.fromEntries([...cache.rows.keys()].map((name) => [name, candidates(name)])),
    },
    carried: cache.rows.has("carried") ? carried : null,
  };
}

export type DrawnChoices = Partial<PolicyParameters> & { readonly promptCount?: number };

export function scoresOf(policy: Policy, cache: DrawnCache, { promptCount, ...choices }: DrawnChoices = {}): Scores {
  const parameters = effectiveParameters(policy, choices);
  return computeScores(policy.formula(parameters), drawnView(cache, parameters, promptCount));
}

/** Tokens that stay, in order. */
export function survivors(policy: Policy, cache: DrawnCache, { promptCount, ...choices }: DrawnChoices): string[] {
  const parameters = effectiveParameters(policy, choices);
  const view = drawnView(cache, parameters, promptCount);
  const { slots } = chooseSurvivors({
    total: computeScores(policy.formula(parameters), view).total,
    lengthSlots: view.lengthSlots,
    keepSlots: parameters.budgetSlots,
    isProtected: protectedCandidates(view, parameters.isPromptProtected),
  });
  return Array.from(slots, (slot) => cache.tokens[slot]);
}
