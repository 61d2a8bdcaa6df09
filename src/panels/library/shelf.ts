// State and actions of the library dialog: the saved runs, the room they take, the last failure. A deleted run leaves the
// list at once, but the browser only when it can no longer be restored.
import { createStore, type StoreApi } from "zustand/vanilla";
import { errorMessage } from "../../lib/errors";
import type { LibraryRun } from "../../state/library/libraryRun";
import type { LibraryQuota, RunLibrary } from "../../state/library/runLibrary";
import type { SavedTrace } from "../../trace/file/savedRun";

export interface ShelfState {
  /** `refused`: the browser gives the page no storage; `failure` says why. */
  readonly status: "waiting" | "ready" | "refused";
  /** Newest first, without the one that is being deleted. */
  readonly runs: readonly LibraryRun[];
  readonly quota: LibraryQuota | null;
  /** Deleted, and can still be restored. */
  readonly removed: LibraryRun | null;
  /** The last failure, in plain words. */
  readonly failure: string | null;
}

export interface Shelf extends Pick<StoreApi<ShelfState>, "getState" | "getInitialState" | "subscribe"> {
  /** Reads the library again: other tabs write to it too. */
  readonly refresh: () => Promise<void>;
  readonly rename: (id: string, name: string) => Promise<void>;
  readonly remove: (id: string) => void;
  readonly takeBack: () => void;
  /** Deletes for good what could still be restored, as when the dialog closes. */
  readonly settle: () => Promise<void>;
  /** Null if they cannot be read; `failure` says why. */
  readonly tracesOf: (ids: readonly string[]) => Promise<readonly SavedTrace[] | null>;
  readonly fileOf: (id: string) => Promise<Uint8Array | null>;
  /** Asks the browser not to clear the library by itself. */
  readonly persist: () => Promise<void>;
}

/** Long enough to read the name and reconsider. */
const TAKE_BACK_MS = 8000;

export interface ShelfSurroundings {
  readonly openLibrary: () => Promise<RunLibrary>;
  /** Returns a function that cancels it. */
  readonly later: (act: () => void, delayMs: number) => () => void;
}

export function createShelf({ openLibrary, later }: ShelfSurroundings): Shelf {
  const store = createStore<ShelfState>()(() => ({
    status: "waiting",
    runs: [],
    quota: null,
    removed: null,
    failure: null,
  }));
  const { getState, setState } = store;
  let cancelRemoval = (): void => undefined;

  /** Null if it failed; the reason stays on show until something succeeds. */
  const attempt = async <Result>(action: (library: RunLibrary) => Promise<Result>): Promise<Result | null> => {
    try {
      const result = await action(await openLibrary());
      setState({ failure: null });
      return result;
    } catch (error) {
      setState({ failure: errorMessage(error) });
      return null;
    }
  };

  const refresh = async (): Promise<void> => {
    const found = await attempt(async (library) => ({ runs: await library.list(), quota: await library.quota() }));
    if (found === null) {
      if (getState().status === "waiting") setState({ status: "refused" });
      return;
    }
    const { removed } = getState();
    setState({ status: "ready", quota: found.quota, runs: found.runs.filter(({ id }) => id !== removed?.id) });
  };

  const settle = async (): Promise<void> => {
    cancelRemoval();
    const { removed } = getState();
    if (removed === null) return;
    setState({ removed: null });
    const isGone = await attempt(async (library) => {
      await library.remove(removed.id);
      return true;
    });
    const { failure } = getState();
    await refresh();
    // The list is up to date again; keep saying why the run is still on it.
    if (isGone === null) setState({ failure });
  };

  return {
    getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    refresh,
    settle,
    async rename(id, name) {
      // Shown at once; the library then says how it really went.
      setState({ runs: getState().runs.map((run) => (run.id === id ? { ...run, name } : run)) });
      await attempt((library) => library.rename(id, name));
      const { failure } = getState();
      await refresh();
      if (failure !== null) setState({ failure });
    },
    remove(id) {
      const removed = getState().runs.find((run) => run.id === id);
      if (removed === undefined) return;
      // Only the last deletion can be undone.
      void settle();
      setState({ removed, runs: getState().runs.filter((run) => run !== removed) });
      cancelRemoval = later(() => void settle(), TAKE_BACK_MS);
    },
    takeBack() {
      cancelRemoval();
      setState({ removed: null });
      void refresh();
    },
    tracesOf: (ids) => attempt((library) => Promise.all(ids.map((id) => library.open(id)))),
    fileOf: (id) => attempt((library) => library.readFile(id)),
    async persist() {
      const isPromised = await attempt((library) => library.persist());
      if (isPromised !== false) await refresh();
      else setState({ failure: "The browser does not promise it. Download the runs that must not be lost." });
    },
  };
}
