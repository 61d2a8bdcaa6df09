// The height at which an embedded page would need no scrolling, so that its host can provide it.
import { useEffect, type RefObject } from "react";

/** At most this often: a panel may change its height at every step. */
const REST_MS = 250;

/** Calls `onHeight` with the height in whole CSS pixels whenever the content changes its size. */
export function useContentHeight(page: RefObject<HTMLElement | null>, onHeight: (height: number) => void): void {
  useEffect(() => {
    const element = page.current;
    if (element === null) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const measureSoon = (): void => {
      timer ??= setTimeout(() => {
        timer = null;
        onHeight(contentHeight(element));
      }, REST_MS);
    };
    const sizes = new ResizeObserver(measureSoon);
    const watchPanels = (): void => {
      sizes.disconnect();
      sizes.observe(element);
      for (const panel of element.querySelectorAll(".panel, .embed-bar, .notices")) sizes.observe(panel);
      measureSoon();
    };
    const children = new MutationObserver((changes) => {
      if (changes.some(({ addedNodes, removedNodes }) => hasPanel(addedNodes) || hasPanel(removedNodes))) watchPanels();
    });
    children.observe(element, { childList: true, subtree: true });
    watchPanels();
    return () => {
      if (timer !== null) clearTimeout(timer);
      sizes.disconnect();
      children.disconnect();
    };
  }, [page, onHeight]);
}

function hasPanel(nodes: NodeList): boolean {
  return [...nodes].some(
    (node) =>
      node instanceof HTMLElement && (node.matches(".panel, .notices *") || node.querySelector(".panel") !== null),
  );
}

/** Lets the page take its natural height for one layout; restores scroll positions afterwards. */
function contentHeight(page: HTMLElement): number {
  const scrolled = [page, ...page.querySelectorAll<HTMLElement>(".panel-column, .text-scroller")].map(
    (element) => [element, element.scrollTop] as const,
  );
  page.classList.add("embed-measured");
  const height = Math.ceil(page.scrollHeight);
  page.classList.remove("embed-measured");
  for (const [element, top] of scrolled) if (element.scrollTop !== top) element.scrollTop = top;
  return height;
}
