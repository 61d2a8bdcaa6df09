// Whether the window fits a media query, and follows it.
import { useSyncExternalStore } from "react";

/** A phone: one panel at a time, and what is beside the panels elsewhere opens over them. */
export const PHONE = "(max-width: 560px)";

/** A projector or a laptop: the panels give up height so that the first ones are all in sight. */
export const LOW_WINDOW = "(max-height: 940px)";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", onChange);
      return () => list.removeEventListener("change", onChange);
    },
    () => window.matchMedia(query).matches,
    () => false,
  );
}
