// Pieces of the two sentences of a preset: every number in them is taken from the run or from the counts.

import { shareError } from "../../src/experiment/results";
import type { PresetLane, PresetLoss, PresetShare } from "../../src/settings/presets";

/** "SnapKV lets go of barn's note in layer 2, KV head 1 at step 96; when it needs it, at step 187, it writes “above” for “below”" */
export function lossWords(
  name: string,
  { what, layer, kvHead, lostAtStep, neededAtStep, ...words }: PresetLoss,
): string {
  return (
    `${name} lets go of ${what} in layer ${layer}, KV head ${kvHead} at step ${lostAtStep}; ` +
    `when it needs it, at step ${neededAtStep}, it writes “${words.written}” for “${words.expected}”`
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
  return Math.abs(oneShare - otherShare) > 2 * error ? "more than chance would do" : "no more than chance can do";
}
