// Whether the view is too narrow for parts beside each other.
import { useSyncExternalStore } from "react";

const query = "(max-width: 700px)";

export function useNarrow(): boolean {
  return useSyncExternalStore(
    listen,
    () => window.matchMedia(query).matches,
    () => false,
  );
}

function listen(act: () => void): () => void {
  const media = window.matchMedia(query);
  media.addEventListener("change", act);
  return () => media.removeEventListener("change", act);
}
