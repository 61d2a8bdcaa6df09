// Starts the page: the store with the real engine, the recipe in the address, the recorded run.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { createEngineClient } from "./engine/client";
import { parseArrangement } from "./state/arrangement";
import { createPageStore } from "./state/pageStore";
import { embeddedModels } from "./state/embeddedModels";
import { loadRecordedRun, loadRecordedRuns } from "./state/recordedRun";
import "./styles/base.css";
import "./styles/page.css";
import "./styles/panels.css";
import "./styles/text.css";
import "./styles/figure.css";
import "./styles/score.css";
import "./styles/why.css";
import "./styles/stage.css";
import "./styles/timeline.css";
import "./styles/palette.css";
import "./styles/results.css";
import "./styles/zoom.css";
import "./styles/overlap.css";
import "./styles/lifelines.css";
import "./styles/meters.css";
import "./styles/lanes.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");

const store = createPageStore({
  models: embeddedModels,
  createEngine: (onEvent) => createEngineClient(onEvent),
  beforeNextFrame,
  recordings: { list: loadRecordedRuns, load: loadRecordedRun },
  isMotionWelcome: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
});
store.getState().openLink(window.location.hash);
void store.getState().openRecordedRuns();
keepArrangement();

createRoot(root).render(
  <StrictMode>
    <App store={store} />
  </StrictMode>,
);

/** Frames rest in a hidden tab; the run goes on, so the page catches up by timer. */
function beforeNextFrame(show: () => void): void {
  if (document.hidden) setTimeout(show, 250);
  else requestAnimationFrame(show);
}

/** The arrangement of the panels outlives the visit, where the browser lets it. */
function keepArrangement(): void {
  const key = "winnow.arrangement";
  store.getState().arrange(parseArrangement(withStorage((storage) => storage.getItem(key))));
  store.subscribe(({ arrangement }, before) => {
    if (arrangement !== before.arrangement) {
      withStorage((storage) => storage.setItem(key, JSON.stringify(arrangement)));
    }
  });
}

/** Null where storage is refused or full: the page works without. */
function withStorage<Result>(act: (storage: Storage) => Result): Result | null {
  try {
    return act(localStorage);
  } catch {
    return null;
  }
}
