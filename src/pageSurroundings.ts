// What the store needs of the browser: engine, frames, recorded runs. The page and the embedded page begin with it.
import { createEngineClient } from "./engine/client";
import { embeddedModels } from "./state/embeddedModels";
import type { PageSurroundings } from "./state/pageStore";
import { loadRecordedRun, loadRecordedRuns } from "./state/recordings";

export function pageSurroundings(): PageSurroundings {
  return {
    models: embeddedModels,
    createEngine: (onEvent) => createEngineClient(onEvent),
    beforeNextFrame,
    recordings: { list: loadRecordedRuns, load: loadRecordedRun },
    isMotionWelcome: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

/** Frames rest in a hidden tab; the run goes on, so the page catches up by timer. */
function beforeNextFrame(show: () => void): void {
  if (document.hidden) setTimeout(show, 250);
  else requestAnimationFrame(show);
}
