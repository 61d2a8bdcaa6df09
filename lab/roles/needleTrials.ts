// The trials that roles are measured on: texts of every family, in each of them one needle of every task that it has, chosen
// so that the needles of a task lie at all depths of a text.

import { maxDifficulty } from "../../src/problems/dial";
import { drawProblem, problemFamilies } from "../../src/problems/families";
import type { Needle } from "../../src/problems/needles";
import { problemNeedles } from "../../src/problems/needles";
import { needleTaskIds } from "../../src/problems/needleTasks";
import type { Problem } from "../../src/problems/problem";

export interface NeedleText {
  readonly problem: Problem;
  /** At most one of each task. */
  readonly needles: readonly Needle[];
}

/** Depths that needles are wanted at, in turn: the middles of so many equal parts. */
const DEPTH_COUNT = 20;

/** Families in turn, from easy to full difficulty; same seed, same texts. */
export function drawNeedleTexts(textCount: number, seed: number): NeedleText[] {
  return Array.from({ length: textCount }, (_, at) => {
    const round = Math.floor(at / problemFamilies.length);
    const family = problemFamilies[at % problemFamilies.length];
    const problem = drawProblem(family, 1 + (round % maxDifficulty), seed + at);
    const depth = (((7 * round) % DEPTH_COUNT) + 0.5) / DEPTH_COUNT; // 7 is coprime to both cycles
    return { problem, needles: nearestNeedles(problemNeedles(problem), depth) };
  });
}

function nearestNeedles(needles: readonly Needle[], depth: number): Needle[] {
  return needleTaskIds.flatMap((task) => {
    const ofTask = needles.filter((needle) => needle.task === task);
    if (ofTask.length === 0) return [];
    return [ofTask.reduce((best, one) => (distanceTo(one, depth) < distanceTo(best, depth) ? one : best))];
  });
}

function distanceTo(needle: Needle, depth: number): number {
  return Math.abs(needleDepth(needle) - depth);
}

/** Of the needle's middle: 0 is the beginning of the text, 1 the place of the answer. */
export function needleDepth({ start, end, answerAt }: Needle): number {
  return (start + end) / 2 / answerAt;
}
