// The page's only clock: frames of the browser, told to the store while something moves by it.
import { useEffect } from "react";
import type { PageStore } from "./pageStore";

export function usePlayClock(store: PageStore, isTicking: boolean): void {
  useEffect(() => {
    if (!isTicking) return;
    let before: number | null = null;
    let frame = requestAnimationFrame(tick);
    function tick(now: number): void {
      // A tab that was in the background goes on where it was.
      if (before !== null) store.getState().advanceClock(Math.min(100, now - before));
      before = now;
      frame = requestAnimationFrame(tick);
    }
    return () => cancelAnimationFrame(frame);
  }, [store, isTicking]);
}
