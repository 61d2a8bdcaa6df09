// When work that nobody asked for may go on: the page has settled, is in sight, and nobody touches it; and whether the
// visitor asks pages to load as little as they can.
import { useEffect, useState, useSyncExternalStore } from "react";
import { whenIdle } from "../../ui/latePart";

/** After a touch the background waits this long. */
const QUIET_MS = 1200;

const touches = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

/** `onTouch` is called at once, while the touch is handled; the state follows. False until the page has settled for the first time. */
export function useQuietPage(onTouch: () => void): boolean {
  const [isQuiet, setQuiet] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let cancelIdle = (): void => undefined;
    const settle = (): void => {
      cancelIdle();
      clearTimeout(timer);
      timer = setTimeout(() => {
        cancelIdle = whenIdle(() => setQuiet(!document.hidden));
      }, QUIET_MS);
    };
    const touch = (): void => {
      onTouch();
      setQuiet(false);
      settle();
    };
    for (const type of touches) window.addEventListener(type, touch, { capture: true, passive: true });
    document.addEventListener("visibilitychange", touch);
    settle();
    return () => {
      clearTimeout(timer);
      cancelIdle();
      for (const type of touches) window.removeEventListener(type, touch, { capture: true });
      document.removeEventListener("visibilitychange", touch);
      onTouch();
    };
  }, [onTouch]);
  return isQuiet;
}

/** Then nothing is fetched or computed that was not asked for. */
export function useDataSaved(): boolean {
  return useSyncExternalStore(unchanging, isDataSaved, () => false);
}

/** The visitor changes it in the browser's settings, and reloads. */
function unchanging(): () => void {
  return () => undefined;
}

function isDataSaved(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true || window.matchMedia("(prefers-reduced-data: reduce)").matches;
}
