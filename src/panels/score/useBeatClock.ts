// Winds the clock of the four beats by animation frames, and tells the page which beat is on.
import { useEffect, useRef, useState } from "react";
import { advanced, clockAt, clockAtStart, type BeatClock } from "./beatClock";
import type { Beat, ScoreView } from "./view";

export interface BeatControls {
  /** Null while the whole picture is shown. */
  readonly clock: BeatClock | null;
  readonly isMotionWelcome: boolean;
  /** Sets the clock; null returns to the whole picture. */
  readonly wind: (clock: BeatClock | null) => void;
  readonly start: () => void;
}

export function useBeatClock(view: ScoreView, onView: (view: ScoreView) => void): BeatControls {
  const [kept, setKept] = useState<BeatClock>(clockAt(0));
  const clock = view.beat === null ? null : clockOf(view.beat, kept);
  const wind = (next: BeatClock | null): void => {
    if (next !== null) setKept(next);
    const beat = next?.beat ?? null;
    if (beat !== view.beat) onView({ ...view, beat });
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
      // A copy, for the same object would not bring the next frame.
      wind({ ...advanced(clock, elapsedMs) });
    });
    return () => cancelAnimationFrame(frame);
  });
  const [isMotionWelcome] = useState(
    () => typeof window === "undefined" || !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  );
  return { clock, isMotionWelcome, wind, start: () => wind(clockAtStart) };
}

/** A beat that came with the view stands at its end. */
function clockOf(beat: Beat, kept: BeatClock): BeatClock {
  return kept.beat === beat ? kept : clockAt(beat);
}
