// The walk: rooms with rules, a number, and as many steps as the prompt asks for. Each step looks up the rule of the
// present room three times: gain or lose, how much, and where to go with an even or an odd number.
//
//   <bos> Rules : Barn: gain 2 ; even to foyer ; odd to cellar . … Start in cellar with 10 . Walk 4 steps . <think>
//   4 left : cellar 10 gain 4 makes 14 even to barn . … </think> Answer : 14 . <eos>

import { assert } from "../lib/errors";
import type { RandomStream } from "../lib/random";
import { randomStream } from "../lib/random";
import type { Dial } from "./dial";
import { difficultyOf } from "./dial";
import type { WalkKnobs, WalkProblem } from "./problem";

interface WalkRule {
  readonly room: string;
  /** Added to the number: 1 … 6 or −6 … −1. */
  readonly change: number;
  readonly evenTarget: string;
  readonly oddTarget: string;
}

export interface Walk {
  readonly rules: readonly WalkRule[]; // in the order in which the prompt gives them
  readonly startRoom: string;
  readonly startValue: number;
  readonly stepCount: number;
}

interface WalkStep {
  readonly rule: WalkRule;
  readonly before: number;
  readonly after: number;
  readonly target: string;
}

export const roomNames = "attic barn cellar den foyer garden hall kitchen library office pantry studio".split(" ");

export const maxValue = 59;

/** Prompt 14 + 12 rooms tokens, reasoning 13 steps + 6: 430 to 592 tokens at full difficulty. */
export const walkDial: Dial<"rooms" | "steps"> = [
  { steps: [3, 4], rooms: [3, 4] },
  { steps: [5, 6], rooms: [3, 4] },
  { steps: [7, 8], rooms: [4, 4] },
  { steps: [9, 10], rooms: [4, 4] },
  { steps: [11, 12], rooms: [4, 5] },
  { steps: [13, 14], rooms: [4, 5] },
  { steps: [15, 16], rooms: [4, 6] },
  { steps: [17, 18], rooms: [4, 6] },
  { steps: [19, 21], rooms: [4, 6] },
  { steps: [22, 25], rooms: [5, 7] },
  { steps: [26, 36], rooms: [6, 8] },
];
const maxAttempts = 20_000;

/**
 * Draws a walk from a seed; same seed and knobs, same problem. The number stays in 0 … 59. With 10 or more steps every
 * room is visited, and twice if there are also at least three steps per room.
 */
export function drawWalk(knobs: WalkKnobs, seed: number): WalkProblem {
  const { rooms, steps, tour } = knobs;
  assert(rooms >= 3 && rooms <= roomNames.length, `a walk has 3 to ${roomNames.length} rooms`);
  assert(steps >= 1 && steps <= maxValue, `a walk has 1 to ${maxValue} steps`);
  const stream = randomStream(seed);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const walk = drawRules(knobs, stream);
    const taken = simulateWalk(walk);
    if (taken.length < steps) continue;
    if (!meetsConditions(taken, knobs)) continue;
    const tourMark = tour === null ? "" : `-tour${tour}`;
    return {
      id: `walk-${rooms}x${steps}${tourMark}-${seed}`,
      family: "walk",
      knobs,
      difficulty: difficultyOf(walkDial, "steps", steps),
      prompt: formatWalkPrompt(walk),
      answer: String(taken[taken.length - 1].after),
      trace: formatWalkTrace(taken),
    };
  }
  throw new Error(`no walk of ${rooms} rooms and ${steps} steps found that meets the conditions`);
}

/** The steps of a walk, up to one that would leave 0 … 59; most draws soon reach one. */
export function simulateWalk(walk: Walk): WalkStep[] {
  const ruleOf = new Map(walk.rules.map((rule) => [rule.room, rule]));
  const taken: WalkStep[] = [];
  let room = walk.startRoom;
  let before = walk.startValue;
  for (let step = 0; step < walk.stepCount; step++) {
    const rule = ruleOf.get(room);
    assert(rule !== undefined, `the walk has a rule for ${room}`);
    const after = before + rule.change;
    if (after < 0 || after > maxValue) break;
    const target = after % 2 === 0 ? rule.evenTarget : rule.oddTarget;
    taken.push({ rule, before, after, target });
    room = target;
    before = after;
  }
  return taken;
}

function drawRules({ rooms, steps }: WalkKnobs, stream: RandomStream): Walk {
  const names = stream.shuffle(roomNames).slice(0, rooms);
  const rules = names.map((room) => {
    const [evenTarget, oddTarget] = stream.shuffle(names.filter((name) => name !== room));
    const change = stream.integer(1, 6) * (stream.uniform() < 0.5 ? -1 : 1);
    return { room, change, evenTarget, oddTarget };
  });
  return {
    rules,
    startRoom: stream.pick(names),
    // The range that the shipped models were trained on.
    startValue: stream.integer(3, 56),
    stepCount: steps,
  };
}

function meetsConditions(taken: readonly WalkStep[], { rooms, steps, tour }: WalkKnobs): boolean {
  const visits = new Map<string, number>();
  const usedBranches = new Set<string>();
  let lastFirstUse = 0;
  taken.forEach(({ rule, after }, step) => {
    visits.set(rule.room, (visits.get(rule.room) ?? 0) + 1);
    const branch = `${rule.room} ${after % 2}`;
    if (!usedBranches.has(branch)) lastFirstUse = step + 1;
    usedBranches.add(branch);
  });
  const leastVisits = steps >= 3 * rooms && steps >= 10 ? 2 : steps >= 10 ? 1 : 0;
  const isVisited = leastVisits === 0 || visits.size === rooms;
  const isRevisited = [...visits.values()].every((count) => count >= leastVisits);
  return isVisited && isRevisited && (tour === null || lastFirstUse <= tour);
}

export function formatWalkPrompt({ rules, startRoom, startValue, stepCount }: Walk): string {
  const ruleTexts = rules.map(
    ({ room, change, evenTarget, oddTarget }) =>
      `${header(room)} ${formatChange(change)} ; even to ${evenTarget} ; odd to ${oddTarget} .`,
  );
  const start = `Start in ${startRoom} with ${startValue} . Walk ${stepCount} steps .`;
  return `<bos> Rules : ${ruleTexts.join(" ")} ${start} <think>`;
}

export function formatWalkTrace(taken: readonly WalkStep[]): string {
  const stepTexts = taken.map(({ rule, before, after, target }, step) => {
    const left = `${taken.length - step} left : ${rule.room} ${before} ${formatChange(rule.change)}`;
    return `${left} makes ${after} ${after % 2 === 0 ? "even" : "odd"} to ${target} .`;
  });
  const answer = taken[taken.length - 1].after;
  return `${stepTexts.join(" ")} </think> Answer : ${answer} . <eos>`;
}

export function header(room: string): string {
  return `${room[0].toUpperCase()}${room.slice(1)}:`;
}

export function formatChange(change: number): string {
  return change < 0 ? `lose ${-change}` : `gain ${change}`;
}
