// The browser's full screen while the show lasts. A browser may refuse it, or have none; leaving it ends the show.
import { useCallback, useEffect, useRef, useState } from "react";

interface FullScreen {
  readonly isRefused: boolean;
  /** Asks again: browsers grant it only after a key or a click. */
  readonly ask: () => void;
}

export function useFullScreen(isWanted: boolean, onLeft: () => void): FullScreen {
  const [isRefused, setRefused] = useState(false);
  const wasIn = useRef(false);
  const ask = useCallback(() => void isGranted().then((isSo) => setRefused(!isSo)), []);
  // A page that was slow to load asks too late after the click: the next key or click counts too.
  useEffect(() => {
    if (!isWanted || !isRefused) return;
    const again = new AbortController();
    const askAgain = (): void => {
      again.abort();
      ask();
    };
    for (const type of ["keyup", "pointerup"]) window.addEventListener(type, askAgain, { signal: again.signal });
    return () => again.abort();
  }, [isWanted, isRefused, ask]);
  useEffect(() => {
    if (!isWanted) return;
    ask();
    const follow = (): void => {
      if (document.fullscreenElement !== null) wasIn.current = true;
      else if (wasIn.current) {
        wasIn.current = false;
        onLeft();
      }
    };
    document.addEventListener("fullscreenchange", follow);
    return () => {
      document.removeEventListener("fullscreenchange", follow);
      wasIn.current = false;
      if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
    };
  }, [isWanted, ask, onLeft]);
  return { isRefused: isWanted && isRefused, ask };
}

async function isGranted(): Promise<boolean> {
  try {
    // Phones have none: the call fails like a refusal.
    await document.documentElement.requestFullscreen();
    return true;
  } catch {
    return false;
  }
}
