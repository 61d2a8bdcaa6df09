// Starts the page: the store with the real engine, the recipe in the address, the recorded run.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { parseEmbedQuery } from "./embed/embedQuery";
import { pageSurroundings } from "./pageSurroundings";
import { parseArrangement } from "./state/arrangement";
import { createPageStore, type PageStore } from "./state/pageStore";
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

const embedQuery = parseEmbedQuery(window.location.search);
if (embedQuery === null) startPage(root);
else {
  import("./startEmbed").then(
    ({ startEmbed }) => startEmbed(root, embedQuery),
    () => root.append("Winnow could not be loaded. Check the connection and reload the page."),
  );
}

function startPage(root: HTMLElement): void {
  const store = createPageStore(pageSurroundings());
  store.getState().openLink(window.location.hash);
  void store.getState().openRecordedRuns();
  keepArrangement(store);

  createRoot(root).render(
    <StrictMode>
      <App store={store} />
    </StrictMode>,
  );
}

/** The arrangement of the panels outlives the visit, where the browser lets it. */
function keepArrangement(store: PageStore): void {
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
