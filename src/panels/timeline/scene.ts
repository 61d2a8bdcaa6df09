// What the timeline shows, and the room that it has.
import type { StepRange } from "../../state/timeAxis";
import type { Trace } from "../../trace/trace";

/** A step worth a look, e.g. the first mistake. */
export interface StepMark {
  readonly step: number;
  /** A few words. */
  readonly label: string;
  readonly tone: "good" | "bad" | "neutral";
}

/** How far each step's distribution lies from the one under the full cache. */
export interface TimelineComparison {
  /** KL(full ‖ run) in nats, ≥ 0; NaN where it is not known. [step] */
  readonly kl: ArrayLike<number>;
}

/** What the user chose. */
export interface TimelineView {
  /** Steps on the axis; null for all. */
  readonly visible: StepRange | null;
  /** Steps that playing repeats. */
  readonly loop: StepRange | null;
}

export interface TimelineScene extends TimelineView {
  readonly trace: Trace;
  /** Steps that the page has shown so far; a live trace may have more. */
  readonly stepCount: number;
  /** Steps that the axis has: those there are, or those expected of a run that still grows. */
  readonly axisStepCount: number;
  readonly marks: readonly StepMark[];
  readonly comparison: TimelineComparison | null;
}

export interface TimelineSize {
  readonly width: number;
  readonly height: number;
}
