// From any view to the table of results. Apart from the table itself, whose code loads with Explore.
import type { PageStore } from "../../state/pageStore";
import { bringIntoView } from "../../ui/bringIntoView";

/** The element to scroll to. */
export const RESULTS_ID = "results";

/** They stand below the panels of Explore, whose code may still have to load. */
export function goToResults(store: PageStore): void {
  store.getState().go("explore");
  bringIntoView(`#${RESULTS_ID}`, (results) => results.focus({ preventScroll: true }));
}
