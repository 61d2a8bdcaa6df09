// Which problems bear a plan out, as far as their outcomes tell: the clearest and shortest come first.

import { isRightLetter } from "./laneOutcomes";
import type { PlannedAnswer } from "./plan";

export interface CandidateQuestion {
  /** A letter per problem for each lane. [lane] */
  readonly letters: readonly string[];
  readonly answers: readonly (PlannedAnswer | null)[]; // [lane]
  /** Lanes whose letters come from another draw than the run will have, so that they decide nothing. */
  readonly isDrawn: readonly boolean[]; // [lane]
  /** Tokens of prompt and reference trace. [problem] */
  readonly lengths: readonly number[];
}

/** Places of the problems, the best first: those right word for word, then those that give a wrong answer instead of none, then the shorter. */
export function candidatePlaces({ letters, answers, isDrawn, lengths }: CandidateQuestion): number[] {
  const isDecided = (lane: number): boolean => !isDrawn[lane] && answers[lane] !== null;
  const fits = (place: number): boolean =>
    answers.every((answer, lane) => !isDecided(lane) || isRightLetter(letters[lane][place]) === (answer === "right"));
  const clearCount = (place: number): number =>
    answers.filter((_, lane) => isDecided(lane) && "ew".includes(letters[lane][place])).length;
  return lengths
    .map((_, place) => place)
    .filter(fits)
    .sort((one, other) => clearCount(other) - clearCount(one) || lengths[one] - lengths[other] || one - other);
}
