// Where playing goes from a step: on or back, to the end of the run or round and round in a range. Pure.
import { contains, stepsIn, type StepRange } from "./timeAxis";

export type PlayDirection = -1 | 1;

export interface PlayCourse {
  readonly direction: PlayDirection;
  /** The steps that playing repeats; null plays to the end. */
  readonly loop: StepRange | null;
  readonly lastStep: number;
}

/** The step from which playing begins: outside its range, or where the run ends, it starts anew. */
export function firstPlayedStep(step: number, { direction, loop, lastStep }: PlayCourse): number {
  const { from, to } = loop ?? { from: 0, to: lastStep };
  const isOver = loop === null && (direction === 1 ? step >= lastStep : step <= 0);
  if (!isOver && contains({ from, to }, step)) return step;
  return direction === 1 ? from : to;
}

/** The step after that many more, and whether the run has come to its end in that direction. */
export function playedStep(step: number, bySteps: number, course: PlayCourse): { step: number; hasArrived: boolean } {
  const { direction, loop, lastStep } = course;
  if (loop !== null) {
    if (!contains(loop, step)) return { step: firstPlayedStep(step, course), hasArrived: false };
    const count = stepsIn(loop);
    const place = (step - loop.from + direction * bySteps) % count;
    return { step: loop.from + ((place + count) % count), hasArrived: false };
  }
  const wanted = step + direction * bySteps;
  return {
    step: Math.min(lastStep, Math.max(0, wanted)),
    hasArrived: direction === 1 ? wanted >= lastStep : wanted <= 0,
  };
}
