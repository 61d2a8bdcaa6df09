// The page's only library: opened on first use, and again after a refusal.
import { browserStorage } from "../../state/library/browserStorage";
import { openRunLibrary, type RunLibrary } from "../../state/library/runLibrary";

let opening: Promise<RunLibrary> | null = null;

/** Rejects with an InputError if the browser refuses storage to this page. */
export function pageLibrary(): Promise<RunLibrary> {
  opening ??= openRunLibrary(browserStorage()).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}
