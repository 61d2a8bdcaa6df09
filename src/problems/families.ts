// All families in one place: a problem by family, difficulty and seed, and the problem that an id names.

import { assert, errorMessage, InputError, unreachable } from "../lib/errors";
import { drawKnobs } from "./dial";
import { diaryDial, drawDiary } from "./diary";
import { drawOrders, drawOrdersKnobs } from "./orders";
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
 * The family's knobs by name; orders before a story have the story's, before a walk the walk's. Throws where a knob is
 * missing or unknown and where no problem fulfils them.
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

/** How ids read: for messages. */
export const idForms =
  "walk-5x20-4, walk-4x22-tour7-7, diary-6x30-4, story-7x2-4, orders3-walk-5x20-4 or orders3-story-7x2-4";

/** The problem that an id names, made again. Null for a text that is no id; InputError where none can be drawn. */
export function problemById(id: string): Problem | null {
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
