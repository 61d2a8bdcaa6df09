// What the page needs of the browser: engine, models, frames, recorded runs, and what outlives a visit. The embedded
// page starts with it too, but stores nothing.
import { createEngineClient } from "./engine/client";
import type { PageSurroundings, PageStore } from "./state/pageStore";
import { loadRecordedRun, loadRecordedRuns } from "./state/recordings";
import { DECKS_KEY, keepDecks, keptDecks } from "./state/decks";
import { parseArrangement } from "./state/arrangement";
import { parseProgress, progressText, type Progress } from "./state/lessons";
import type { ModelReference } from "./engine/protocol";
import { shippedModels, shippedStreamModel, type ShippedModel } from "./settings/shippedModels";

export function pageSurroundings(): PageSurroundings {
  return {
    models: shippedModels.map(modelReference),
    streamModel: modelReference(shippedStreamModel),
    createEngine: (onEvent) => createEngineClient(onEvent),
    beforeNextFrame,
    recordings: { list: loadRecordedRuns, load: loadRecordedRun },
    isMotionWelcome: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

/** Relative to the page, so that it works from any folder of any host. */
function modelReference({ id, label }: ShippedModel): ModelReference {
  return { id, label, address: new URL(`models/${id}/`, document.baseURI).href };
}

/** Frames rest in a hidden tab; the run goes on, so the page catches up by timer. */
function beforeNextFrame(show: () => void): void {
  if (document.hidden) setTimeout(show, 250);
  else requestAnimationFrame(show);
}

const ARRANGEMENT_KEY = "winnow.arrangement";
const LESSONS_KEY = "winnow.lessons";

/** The arrangement of the panels, the decks and the progress of lessons outlive a visit, where the browser lets them. */
export function keepMemory(store: PageStore): void {
  const storage = storageOrNull();
  keepDecksOf(store, storage);
  store.getState().arrange(parseArrangement(keptText(storage, ARRANGEMENT_KEY)));
  keepProgressOf(store, storage);
  store.subscribe((state, before) => {
    // The arrangement in a link is the sender's: it is shown, not saved.
    const isOfLink = state.wantedMoment !== before.wantedMoment;
    if (state.arrangement !== before.arrangement && !isOfLink) {
      keepText(storage, ARRANGEMENT_KEY, JSON.stringify(state.arrangement));
    }
  });
}

/** Another page of this browser may add to it: what this one writes next holds that too. */
function keepProgressOf(store: PageStore, storage: Storage | null): void {
  let isTaking = false;
  const take = (): void => {
    isTaking = true;
    store.getState().addProgress(keptProgress(keptText(storage, LESSONS_KEY)));
    isTaking = false;
  };
  take();
  window.addEventListener("storage", ({ key }) => {
    if (key === LESSONS_KEY) take();
  });
  store.subscribe((state, before) => {
    if (state.progress !== before.progress && !isTaking) keepText(storage, LESSONS_KEY, progressText(state.progress));
  });
}

/** Other pages of this browser show the same decks. */
function keepDecksOf(store: PageStore, storage: Storage | null): void {
  store.getState().takeDecks(keptDecks(storage));
  window.addEventListener("storage", ({ key }) => {
    if (key === DECKS_KEY) store.getState().takeDecks(keptDecks(storage));
  });
  store.subscribe(({ decks, tell }, before) => {
    if (decks !== before.decks && !keepDecks(storage, decks)) tell("warning", NOT_KEPT);
  });
}

const NOT_KEPT = "This browser does not keep your deck: save it as a file before you leave.";

/** Null if storage is refused: the page works without it. */
export function storageOrNull(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** What cannot be read counts as none. */
function keptProgress(text: string | null): Progress {
  try {
    return text === null ? {} : parseProgress(text, LESSONS_KEY);
  } catch {
    return {};
  }
}

function keptText(storage: Storage | null, key: string): string | null {
  try {
    return storage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

function keepText(storage: Storage | null, key: string, text: string): void {
  try {
    storage?.setItem(key, text);
  } catch {
    // Full or refused: the page works without it.
  }
}
