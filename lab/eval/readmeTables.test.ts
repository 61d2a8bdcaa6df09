import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { drawTable } from "../../src/experiment/drawTable.testing";
import { tableMarkdown } from "./tableMarkdown";
import { main } from "./table";
import { readTables, withTables } from "./readmeTables";

const table = drawTable(`
  walk fullCache  ee
  walk gkv w16    .25 ew`);
const before = "# Title\n\n<!-- results small -->\n\nold figures\n\n<!-- /results -->\n\nThe rest.\n";

it("writes a table between the marks that name it and leaves the rest alone", () => {
  const after = withTables(before, new Map([["small", table]]));
  expect(after).toBe(before.replace("old figures", tableMarkdown(table)));
  expect(withTables(after, new Map([["small", table]]))).toBe(after);
});

it("says where a marked table is not there", () => {
  expect(withTables(before, new Map())).toBe(before.replace("old figures", "There is no table for this model yet."));
});

it("refuses to leave a stored table out", () => {
  expect(() => withTables("# Title\n", new Map([["small", table]]))).toThrow("no block for the table small");
});

it("finds no tables where there is no folder", async () => {
  expect(await readTables("public/no-such-folder")).toEqual(new Map());
});

it("is a command: npm run table -- --readme FILE", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "winnow-readme-"));
  const readme = path.join(folder, "README.md");
  await writeFile(readme, before);
  await writeFile(path.join(folder, "small.json"), JSON.stringify(table));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  expect(await main(["--readme", readme, "--out", folder])).toBe(0);
  expect(await readFile(readme, "utf8")).toContain(tableMarkdown(table));
});
