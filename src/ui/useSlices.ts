// Long calculations in small pieces between frames, so that the page stays responsive while a figure fills in.
import { useEffect, useState } from "react";

export interface SlicedWork {
  isDone(): boolean;
  /** One piece, a few milliseconds at most. */
  advance(): void;
}

/** A slice leaves the page most of a frame. */
const SLICE_MS = 8;
const PAUSE_MS = 8;
/** How often the finished part is drawn meanwhile. */
const REDRAW_MS = 250;

interface SlicesOptions {
  /** Amount of input so far: finished work resumes when it grows. */
  readonly amount?: number;
  /** How long the work must stay wanted before it starts, so that steps passed during playback start none. */
  readonly afterMs?: number;
}

/** Advances the work while the component is mounted, and redraws as it progresses. */
export function useSlices(work: SlicedWork | null, { amount = 0, afterMs = PAUSE_MS }: SlicesOptions = {}): void {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (work === null || work.isDone()) return;
    let drawnMs = performance.now();
    let timer = setTimeout(slice, afterMs);
    function slice(): void {
      if (work === null) return;
      const startMs = performance.now();
      while (!work.isDone() && performance.now() - startMs < SLICE_MS) work.advance();
      if (work.isDone() || startMs - drawnMs > REDRAW_MS) {
        drawnMs = startMs;
        redraw((count) => count + 1);
      }
      if (!work.isDone()) timer = setTimeout(slice, PAUSE_MS);
    }
    return () => clearTimeout(timer);
  }, [work, amount, afterMs]);
}
