// Runs work when the browser has nothing else to do.

/** For browsers that do not report idleness. */
const FALLBACK_MS = 2000;

/** Returns a function that cancels it. */
export function whenIdle(act: () => void): () => void {
  // Safari lacks it.
  if ("requestIdleCallback" in window) {
    const handle = requestIdleCallback(act);
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(act, FALLBACK_MS);
  return () => clearTimeout(timer);
}
