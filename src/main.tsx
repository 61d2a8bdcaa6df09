// Starts the page: the store with the real engine, the recipe in the address, the recorded run.
// First: a panel's own sheet, which comes with its code, may overrule them.
import "./styles/base.css";
import "./styles/page.css";
import "./styles/panels.css";
import "./styles/stage.css";
import "./styles/dialogs.css";
import "./styles/results.css";
import "./styles/share.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { keepMemory, pageSurroundings } from "./pageSurroundings";
import { pageCopy } from "./offline/offlineCopy";
import { OfflinePage } from "./OfflinePage";
import { createPageStore } from "./state/pageStore";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");

const { search } = window.location;
if (!new URLSearchParams(search).has("embed")) startPage(root);
else {
  // What a frame needs to read its query is no code of the page's.
  Promise.all([import("./state/embedQuery"), import("./startEmbed"), loadPanels()]).then(
    ([{ parseEmbedQuery }, { startEmbed }]) => {
      const query = parseEmbedQuery(search);
      if (query === null) startPage(root);
      else startEmbed(root, query);
    },
    () => root.append("Winnow could not be loaded. Check the connection and reload the page."),
  );
}

/** The code of the first panels, and of what all panels are. */
async function loadPanels(): Promise<void> {
  const { preloadPanels } = await import("./panels/registry");
  await preloadPanels();
}

function startPage(root: HTMLElement): void {
  const store = createPageStore(pageSurroundings());
  keepMemory(store);
  void store.getState().openLink(window.location.hash, true);
  const copy = pageCopy(store.getState().openRecordedRuns());

  createRoot(root).render(
    <StrictMode>
      <OfflinePage store={store} copy={copy}>
        <App store={store} />
      </OfflinePage>
    </StrictMode>,
  );
}
