// Golden markup of the library: with runs, with one that is lost, with none. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { storedRunOf } from "../../state/library/libraryRun";
import { drawTrace } from "../../trace/drawTrace.testing";
import { LibraryList } from "./LibraryList";
import type { ShelfState } from "./shelf";

const trace = drawTrace({ prompt: "The cat sat" }, "on\nthe   evicts The | cat\nmat");
const savedAtMs = Date.UTC(2026, 2, 14, 9, 5);
const run = storedRunOf(trace, { id: "1", name: "First run", savedAtMs, fileBytes: 2048, place: "files" });
const ready: ShelfState = {
  status: "ready",
  runs: [
    { ...run, isLost: false },
    { ...run, id: "2", name: "Cleared", isLost: true },
  ],
  quota: { usedBytes: 4096, quotaBytes: 1024 ** 3, isPersistent: false },
  removed: { ...run, id: "3", name: "Deleted run", isLost: false },
  failure: "“Big” (90,000 kB) was not saved: the storage is full.",
};
const nothing = (): void => undefined;

function markupOf(state: ShelfState): string {
  const markup = renderToStaticMarkup(
    <LibraryList
      state={state}
      timeZone="UTC"
      onOpen={nothing}
      onDownload={nothing}
      onRename={nothing}
      onRemove={nothing}
      onTakeBack={nothing}
      onPersist={nothing}
      onPickFiles={nothing}
    />,
  );
  return `${markup.replaceAll("><", ">\n<")}\n`;
}

it("draws saved, lost and deleted runs as in the golden", async () => {
  await expect(markupOf(ready)).toMatchFileSnapshot("../golden/library.golden.html");
});

it("says how to save a run in an empty library", () => {
  const markup = markupOf({ ...ready, runs: [], removed: null, failure: null });
  expect(markup).toContain("No run is saved yet.");
  expect(markup).not.toContain("<li");
});

it("offers nothing but files if the browser refuses storage", () => {
  const markup = markupOf({
    ...ready,
    status: "refused",
    runs: [],
    removed: null,
    quota: null,
    failure: "No storage.",
  });
  expect(markup).toContain("Open run file…");
  expect(markup).toContain("No storage.");
  expect(markup).not.toContain("No run is saved yet.");
});
