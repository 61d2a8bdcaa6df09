// From any view to the table of results, and it stays in view while the page above it grows. Apart from the table itself, whose
// code loads with Explore.
import type { PageStore } from "../../state/pageStore";

/** The element to scroll to. */
export const RESULTS_ID = "results";

/** They stand below the panels of Explore, whose code may still have to load. */
export function goToResults(store: PageStore): void {
  store.getState().go("explore");
  const goThere = (framesLeft: number): void => {
    const results = document.getElementById(RESULTS_ID);
    if (results === null) {
      if (framesLeft > 0) requestAnimationFrame(() => goThere(framesLeft - 1));
      return;
    }
    keepInView(results);
    results.focus({ preventScroll: true });
  };
  goThere(600);
}

/** Until then, what stands above a goal may still be drawn for the first time, and grow. */
const SETTLED_MS = 3000;

/** Scrolls to an element, and again whenever the page grows above it, until the reader acts. */
function keepInView(goal: HTMLElement): void {
  const growth = new ResizeObserver(() => goal.scrollIntoView());
  if (goal.parentElement !== null) growth.observe(goal.parentElement);
  const over = new AbortController();
  const end = (): void => {
    growth.disconnect();
    over.abort();
  };
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    window.addEventListener(act, end, { signal: over.signal, capture: true, passive: true });
  }
  setTimeout(end, SETTLED_MS);
}
