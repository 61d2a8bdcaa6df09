// The clock of the four beats: where the picture is and which way it runs. Pure; a hook winds it.
import type { Beat } from "./view";

export const BEAT_MS = 900;

export interface BeatClock {
  readonly beat: Beat;
  /** 0 … 1 within the beat. */
  readonly progress: number;
  /** "play" runs through to the last beat; the others stop at the end of the one they are in. */
  readonly motion: "rest" | "play" | "forward" | "back";
}

/** At rest at the end of a beat. */
export function clockAt(beat: Beat): BeatClock {
  return { beat, progress: 1, motion: "rest" };
}

export const clockAtStart: BeatClock = { beat: 0, progress: 0, motion: "play" };

/** The clock some milliseconds later. */
export function advanced(clock: BeatClock, elapsedMs: number): BeatClock {
  const { beat, progress, motion } = clock;
  if (motion === "rest") return clock;
  if (motion === "back") {
    const left = progress - elapsedMs / BEAT_MS;
    if (left > 0) return { ...clock, progress: left };
    return beat === 0 ? { beat: 0, progress: 0, motion: "rest" } : clockAt(beatAt(beat - 1));
  }
  const reached = progress + elapsedMs / BEAT_MS;
  if (reached < 1) return { ...clock, progress: reached };
  if (motion === "forward" || beat === 3) return clockAt(beat);
  return { beat: beatAt(beat + 1), progress: 0, motion };
}

/** The progress to draw; for those who asked for less motion, whole beats one after the other. */
export function shownProgress({ progress, motion }: BeatClock, isMotionWelcome: boolean): number {
  if (isMotionWelcome || motion === "rest") return progress;
  return motion === "back" ? 0 : 1;
}

export function playing(clock: BeatClock): BeatClock {
  return clock.beat === 3 && clock.progress === 1 ? clockAtStart : { ...clock, motion: "play" };
}

export function paused(clock: BeatClock): BeatClock {
  return { ...clock, motion: "rest" };
}

/** Plays to the end of this beat, or the next one where this one is over. */
export function next({ beat, progress }: BeatClock): BeatClock {
  if (progress < 1) return { beat, progress, motion: "forward" };
  return beat === 3 ? clockAt(3) : { beat: beatAt(beat + 1), progress: 0, motion: "forward" };
}

/** Plays this beat backwards, to the end of the one before. */
export function previous({ beat, progress }: BeatClock): BeatClock {
  return { beat, progress, motion: progress === 0 ? "rest" : "back" };
}

function beatAt(beat: number): Beat {
  const beats: readonly Beat[] = [0, 1, 2, 3];
  return beats[beat];
}
