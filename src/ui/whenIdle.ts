// Work that can wait until the browser has nothing else to do.

/** Where a browser does not tell, this long after. */
const FALLBACK_MS = 2000;

/** Returns how to call it off. */
export function whenIdle(act: () => void): () => void {
  // Safari has no such callback.
  if ("requestIdleCallback" in window) {
    const handle = requestIdleCallback(act);
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(act, FALLBACK_MS);
  return () => clearTimeout(timer);
}
