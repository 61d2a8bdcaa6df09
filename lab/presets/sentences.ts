// Pieces of a preset's two sentences. Every number in them comes from the run or from the counts.

import { shareError } from "../../src/experiment/results";
import type { PresetLane, PresetLoss, PresetShare } from "../../src/settings/presets";
import { unreachable } from "../../src/lib/errors";
import type { FactLink } from "../../src/problems/linkedText";
import type { Problem } from "../../src/problems/problem";

/** "SnapKV evicts barn's note in layer 2, KV head 1 at step 96; when it needs it, at step 187, it writes “above” for “below”" */
export function lossWords(
  name: string,
  { what, blend, layer, kvHead, lostAtStep, neededAtStep, ...words }: PresetLoss,
): string {
  const place = `in layer ${layer}, KV head ${kvHead}`;
  const needs = `when it needs it, at step ${neededAtStep}`;
  const writes = `it writes “${words.written}” for “${words.expected}”`;
  if (blend === undefined) {
    return `${name} evicts ${what} ${place} at step ${lostAtStep}; ${needs}, ${writes}`;
  }
  const { positions, attentionPercent, keeperAttentionPercent } = blend;
  const tokens = positions.length === 1 ? "a token" : `${positions.length} tokens`;
  const until = positions.length === 1 ? "at" : "by";
  return (
    `${name} merges ${tokens} into the slot of ${what} ${place} ${until} step ${lostAtStep}; ${needs}, ` +
    `the head pays it ${attentionPercent} % of its attention instead of ${keeperAttentionPercent} %, and ${writes}`
  );
}

/** "answers 14, which is wrong" */
export function answerWords({ answer, given }: PresetLane): string {
  return given === null ? "comes to no answer" : `answers ${given}, which is ${answer}`;
}

/** "80 of 100" */
export function countWords({ rightCount, problemCount }: PresetShare): string {
  return `${rightCount} of ${problemCount}`;
}

/** Whether two counts differ by more than twice the standard error of their difference. */
export function chanceWords(one: PresetShare, other: PresetShare): string {
  const [oneShare, otherShare] = [one, other].map(({ rightCount, problemCount }) => rightCount / problemCount);
  const error = Math.hypot(shareError(oneShare, one.problemCount), shareError(otherShare, other.problemCount));
  return Math.abs(oneShare - otherShare) > 2 * error ? "more than chance explains" : "no more than chance explains";
}

/** A fact of a problem in plain words: "barn's rule", "barn's note". */
export function factWords(problem: Problem, { name, summary }: FactLink, promptCount: number): string {
  const owner = name.endsWith("'s") ? name : `${name}'s`;
  const isInPrompt = summary < promptCount;
  if (name === "result") return "the result";
  switch (problem.family) {
    case "walk":
      return `${owner} rule`;
    case "diary":
      return isInPrompt ? `${owner} rule` : `${owner} note`;
    case "story":
      return storyWords(owner, isInPrompt);
    case "orders":
      if (isInPrompt && !name.endsWith("'s") && /^[A-Z]/.test(name)) return `the order “${name} …”`;
      return problem.knobs.task === "walk" ? `${owner} rule` : storyWords(owner, isInPrompt);
    default:
      return unreachable(problem);
  }
}

function storyWords(owner: string, isInPrompt: boolean): string {
  if (isInPrompt) return `the fact about ${owner.replace(/'s$/, "")}`;
  return owner.startsWith("plan ") ? `${owner.slice("plan ".length)} place in the plan` : `${owner} number`;
}
