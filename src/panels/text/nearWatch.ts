// Which parts of the text are in sight of its scroller, or about to be. One observer for all of them; a part that is
// only passed by while the clock runs is not told of.

export interface NearWatch {
  /** Tells whether the element is near, now and whenever that changes; returns how to end it. */
  readonly watch: (element: HTMLElement, onNear: (isNear: boolean) => void) => () => void;
}

/** Drawn ahead of the reader: more than a turn of the wheel. */
const AHEAD = "400px 0px";

/** An element that is near for less is not drawn: the clock has moved on. */
const SETTLE_MS = 80;

export function createNearWatch(scrollerSelector: string): NearWatch {
  const listeners = new Map<Element, (isNear: boolean) => void>();
  const latest = new Map<Element, boolean>();
  let observer: IntersectionObserver | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (): void => {
    for (const [element, isNear] of latest) listeners.get(element)?.(isNear);
    latest.clear();
  };
  const look = (entries: readonly IntersectionObserverEntry[]): void => {
    for (const { target, isIntersecting } of entries) latest.set(target, isIntersecting);
    clearTimeout(timer);
    timer = setTimeout(tell, SETTLE_MS);
  };
  return {
    watch(element, onNear) {
      observer ??= new IntersectionObserver(look, { root: element.closest(scrollerSelector), rootMargin: AHEAD });
      listeners.set(element, onNear);
      observer.observe(element);
      return () => {
        listeners.delete(element);
        latest.delete(element);
        observer?.unobserve(element);
        if (listeners.size > 0) return;
        observer?.disconnect();
        observer = null;
        clearTimeout(timer);
      };
    },
  };
}
