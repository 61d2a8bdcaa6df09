// The clock of the four beats: where the picture is and which way it runs. A hook winds it by animation frames and
// reports each new beat.
import { useEffect, useRef, useState } from "react";

/** The decision in four beats: score, decay and join, cut, compact. */
export type Beat = 0 | 1 | 2 | 3;

export const BEAT_MS = 900;

/** A policy that joins nothing leaves out the second. */
export const allBeats: readonly Beat[] = [0, 1, 2, 3];

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

/** The clock some milliseconds later. `beats`: those that the policy has. */
export function advanced(clock: BeatClock, elapsedMs: number, beats = allBeats): BeatClock {
  const { beat, progress, motion } = clock;
  if (motion === "rest") return clock;
  if (motion === "back") {
    const left = progress - elapsedMs / BEAT_MS;
    if (left > 0) return { ...clock, progress: left };
    const before = beats.findLast((other) => other < beat);
    return before === undefined ? { beat, progress: 0, motion: "rest" } : clockAt(before);
  }
  const reached = progress + elapsedMs / BEAT_MS;
  if (reached < 1) return { ...clock, progress: reached };
  const after = beatAfter(beat, beats);
  if (motion === "forward" || after === undefined) return clockAt(beat);
  return { beat: after, progress: 0, motion };
}

/** The progress to draw: for readers who asked for less motion, whole beats one after the other. */
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

/** Plays to the end of this beat, or of the next one if this one is over. */
export function next({ beat, progress }: BeatClock, beats = allBeats): BeatClock {
  if (progress < 1) return { beat, progress, motion: "forward" };
  const after = beatAfter(beat, beats);
  return after === undefined ? clockAt(beat) : { beat: after, progress: 0, motion: "forward" };
}

/** Plays this beat backwards, to the end of the one before. */
export function previous({ beat, progress }: BeatClock): BeatClock {
  return { beat, progress, motion: progress === 0 ? "rest" : "back" };
}

function beatAfter(beat: Beat, beats: readonly Beat[]): Beat | undefined {
  return beats.find((other) => other > beat);
}

export interface BeatControls {
  /** Null while the whole picture is shown. */
  readonly clock: BeatClock | null;
  readonly isMotionWelcome: boolean;
  /** Sets the clock; null returns to the whole picture. */
  readonly wind: (clock: BeatClock | null) => void;
  readonly start: () => void;
}

export function useBeatClock(
  beat: Beat | null,
  beats: readonly Beat[],
  onBeat: (beat: Beat | null) => void,
): BeatControls {
  const [kept, setKept] = useState<BeatClock>(clockAt(0));
  // A beat that came with the view is shown at its end.
  const clock = beat === null ? null : kept.beat === beat ? kept : clockAt(beat);
  const wind = (next: BeatClock | null): void => {
    if (next !== null) setKept(next);
    const nextBeat = next?.beat ?? null;
    if (nextBeat !== beat) onBeat(nextBeat);
  };
  const lastTick = useRef<number | null>(null);
  useEffect(() => {
    if (clock === null || clock.motion === "rest") {
      lastTick.current = null;
      return;
    }
    const frame = requestAnimationFrame((now) => {
      const elapsedMs = lastTick.current === null ? 0 : now - lastTick.current;
      lastTick.current = now;
      // A copy: setting the same object would not bring the next frame.
      wind({ ...advanced(clock, elapsedMs, beats) });
    });
    return () => cancelAnimationFrame(frame);
  });
  const [isMotionWelcome] = useState(
    () => typeof window === "undefined" || !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  );
  return { clock, isMotionWelcome, wind, start: () => wind(clockAtStart) };
}
