// The families of problems in words: their names, and what a cache under a budget has to keep of each.
import { unreachable } from "../../lib/errors";
import type { Problem, ProblemFamily } from "../../problems/problem";
import { problemNumber } from "../../state/problem";

interface FamilyText {
  readonly label: string;
  readonly summary: string;
}

export const familyTexts: Readonly<Record<ProblemFamily, FamilyText>> = {
  walk: {
    label: "Walk",
    summary: "rules in the prompt are consulted again and again; they have to stay.",
  },
  diary: {
    label: "Diary",
    summary: "notes made in the reasoning are needed much later; keeping the prompt is not enough.",
  },
  story: {
    label: "Story",
    summary: "facts are planned backwards, solved forwards, then checked; each has to stay for all three.",
  },
  orders: {
    label: "Orders",
    summary: "instructions at the start have to be kept, long unused, until the answer.",
  },
};

/** What distinguishes a problem from the others in its list: "Diary: 4 rooms, 10 steps". */
export function problemLabel(problem: Problem): string {
  return `${familyTexts[problem.family].label}: ${knobsText(problem)}`;
}

/** The same for one that is not on the list. The number comes first: a narrow field cuts the end. */
export function numberedLabel(problem: Problem): string {
  return `${familyTexts[problem.family].label} no. ${problemNumber(problem)}: ${knobsText(problem)}`;
}

function knobsText(problem: Problem): string {
  switch (problem.family) {
    case "walk": {
      const { rooms, steps, tour } = problem.knobs;
      return `${rooms} rooms, ${steps} steps${tour === null ? "" : ", rooms seen early"}`;
    }
    case "diary":
      return `${problem.knobs.rooms} rooms, ${problem.knobs.steps} steps`;
    case "story":
      return peopleText(problem.knobs);
    case "orders": {
      const { knobs } = problem;
      const task = knobs.task === "walk" ? `${knobs.rooms} rooms, ${knobs.steps} steps` : peopleText(knobs);
      return `${knobs.orders}, then ${task}`;
    }
    default:
      return unreachable(problem);
  }
}

function peopleText({ people, distractors }: { readonly people: number; readonly distractors: number }): string {
  return distractors === 0 ? `${people} people` : `${people} of ${people + distractors} people`;
}
