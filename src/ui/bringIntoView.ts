// Scrolls to something that may not stand on the page yet, and keeps it in view while the page above it grows.

/** Code may have to load first: ten seconds of frames. */
const MOST_FRAMES = 600;
/** Until then, what stands above a goal may still be drawn for the first time, and grow. */
const SETTLED_MS = 3000;

/** `onThere` gets the element once it stands there. */
export function bringIntoView(selector: string, onThere?: (element: HTMLElement) => void): void {
  const goThere = (framesLeft: number): void => {
    const element = document.querySelector<HTMLElement>(selector);
    if (element === null) {
      if (framesLeft > 0) requestAnimationFrame(() => goThere(framesLeft - 1));
      return;
    }
    keepInView(element);
    onThere?.(element);
  };
  goThere(MOST_FRAMES);
}

/** Scrolls to an element, and again whenever the page grows above it, until the reader acts. */
function keepInView(goal: HTMLElement): void {
  goal.scrollIntoView();
  const growth = new ResizeObserver(() => goal.scrollIntoView());
  growth.observe(document.body);
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
