// The diary: a walk whose rooms remember. The first visit to a room notes the number; every later visit recalls the note
// and turns one way if the number is above it, the other way if it is below. The notes exist only in the reasoning, so a
// cache that keeps the whole prompt can still evict them. A room's note is written once, under a word (barn's) that occurs
// nowhere else, and recalled many times at irregular gaps. A step is 15 tokens:
//
//   <bos> Diary : at first note the number , then recall .
//   Barn: gain 2 ; first to den ; above to foyer ; below to cellar . … Start in barn with 10 . Walk 36 steps . <think>
//   36 left : barn 10 gain 2 makes 12 note barn's 12 to den . …
//   20 left : barn 14 gain 2 makes 16 recall 12 above to foyer . … </think> Answer : 14 . <eos>

import { assert } from "../lib/errors";
import type { RandomStream } from "../lib/random";
import { randomStream } from "../lib/random";
import type { Dial } from "./dial";
import { difficultyOf } from "./dial";
import type { DiaryKnobs, DiaryProblem } from "./problem";
import { formatChange, header, maxValue, roomNames } from "./walk";

export interface DiaryRule {
  readonly room: string;
  /** Added to the number: 1 … 6 or −6 … −1. */
  readonly change: number;
  readonly firstTarget: string;
  readonly aboveTarget: string;
  readonly belowTarget: string;
}

export interface Diary {
  readonly rules: readonly DiaryRule[]; // in the order in which the prompt gives them
  readonly startRoom: string;
  readonly startValue: number;
  readonly stepCount: number;
}

interface DiaryStep {
  readonly rule: DiaryRule;
  readonly before: number;
  readonly after: number;
  /** What an earlier visit noted; null on the first, which notes `after`. */
  readonly recalled: number | null;
  readonly target: string;
}

/** Prompt 23 + 16 rooms tokens, reasoning 15 steps + 6: 379 to 515 tokens at full difficulty. */
export const diaryDial: Dial<keyof DiaryKnobs> = [
  { steps: [5, 6], rooms: [3, 4] },
  { steps: [7, 8], rooms: [3, 4] },
  { steps: [9, 9], rooms: [4, 4] },
  { steps: [10, 10], rooms: [4, 4] },
  { steps: [11, 11], rooms: [4, 5] },
  { steps: [12, 12], rooms: [4, 5] },
  { steps: [13, 13], rooms: [4, 5] },
  { steps: [14, 14], rooms: [4, 6] },
  { steps: [15, 15], rooms: [4, 6] },
  { steps: [16, 17], rooms: [5, 6] },
  { steps: [18, 26], rooms: [5, 6] },
];

/** At full difficulty most draws fail one of the conditions. */
const maxAttempts = 200_000;

/** Between a number and the note it is compared with: the test is memory, not whether 17 comes before 18. */
const leastDifference = 2;

/**
 * Draws a diary from a seed; same seed and knobs, same problem. The number stays in 0 … 59 and always differs from the
 * recalled note by at least 2. With two or more steps per room, every room is visited within the first half; with four,
 * every note is recalled; with five, every note is recalled twice, half of the rooms are left both ways after a recall, and
 * at least two recalls come more than `rooms` steps after the last visit.
 */
export function drawDiary(knobs: DiaryKnobs, seed: number): DiaryProblem {
  const { rooms, steps } = knobs;
  assert(rooms >= 3 && rooms <= roomNames.length, `a diary has 3 to ${roomNames.length} rooms`);
  assert(steps >= 1 && steps <= maxValue, `a diary has 1 to ${maxValue} steps`);
  const stream = randomStream(seed);
  const names = stream.shuffle(roomNames).slice(0, rooms);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const diary = drawRules(names, steps, stream);
    const taken = simulateDiary(diary);
    if (taken === null || !meetsConditions(taken, knobs)) continue;
    return {
      id: `diary-${rooms}x${steps}-${seed}`,
      family: "diary",
      knobs,
      difficulty: difficultyOf(diaryDial, "steps", steps),
      prompt: formatDiaryPrompt(diary),
      answer: String(taken[taken.length - 1].after),
      trace: formatDiaryTrace(taken),
    };
  }
  throw new Error(`no diary of ${rooms} rooms and ${steps} steps found that meets the conditions`);
}

/** The steps of a diary; null if the number leaves 0 … 59 or comes within 1 of a recalled note. */
export function simulateDiary(diary: Diary): DiaryStep[] | null {
  const ruleOf = new Map(diary.rules.map((rule) => [rule.room, rule]));
  const notes = new Map<string, number>();
  const taken: DiaryStep[] = [];
  let room = diary.startRoom;
  let before = diary.startValue;
  for (let step = 0; step < diary.stepCount; step++) {
    const rule = ruleOf.get(room);
    assert(rule !== undefined, `the diary has a rule for ${room}`);
    const after = before + rule.change;
    const recalled = notes.get(room) ?? null;
    if (after < 0 || after > maxValue) return null;
    if (recalled !== null && Math.abs(after - recalled) < leastDifference) return null;
    if (recalled === null) notes.set(room, after);
    const target = targetOf(rule, after, recalled);
    taken.push({ rule, before, after, recalled, target });
    room = target;
    before = after;
  }
  return taken;
}

function targetOf(rule: DiaryRule, after: number, recalled: number | null): string {
  if (recalled === null) return rule.firstTarget;
  return after > recalled ? rule.aboveTarget : rule.belowTarget;
}

function drawRules(names: readonly string[], stepCount: number, stream: RandomStream): Diary {
  const rules = names.map((room) => {
    const others = stream.shuffle(names.filter((name) => name !== room));
    const change = stream.integer(1, 6) * (stream.uniform() < 0.5 ? -1 : 1);
    // With three rooms, only two others exist: the first visit shares a target.
    return { room, change, aboveTarget: others[0], belowTarget: others[1], firstTarget: others[2] ?? others[0] };
  });
  return { rules, startRoom: stream.pick(names), startValue: stream.integer(3, 56), stepCount };
}

/** Whether the notes matter: written early, all recalled, with both outcomes, some of them long after the last visit. */
function meetsConditions(taken: readonly DiaryStep[], { rooms, steps }: DiaryKnobs): boolean {
  const visitSteps = new Map<string, number[]>();
  taken.forEach(({ rule: { room } }, step) => {
    const known = visitSteps.get(room);
    if (known === undefined) visitSteps.set(room, [step]);
    else known.push(step);
  });
  const visits = [...visitSteps.values()];
  if (steps >= 2 * rooms) {
    const latestFirst = Math.max(...visits.map(([first]) => first));
    if (visits.length < rooms || latestFirst >= Math.max(rooms, steps / 2)) return false;
  }
  if (steps >= 4 * rooms && visits.some(({ length }) => length < 2)) return false;
  if (steps < 5 * rooms) return true;
  const isLeftBothWays = ({ rule }: DiaryStep): boolean =>
    [true, false].every((isAbove) =>
      taken.some((other) => other.rule === rule && other.recalled !== null && other.after > other.recalled === isAbove),
    );
  if (visits.some(({ length }) => length < 3)) return false;
  const bothWays = new Set(taken.filter(isLeftBothWays).map(({ rule }) => rule)).size;
  const longGaps = visits.flatMap((at) => at.slice(1).filter((step, index) => step - at[index] > rooms)).length;
  return 2 * bothWays >= rooms && longGaps >= 2;
}

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
