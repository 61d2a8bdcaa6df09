import type { PageState, PageStore } from "./pageStore";

/** Resolves as soon as the page is so. */
export function whenPage(store: PageStore, isSo: (page: PageState) => boolean): Promise<void> {
  if (isSo(store.getState())) return Promise.resolve();
  return new Promise((resolve) => {
    const end = store.subscribe((page) => {
      if (!isSo(page)) return;
      end();
      resolve();
    });
  });
}
