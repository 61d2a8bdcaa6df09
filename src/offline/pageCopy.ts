// Whether this visit keeps a copy of the page, and where: the edge to the browser.
import { keepOfflineCopy, type OfflineCopy } from "./offlineCopy";

/**
 * Null where there is none: while developing, under `npm start`, in a frame of another page, in a browser without service
 * workers, and where the visitor asks for little data.
 */
export function pageCopy(shown: Promise<unknown>): OfflineCopy | null {
  if (import.meta.env.MODE !== "production" || window.parent !== window) return null;
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  // Absent where the page does not come by https or from this machine.
  if (!("serviceWorker" in navigator) || connection?.saveData === true) return null;
  return keepOfflineCopy(navigator.serviceWorker, shown, () => window.location.reload());
}
