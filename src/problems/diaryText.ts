// A diary as text. One step has 15 tokens; where the room is new, "barn's" is the word under which its note is found later.
//
//   <bos> Diary : at first note the number , then recall .
//   Barn: gain 2 ; first to den ; above to foyer ; below to cellar . … Start in barn with 10 . Walk 36 steps . <think>
//   36 left : barn 10 gain 2 makes 12 note barn's 12 to den . …
//   20 left : barn 14 gain 2 makes 16 recall 12 above to foyer . … </think> Answer : 14 . <eos>

import type { Diary, DiaryStep } from "./diary";
import { formatChange, header } from "./walkText";

export function formatDiaryPrompt({ rules, startRoom, startValue, stepCount }: Diary): string {
  const ruleTexts = rules.map(
    ({ room, change, firstTarget, aboveTarget, belowTarget }) =>
      `${header(room)} ${formatChange(change)} ; first to ${firstTarget} ; above to ${aboveTarget} ; below to ${belowTarget} .`,
  );
  const start = `Start in ${startRoom} with ${startValue} . Walk ${stepCount} steps .`;
  return `<bos> Diary : at first note the number , then recall . ${ruleTexts.join(" ")} ${start} <think>`;
}

export function formatDiaryTrace(taken: readonly DiaryStep[]): string {
  const stepTexts = taken.map(({ rule, before, after, recalled, target }, step) => {
    const { room, change } = rule;
    const memory =
      recalled === null ? `note ${room}'s ${after}` : `recall ${recalled} ${after > recalled ? "above" : "below"}`;
    return `${taken.length - step} left : ${room} ${before} ${formatChange(change)} makes ${after} ${memory} to ${target} .`;
  });
  return `${stepTexts.join(" ")} </think> Answer : ${taken[taken.length - 1].after} . <eos>`;
}
