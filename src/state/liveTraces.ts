// The traces of a live run while they grow, one per lane, and the page brought up to them frame by frame.
import type { Problem } from "../problems/problem";
import type { Trace, TraceHeader } from "../trace/trace";
import { createTraceBuilder, type TraceBuilder } from "../trace/traceBuilder";
import { boundTraces } from "../trace/traceMemory";
import type { ClockState } from "./clock";
import { laneOnStage, laneRunOf, onClock, type ShownRunsState } from "./shownRuns";
import { decidedFocus, nothingSelected, type ViewState } from "./view";

export interface LiveTraces {
  /** Replaces the run before. */
  readonly start: (laneCount: number, problem: Problem | null) => void;
  /** A lane has begun; lanes begin in order. */
  readonly begin: (lane: number, header: TraceHeader) => void;
  /** Appends to the trace of a lane; undefined before the lane has begun. */
  readonly lane: (lane: number) => TraceBuilder | undefined;
  /** Keeps all traces together within their budget of memory; false where that takes the end of the run. */
  readonly bound: () => boolean;
  /** The traces of all lanes once each of them has a step; null before. [lane] */
  readonly shown: () => readonly Trace[] | null;
  readonly haveAllEnded: () => boolean;
  /** False before the first run, and after `leave`. */
  readonly isPresent: () => boolean;
  /** Brings the page up to the traces as they have grown. */
  readonly show: () => void;
  /** The same before the next frame: steps may come faster than the screen draws. */
  readonly showSoon: () => void;
  /** Something else is shown instead. */
  readonly leave: () => void;
}

interface LiveTracesSurroundings {
  readonly set: (change: Partial<ShownRunsState & ClockState & ViewState>) => void;
  readonly get: () => ShownRunsState & ClockState & Pick<ViewState, "focusLayer">;
  readonly beforeNextFrame: (show: () => void) => void;
}

export function createLiveTraces({ set, get, beforeNextFrame }: LiveTracesSurroundings): LiveTraces {
  let builders: TraceBuilder[] = []; // [lane]
  let laneCount = 0; // 0: no run is present
  let problem: Problem | null = null;
  let isFrameDue = false;

  const haveBegun = (): boolean => laneCount > 0 && builders.length === laneCount;
  const shown = (): readonly Trace[] | null =>
    haveBegun() && builders.every(({ trace }) => trace.steps.length > 0) ? builders.map(({ trace }) => trace) : null;

  const show = (): void => {
    isFrameDue = false;
    const traces = shown();
    if (traces === null) return;
    const isFirst = !traces.some((trace) => trace === laneOnStage(get())?.trace);
    const isFollowing = isFirst || get().isFollowing;
    const clock = onClock(traces.map(laneRunOf));
    set({
      ...clock,
      origin: "live",
      isFollowing,
      ...(isFirst && {
        stageLane: Math.min(get().stageLane, traces.length - 1),
        problem,
        isPlaying: false,
        isWatchingStream: false,
        ...nothingSelected,
        ...decidedFocus(traces[0].header.model, get()),
      }),
      ...(isFollowing && { shownStep: clock.stepCount - 1 }),
    });
  };

  return {
    start(count, asked) {
      builders = [];
      laneCount = count;
      problem = asked;
    },
    begin(lane, header) {
      builders[lane] = createTraceBuilder(header);
    },
    lane: (lane) => builders.at(lane),
    bound: () => boundTraces(builders),
    shown,
    haveAllEnded: () => haveBegun() && builders.every(({ trace }) => trace.end !== null),
    isPresent: () => laneCount > 0,
    show,
    showSoon() {
      if (isFrameDue) return;
      isFrameDue = true;
      beforeNextFrame(show);
    },
    leave() {
      builders = [];
      laneCount = 0;
    },
  };
}
