// The library dialog's state against browsers that keep and refuse.
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { driveBrowser, type DrivenBrowser } from "../../state/library/driveLibrary.testing";
import { openRunLibrary, type RunLibrary } from "../../state/library/runLibrary";
import { drawTrace } from "../../trace/drawTrace.testing";
import { createShelf, type Shelf } from "./shelf";

const trace = drawTrace({ prompt: "The cat sat" }, "on\nthe   evicts The | cat\nmat");

let browser: DrivenBrowser;
let library: RunLibrary;
let shelf: Shelf;
/** The scheduled callback; null once cancelled. */
let due: (() => void) | null;

beforeEach(async () => {
  browser = driveBrowser();
  library = await openRunLibrary(browser.storage);
  due = null;
  shelf = createShelf({
    openLibrary: () => Promise.resolve(library),
    later(act) {
      due = act;
      return () => (due = null);
    },
  });
});

async function saved(...names: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names) {
    browser.nowMs += 1000;
    ids.push((await library.save({ trace, name })).id);
  }
  await shelf.refresh();
  return ids;
}

function shown(): readonly string[] {
  return shelf.getState().runs.map(({ name }) => name);
}

async function kept(): Promise<readonly string[]> {
  return (await library.list()).map(({ name }) => name);
}

describe("deleting", () => {
  it("removes the run from the list at once, and from the browser once it can no longer be restored", async () => {
    const [one] = await saved("one", "two");
    shelf.remove(one);
    expect(shown()).toEqual(["two"]);
    expect(shelf.getState().removed?.name).toBe("one");
    expect(await kept()).toEqual(["two", "one"]);
    due?.();
    await expect.poll(kept).toEqual(["two"]);
    await expect.poll(() => shelf.getState().removed).toBeNull();
  });

  it("restores the run if asked in time", async () => {
    const [one] = await saved("one", "two");
    shelf.remove(one);
    shelf.takeBack();
    await expect.poll(shown).toEqual(["two", "one"]);
    expect(due).toBeNull();
    expect(await kept()).toEqual(["two", "one"]);
  });

  it("deletes the run before when another one is deleted, and the last one when the dialog closes", async () => {
    const [one, two] = await saved("one", "two", "three");
    shelf.remove(one);
    shelf.remove(two);
    expect(shown()).toEqual(["three"]);
    await expect.poll(kept).toEqual(["three", "two"]);
    expect(shelf.getState().removed?.name).toBe("two");
    await shelf.settle();
    expect(await kept()).toEqual(["three"]);
    expect(shown()).toEqual(["three"]);
  });

  it("keeps a deleted run off the list while the library is read again", async () => {
    const [one] = await saved("one", "two");
    shelf.remove(one);
    await shelf.refresh();
    expect(shown()).toEqual(["two"]);
  });
});

describe("the shelf", () => {
  it("says why there is no library, and is there once the browser gives storage again", async () => {
    const refused = createShelf({
      openLibrary: () => Promise.reject(new Error("no storage here")),
      later: () => () => undefined,
    });
    await refused.refresh();
    expect(refused.getState()).toMatchObject({ status: "refused", failure: "no storage here" });
    await shelf.refresh();
    expect(shelf.getState()).toMatchObject({ status: "ready", failure: null, runs: [] });
  });

  it("shows a new name at once, and keeps it", async () => {
    const [one] = await saved("one");
    const renamed = shelf.rename(one, "first");
    expect(shown()).toEqual(["first"]);
    await renamed;
    expect(await kept()).toEqual(["first"]);
  });

  it("returns to the stored name, and says why, if a run cannot be renamed", async () => {
    await saved("one");
    await shelf.rename("nobody", "first");
    expect(shown()).toEqual(["one"]);
    expect(shelf.getState().failure).toContain("no longer in the library");
  });

  it("opens several runs, or none if one of them is lost", async () => {
    const [one, two] = await saved("one", "two");
    expect(await shelf.tracesOf([two, one])).toEqual([trace, trace]);
    browser.files.clear();
    expect(await shelf.tracesOf([two, one])).toBeNull();
    expect(shelf.getState().failure).toContain("is gone");
  });

  it("says so if the browser does not promise to keep the library", async () => {
    await saved("one");
    const persist = (): Promise<boolean> => Promise.resolve(false);
    library = await openRunLibrary({
      ...browser.storage,
      manager: { estimate: () => Promise.resolve({}), persisted: persist, persist },
    });
    await shelf.persist();
    expect(shelf.getState().failure).toContain("does not promise");
  });
});
