// What outlives a visit, where the browser lets it: the arrangement of the panels.
import { parseArrangement } from "./state/arrangement";
import type { PageStore } from "./state/pageStore";

const ARRANGEMENT_KEY = "winnow.arrangement";

export function keepMemory(store: PageStore): void {
  const storage = storageOrNull();
  store.getState().arrange(parseArrangement(keptText(storage)));
  store.subscribe((state, before) => {
    // A link's arrangement is its sender's: it is looked at, not taken over.
    const isOfLink = state.wantedMoment !== before.wantedMoment;
    if (state.arrangement !== before.arrangement && !isOfLink) {
      keepText(storage, JSON.stringify(state.arrangement));
    }
  });
}

/** Null where storage is refused: the page works without. */
export function storageOrNull(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function keptText(storage: Storage | null): string | null {
  try {
    return storage?.getItem(ARRANGEMENT_KEY) ?? null;
  } catch {
    return null;
  }
}

function keepText(storage: Storage | null, text: string): void {
  try {
    storage?.setItem(ARRANGEMENT_KEY, text);
  } catch {
    // Full or refused: the page works without.
  }
}
