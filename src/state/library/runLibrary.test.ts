// The library against browsers that keep, refuse, forget and run full.
import "fake-indexeddb/auto";
import { IDBObjectStore, IDBOpenDBRequest } from "fake-indexeddb";
import { afterEach, describe, expect, it, vi } from "vitest";
import { InputError } from "../../lib/errors";
import { drawTrace } from "../../trace/drawTrace.testing";
import { encodeRunFile } from "../../trace/file/runFile";
import { driveBrowser, fullDisk } from "./driveLibrary.testing";
import { openRunDatabase } from "./runDatabase";
import { openRunLibrary } from "./runLibrary";

const trace = drawTrace({ prompt: "The cat sat" }, "on\nthe   evicts The | cat\nmat");
const HOUR_MS = 3_600_000;

afterEach(() => void vi.useRealTimers());

describe.each([
  ["files", true],
  ["database", false],
] as const)("a library that keeps its files in the %s", (place, hasFiles) => {
  it("gives back the run that was put in, after the page has been closed and opened again", async () => {
    const { storage } = driveBrowser({ hasFiles });
    const first = await openRunLibrary(storage);
    const saved = await first.save({ trace, name: "  My   run " });
    first.close();
    const second = await openRunLibrary(storage);
    expect(await second.list()).toEqual([saved]);
    expect(saved).toMatchObject({
      name: "My run",
      modelLabel: "Drawn by hand",
      policyLabel: "G-KV",
      promptCount: 3,
      stepCount: 3,
      place,
      isLost: false,
    });
    const bytes = await encodeRunFile(trace);
    expect(saved.fileBytes).toBe(bytes.length);
    expect(await second.open(saved.id)).toEqual(trace);
    expect(await second.readFile(saved.id)).toEqual(bytes);
  });

  it("lists the newest first, renames and deletes", async () => {
    const browser = driveBrowser({ hasFiles });
    const library = await openRunLibrary(browser.storage);
    const old = await library.save({ trace, name: "old" });
    browser.nowMs += 1000;
    const fileBytes = await encodeRunFile(trace);
    const young = await library.save({ trace, name: "", fileBytes });
    await library.rename(old.id, "older");
    expect((await library.list()).map(({ name }) => name)).toEqual(["Unnamed run", "older"]);
    await library.remove(young.id);
    await library.remove("nobody");
    expect((await library.list()).map(({ id }) => id)).toEqual([old.id]);
    expect(browser.files.size).toBe(hasFiles ? 1 : 0);
    await expect(library.open(young.id)).rejects.toThrow("no longer in the library");
    await expect(library.rename(young.id, "x")).rejects.toThrow(InputError);
  });

  it("says that the storage is full, and shows nothing half-saved", async () => {
    const browser = driveBrowser({ hasFiles });
    const library = await openRunLibrary(browser.storage);
    await library.save({ trace, name: "fits" });
    browser.roomBytes = 100;
    if (!hasFiles) {
      vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
        throw fullDisk();
      });
    }
    await expect(library.save({ trace, name: "too large" })).rejects.toThrow(
      /^“too large” \(\d+ kB\) was not saved: the storage .* is full; delete runs from the library, or save/,
    );
    vi.restoreAllMocks();
    expect((await library.list()).map(({ name, isLost }) => [name, isLost])).toEqual([["fits", false]]);
    expect(browser.files.size).toBe(hasFiles ? 1 : 0);
    browser.roomBytes = Infinity;
    await library.save({ trace, name: "again" });
    expect(await library.list()).toHaveLength(2);
  });

  it("leaves no file behind when the entry cannot be written", async () => {
    const browser = driveBrowser({ hasFiles });
    const library = await openRunLibrary(browser.storage);
    library.close();
    await expect(library.save({ trace, name: "late" })).rejects.toThrow(InputError);
    expect(browser.files.size).toBe(0);
    expect(await (await openRunLibrary(browser.storage)).list()).toEqual([]);
  });
});

describe("a library whose browser forgets", () => {
  it("lists a run whose file is gone or cut short as lost, refuses to open it, and can delete it", async () => {
    const browser = driveBrowser();
    const library = await openRunLibrary(browser.storage);
    const gone = await library.save({ trace, name: "gone" });
    const short = await library.save({ trace, name: "short" });
    browser.files.delete(`runs/${gone.id}.winnow`);
    browser.files.set(`runs/${short.id}.winnow`, { bytes: new Uint8Array(9), lastModified: 0 });
    expect((await library.list()).map(({ isLost }) => isLost)).toEqual([true, true]);
    await expect(library.open(gone.id)).rejects.toThrow("The file of “gone” is gone");
    await expect(library.open(short.id)).rejects.toThrow("The file of “short” is gone");
    for (const { id } of [gone, short]) await library.remove(id);
    expect(await library.list()).toEqual([]);
  });

  it("lists runs as lost when the file system itself is no longer there", async () => {
    const browser = driveBrowser();
    await (await openRunLibrary(browser.storage)).save({ trace, name: "x" });
    const library = await openRunLibrary({ ...browser.storage, getDirectory: undefined });
    expect((await library.list()).map(({ isLost }) => isLost)).toEqual([true]);
  });

  it("says so when a file is damaged", async () => {
    const browser = driveBrowser();
    const library = await openRunLibrary(browser.storage);
    const { id } = await library.save({ trace, name: "bent" });
    browser.files.get(`runs/${id}.winnow`)?.bytes.fill(0, 40);
    await expect(library.open(id)).rejects.toThrow(/^“bent”.*damaged/);
  });

  it("sweeps files without an entry once no page can still be writing them", async () => {
    const browser = driveBrowser();
    const { id } = await (await openRunLibrary(browser.storage)).save({ trace, name: "kept" });
    const orphan = (name: string, lastModified: number) =>
      browser.files.set(`runs/${name}.winnow`, { bytes: Uint8Array.of(1), lastModified });
    orphan("old", browser.nowMs - 2 * HOUR_MS);
    orphan("fresh", browser.nowMs - 1000);
    browser.nowMs += HOUR_MS / 2;
    await openRunLibrary(browser.storage);
    expect([...browser.files.keys()].sort()).toEqual(["runs/fresh.winnow", `runs/${id}.winnow`].sort());
  });

  it("lists an entry that no page of this version wrote instead of hiding the others", async () => {
    const browser = driveBrowser();
    const library = await openRunLibrary(browser.storage);
    await library.save({ trace, name: "fine" });
    const database = await openRunDatabase(browser.storage.indexedDb ?? indexedDB);
    await database.put("runs", { id: "odd", name: 7 } as never);
    expect((await library.list()).map(({ name, isLost }) => [name, isLost])).toEqual([
      ["fine", false],
      ["Unreadable entry", true],
    ]);
    await library.remove("odd");
    expect(await library.list()).toHaveLength(1);
  });
});

describe("a browser that refuses", () => {
  it("is told apart in plain words: no storage, and storage that is blocked", async () => {
    const { storage } = driveBrowser();
    await expect(openRunLibrary({ ...storage, indexedDb: undefined })).rejects.toThrow("gives the page no storage");
    const blocked = {
      open: () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    } as unknown as IDBFactory;
    await expect(openRunLibrary({ ...storage, indexedDb: blocked })).rejects.toThrow(/refuses.*save runs as files/);
  });

  it("does not keep the page waiting for ever", async () => {
    vi.useFakeTimers();
    const silent = { open: () => new IDBOpenDBRequest() } as unknown as IDBFactory;
    const { storage } = driveBrowser();
    const opening = expect(openRunLibrary({ ...storage, indexedDb: silent })).rejects.toThrow("does not answer");
    await vi.runAllTimersAsync();
    await opening;
  });

  it("still keeps runs in the database when it refuses only the file system", async () => {
    const { storage } = driveBrowser();
    const getDirectory = () => Promise.reject(new DOMException("no", "SecurityError"));
    const library = await openRunLibrary({ ...storage, getDirectory });
    expect(await library.save({ trace, name: "x" })).toMatchObject({ place: "database" });
  });

  it("tells its quota where it knows it, and null where not", async () => {
    const { storage } = driveBrowser();
    const library = await openRunLibrary(storage);
    expect(await library.quota()).toEqual({ usedBytes: 1234, quotaBytes: 5_000_000, isPersistent: false });
    expect(await library.persist()).toBe(true);
    const unknowing = await openRunLibrary({ ...storage, manager: undefined });
    expect([await unknowing.quota(), await unknowing.persist()]).toEqual([null, false]);
  });
});
