// The one library of this page: opened when it is first wanted, and again after it was refused.
import { browserStorage } from "../../state/library/browserStorage";
import { openRunLibrary, type RunLibrary } from "../../state/library/runLibrary";

let opening: Promise<RunLibrary> | null = null;

/** Rejects with an InputError where the browser refuses this page its storage. */
export function pageLibrary(): Promise<RunLibrary> {
  opening ??= openRunLibrary(browserStorage()).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}
