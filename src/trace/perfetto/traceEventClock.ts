// When things happened in a run, in microseconds since its start: measured times one after the other, or even steps.
//
//   measured   | compute | read-back | event |        even   | 1 ms per step, whatever it took |
//              start     computed    readBack end           start                             end

import type { Trace } from "../trace";

export type TraceEventClock = "measured" | "steps";

/** Microseconds per step where steps are even. */
const EVEN_STEP_US = 1000;
const LEAST_MS = 0.001;
/** A day: beyond it a step has not been measured, and sums would lose their microseconds. */
const LARGEST_MS = 86_400_000;

export interface StepTimes {
  readonly startUs: number;
  readonly computedUs: number;
  readonly readBackUs: number;
  /** The event, where one fell on the step, ends with the step. */
  readonly endUs: number;
}

/** [step]. All times are whole microseconds, so that slices that touch do touch. */
export function stepTimes(trace: Trace, stepCount: number, clock: TraceEventClock): StepTimes[] {
  let nowMs = 0;
  const pass = (elapsedMs: number): number => {
    nowMs += usable(elapsedMs);
    return Math.round(nowMs * 1000);
  };
  return trace.steps.slice(0, stepCount).map(({ timings, step }) => {
    if (clock === "steps") {
      const endUs = (step + 1) * EVEN_STEP_US;
      return { startUs: step * EVEN_STEP_US, computedUs: endUs, readBackUs: endUs, endUs };
    }
    const startUs = pass(0);
    return {
      startUs,
      computedUs: pass(timings.computeMs),
      readBackUs: pass(timings.readBackMs),
      endUs: pass(timings.eventMs),
    };
  });
}

/** Whether every step took a time that shows: else slices of a measured clock would have no width. */
export function isTimed(trace: Trace, stepCount: number): boolean {
  return trace.steps.slice(0, stepCount).every(({ timings }) => usable(timings.computeMs) >= LEAST_MS);
}

/** A time in a file that is no time counts as none. */
function usable(elapsedMs: number): number {
  return Number.isFinite(elapsedMs) && elapsedMs > 0 ? Math.min(elapsedMs, LARGEST_MS) : 0;
}
