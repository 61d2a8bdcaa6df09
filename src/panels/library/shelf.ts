// What the library dialog knows and can do: the saved runs, the room they take, what was last refused. A deleted run is
// off the list at once and out of the browser only when the time to take it back is over.
import { createStore, type StoreApi } from "zustand/vanilla";
import { errorMessage } from "../../lib/errors";
import type { LibraryRun } from "../../state/library/libraryRun";
import type { LibraryQuota, RunLibrary } from "../../state/library/runLibrary";
import type { Trace } from "../../trace/trace";

export interface ShelfState {
  /** Refused: the browser gives the page no storage; `failure` says why. */
  readonly status: "waiting" | "ready" | "refused";
  /** Newest first, without the one that is being deleted. */
  readonly runs: readonly LibraryRun[];
  readonly quota: LibraryQuota | null;
  /** Deleted, and can still be taken back. */
  readonly removed: LibraryRun | null;
  /** What was refused last, in plain words. */
  readonly failure: string | null;
}

export interface Shelf extends Pick<StoreApi<ShelfState>, "getState" | "getInitialState" | "subscribe"> {
  /** Reads the library anew: other tabs write to it too. */
  readonly refresh: () => Promise<void>;
  readonly rename: (id: string, name: string) => Promise<void>;
  readonly remove: (id: string) => void;
  readonly takeBack: () => void;
  /** Deletes what could still be taken back, as when the dialog closes. */
  readonly settle: () => Promise<void>;
  /** Null where it cannot be read; why stands in `failure`. */
  readonly tracesOf: (ids: readonly string[]) => Promise<readonly Trace[] | null>;
  readonly fileOf: (id: string) => Promise<Uint8Array | null>;
  /** Asks the browser not to clear the library by itself. */
  readonly persist: () => Promise<void>;
}

/** Long enough to read a name and change one's mind. */
export const TAKE_BACK_MS = 8000;

export interface ShelfSurroundings {
  readonly openLibrary: () => Promise<RunLibrary>;
  /** Returns how to call it off. */
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
  let callOff = (): void => undefined;

  /** Null where it failed; why is shown until something succeeds. */
  const attempt = async <Result>(deed: (library: RunLibrary) => Promise<Result>): Promise<Result | null> => {
    try {
      const result = await deed(await openLibrary());
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
    callOff();
    const { removed } = getState();
    if (removed === null) return;
    setState({ removed: null });
    const isGone = await attempt(async (library) => {
      await library.remove(removed.id);
      return true;
    });
    const { failure } = getState();
    await refresh();
    // The list is true again; why the run is still on it stays to be read.
    if (isGone === null) setState({ failure });
  };

  return {
    getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    refresh,
    settle,
    async rename(id, name) {
      // At once, for the eye; the library says how it really went.
      setState({ runs: getState().runs.map((run) => (run.id === id ? { ...run, name } : run)) });
      await attempt((library) => library.rename(id, name));
      const { failure } = getState();
      await refresh();
      if (failure !== null) setState({ failure });
    },
    remove(id) {
      const removed = getState().runs.find((run) => run.id === id);
      if (removed === undefined) return;
      // Only the last one can be taken back.
      void settle();
      setState({ removed, runs: getState().runs.filter((run) => run !== removed) });
      callOff = later(() => void settle(), TAKE_BACK_MS);
    },
    takeBack() {
      callOff();
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
