// The clock of Watch: a pace at which one can read, which slows into each event and stays there while its decision is
// told. Pure. A moment is a step and how far its time has passed; at an event that is the phase of the decision.
import type { DecisionBeats } from "../trace/decisionBeats";
import { beatStops, decisionBeats } from "../trace/decisionBeats";
import type { Trace } from "../trace/trace";

export interface WatchMoment {
  readonly step: number;
  /** 0 … 1; at rest 1. */
  readonly phase: number;
}

export interface WatchCourse {
  readonly direction: 1 | -1;
  readonly lastStep: number;
  /** Steps of the events, ascending. */
  readonly eventSteps: readonly number[];
  /** How the decisions are told; null to pass over them. */
  readonly beats: DecisionBeats | null;
}

const WORD_MS = 1000 / 12;
/** Until something has to go, there is less to see. */
const FIRST_WORD_MS = 1000 / 20;
/** Of a beat of usual length. */
const BEAT_MS = 430;
/** The first decisions are told slowly; whoever has seen them follows faster ones. */
const SLOW_DECISIONS = 2;
const FASTER = 0.65;
/** So many words before an event, the pace begins to slow. */
const SLOWING_WORDS = 6;

export function watchCourse(
  trace: Trace | null,
  { direction, lastStep, isSlow }: { direction: 1 | -1; lastStep: number; isSlow: boolean },
): WatchCourse {
  const eventSteps = trace?.events.map(({ step }) => step).filter((step) => step <= lastStep) ?? [];
  return {
    direction,
    lastStep,
    eventSteps,
    beats: isSlow && trace !== null ? decisionBeats(trace.header.formula) : null,
  };
}

/** Whether the clock tells a decision at a step. */
export function tellsDecision({ eventSteps, beats }: WatchCourse, step: number): boolean {
  return beats !== null && eventSteps.includes(step);
}

/** How long a step stays on show. */
export function stepMs({ eventSteps, beats }: WatchCourse, step: number): number {
  if (beats === null) return WORD_MS;
  const next = eventSteps.findIndex((each) => each >= step);
  if (next < 0) return WORD_MS;
  const distance = eventSteps[next] - step;
  if (distance === 0) return beats.length * BEAT_MS * (next < SLOW_DECISIONS ? 1 : FASTER);
  return (next === 0 ? FIRST_WORD_MS : WORD_MS) * (1 + Math.max(0, SLOWING_WORDS - distance) / 4);
}

/** The moment some milliseconds later, and whether the run has come to its end in that direction. */
export function advancedMoment(
  moment: WatchMoment,
  elapsedMs: number,
  course: WatchCourse,
): WatchMoment & { readonly hasArrived: boolean } {
  const { direction, lastStep } = course;
  let { step, phase } = moment;
  let leftMs = elapsedMs;
  for (;;) {
    const lengthMs = stepMs(course, step);
    const neededMs = (direction === 1 ? 1 - phase : phase) * lengthMs;
    if (leftMs < neededMs) return { step, phase: phase + (direction * leftMs) / lengthMs, hasArrived: false };
    leftMs -= neededMs;
    const next = step + direction;
    if (next > lastStep || next < 0) return { step, phase: 1, hasArrived: true };
    step = next;
    phase = direction === 1 ? 0 : 1;
  }
}

/** One word, or one beat of a decision, on or back. */
export function neighbouringMoment({ step, phase }: WatchMoment, by: 1 | -1, course: WatchCourse): WatchMoment {
  const stops = (at: number): readonly number[] =>
    course.beats !== null && tellsDecision(course, at) ? beatStops(course.beats) : [1];
  const stop =
    by === 1 ? stops(step).find((each) => each > phase + 1e-6) : stops(step).findLast((each) => each < phase - 1e-6);
  if (stop !== undefined) return { step, phase: stop };
  const next = step + by;
  if (next < 0 || next > course.lastStep) return { step, phase };
  return { step: next, phase: by === 1 ? stops(next)[0] : 1 };
}
