// All families in one place: draws a problem by family, difficulty and seed, by knobs, or by id; lists the page's own.

import { assert, errorMessage, InputError, unreachable } from "../lib/errors";
import { drawKnobs } from "./dial";
import { diaryDial, drawDiary } from "./diary";
import { drawOrders, drawOrdersKnobs, splitSwap, withOrdersSwapped } from "./orders";
import type { Problem, ProblemFamily } from "./problem";
import { drawStory, storyDial } from "./story";
import { drawWalk, walkDial } from "./walk";

export const problemFamilies = ["walk", "diary", "story", "orders"] as const satisfies readonly ProblemFamily[];

/** `difficulty` 0 … 10. The seed draws the knobs within the family's dial, and then the problem itself. */
export function drawProblem(family: ProblemFamily, difficulty: number, seed: number): Problem {
  switch (family) {
    case "walk":
      return drawWalk({ ...drawKnobs(walkDial, difficulty, seed), tour: null }, seed);
    case "diary":
      return drawDiary(drawKnobs(diaryDial, difficulty, seed), seed);
    case "story":
      return drawStory(drawKnobs(storyDial, difficulty, seed), seed);
    case "orders":
      return drawOrders(drawOrdersKnobs(difficulty, seed), seed);
    default:
      return unreachable(family);
  }
}

const knobNames: Readonly<Record<ProblemFamily, readonly string[]>> = {
  walk: ["rooms", "steps", "tour"],
  diary: ["rooms", "steps"],
  story: ["people", "distractors"],
  orders: ["orders", "rooms", "steps", "people", "distractors"],
};

/**
 * Draws a problem with the given knobs; orders also take the knobs of their story or walk. Throws if a knob is missing or
 * unknown, or if no problem meets them.
 */
export function drawWithKnobs(family: ProblemFamily, knobs: Readonly<Record<string, number>>, seed: number): Problem {
  const unknown = Object.keys(knobs).find((name) => !knobNames[family].includes(name));
  assert(unknown === undefined, `a ${family} has no knob ${String(unknown)}, only ${knobNames[family].join(", ")}`);
  const knob = (name: string): number => {
    assert(name in knobs, `a ${family} needs the knob ${name}`);
    return knobs[name];
  };
  switch (family) {
    case "walk":
      return drawWalk({ rooms: knob("rooms"), steps: knob("steps"), tour: knobs.tour ?? null }, seed);
    case "diary":
      return drawDiary({ rooms: knob("rooms"), steps: knob("steps") }, seed);
    case "story":
      return drawStory({ people: knob("people"), distractors: knob("distractors") }, seed);
    case "orders": {
      const orders = knob("orders");
      if (!("people" in knobs)) {
        return drawOrders({ orders, task: "walk", rooms: knob("rooms"), steps: knob("steps") }, seed);
      }
      return drawOrders({ orders, task: "story", people: knob("people"), distractors: knob("distractors") }, seed);
    }
    default:
      return unreachable(family);
  }
}

/** Examples of ids, for messages. */
export const idForms =
  "walk-5x20-4, walk-4x22-tour7-7, diary-6x30-4, story-7x2-4, orders3-walk-5x20-4, orders3-story-7x2-4 or orders2-walk-4x10-1-swap12 (two orders swapped)";

/** Draws the problem that an id names. Null if the text isn't an id; InputError if the problem cannot be drawn. */
export function problemById(id: string): Problem | null {
  const { plainId, swap } = splitSwap(id);
  if (swap === null) return plainProblem(id);
  const problem = plainProblem(plainId);
  if (problem?.family !== "orders") return null;
  const [first, second] = swap;
  return first < second && second <= problem.knobs.orders ? withOrdersSwapped(problem, swap) : null;
}

function plainProblem(id: string): Problem | null {
  const match = /^(?:orders(\d+)-(?=walk|story))?(walk|diary|story)-(\d+)x(\d+)(?:-tour(\d+))?-(\d+)$/.exec(id);
  if (match === null) return null;
  const [, orders, task, size, length, tour, seed] = match;
  if (tour !== undefined && (task !== "walk" || orders !== undefined)) return null;
  const knobs = {
    ...(task === "story"
      ? { people: Number(size), distractors: Number(length) }
      : { rooms: Number(size), steps: Number(length) }),
    ...(tour === undefined ? {} : { tour: Number(tour) }),
    ...(orders === undefined ? {} : { orders: Number(orders) }),
  };
  const family = orders === undefined ? (task as "walk" | "diary" | "story") : "orders";
  try {
    return drawWithKnobs(family, knobs, Number(seed));
  } catch (error) {
    throw new InputError(`the problem ${id} cannot be drawn: ${errorMessage(error)}`);
  }
}

const curatedIds = [
  "walk-4x10-1",
  "walk-5x20-1",
  "walk-7x32-3",
  "diary-4x10-1",
  "diary-5x20-2",
  "diary-6x24-3",
  "story-4x1-1",
  "story-7x2-2",
  "story-10x2-3",
  "orders2-walk-4x10-1",
  "orders3-story-7x2-2",
  "orders5-walk-6x28-3",
];

/** The problems that the page offers: three of each family, from short and easy to full difficulty. */
export const curatedProblems: readonly Problem[] = curatedIds.map((id) => {
  const problem = problemById(id);
  assert(problem !== null, `${id} names a problem`);
  return problem;
});
