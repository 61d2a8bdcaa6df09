// Long calculations in small pieces between frames, so that the page stays quick while a figure fills in.
import { useEffect, useState } from "react";

export interface SlicedWork {
  isDone(): boolean;
  /** One piece, a few milliseconds at most. */
  advance(): void;
}

/** A slice leaves most of a frame to the page. */
const SLICE_MS = 8;
const PAUSE_MS = 8;
/** What is ready is drawn this often while the rest goes on. */
const REDRAW_MS = 250;

interface SlicesOptions {
  /** Pieces of input that there are by now: work that is done goes on with more of them. */
  readonly amount?: number;
  /** How long the same work has to be wanted before it is begun: what the clock runs past is not. */
  readonly afterMs?: number;
}

/** Carries the work on while it is on the page; redraws as it gets further. */
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
