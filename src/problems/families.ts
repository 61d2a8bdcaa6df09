// All families in one place: a problem by family, difficulty and seed, and the problem that an id names.

import { assert, errorMessage, InputError, unreachable } from "../lib/errors";
import type { Dial } from "./dial";
import { drawKnobs } from "./dial";
import { diaryDial, drawDiary } from "./diary";
import type { Problem, ProblemFamily } from "./problem";
import { drawStory, storyDial } from "./story";
import { drawWalk, walkDial } from "./walk";

export const problemFamilies = ["walk", "diary", "story"] as const satisfies readonly ProblemFamily[];

/** The families' dials; `npm run problems -- --knobs` and the pages read from here what can be turned. */
export const dials = { walk: walkDial, diary: diaryDial, story: storyDial } as const satisfies Record<
  ProblemFamily,
  Dial<never>
>;

/** `difficulty` 0 … 10. The seed draws the knobs within the family's dial, and then the problem itself. */
export function drawProblem(family: ProblemFamily, difficulty: number, seed: number): Problem {
  return drawWithKnobs(family, drawKnobs<string>(dials[family], difficulty, seed), seed);
}

/** Throws where a knob is missing or no problem fulfils them. */
export function drawWithKnobs(family: ProblemFamily, knobs: Readonly<Record<string, number>>, seed: number): Problem {
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
    default:
      return unreachable(family);
  }
}

/** How ids read: for messages. */
export const idForms = "walk-5x20-4, walk-4x22-tour7-7, diary-6x30-4, story-7x2-4";

/** The problem that an id names, made again. Null for a text that is no id; InputError where none can be drawn. */
export function problemById(id: string): Problem | null {
  const match = /^(walk|diary|story)-(\d+)x(\d+)(?:-tour(\d+))?-(\d+)$/.exec(id);
  if (match === null) return null;
  const [, family, size, length, tourText, seedText] = match;
  const [first, second, seed] = [Number(size), Number(length), Number(seedText)];
  if (tourText !== undefined && family !== "walk") return null;
  try {
    if (family === "diary") return drawDiary({ rooms: first, steps: second }, seed);
    if (family === "story") return drawStory({ people: first, distractors: second }, seed);
    return drawWalk({ rooms: first, steps: second, tour: tourText === undefined ? null : Number(tourText) }, seed);
  } catch (error) {
    throw new InputError(`the problem ${id} cannot be drawn: ${errorMessage(error)}`);
  }
}
