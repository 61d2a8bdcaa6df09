import { format } from "prettier";
import { expect, it, vi } from "vitest";
import { drawTable } from "../../src/experiment/drawTable.testing";
import { bytesBudgets } from "./bytesGrid";
import { gridBudgets } from "./grid";
import { bytesMarkdown, extractMarkdown, tableMarkdown, readTables, withTables } from "./tableMarkdown";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { main } from "./main";

const table = drawTable(`
  walk fullCache         eeee
  walk gkv w16           .25 eeew  .5 eeee
  walk snapKv w16        .25 wwur  .5 eerf
  walk promptRecent w16  .25 rrrw  .5 wwww
  walk gkv w8            .25 wwww  .5 wwww
  diary gkv w16          .25 wwww`);

it("puts policies down and budgets across, the best of each budget in bold, the first window alone", () => {
  const missing = [
    { label: "TOVA (w = 1)", budgetShares: [...gridBudgets] },
    { label: "G-KV", budgetShares: [0.15, 0.7] },
  ];
  const [caption, notRun, ranking, , ...families] = tableMarkdown({ ...table, missing }).split("\n\n");
  expect(notRun).toBe("Not run yet: TOVA (w = 1). Not run yet at 15 and 70 %: G-KV.");
  expect(ranking).toMatch(/^\*\*Mean of the 2 families\*\*/);
  expect([caption, ...families]).toEqual([
    "Right answers in %, 4 problems each, standard error at most 25; w = 16, s = 16; problem seeds 900000 to 900003. " +
      "Model winnow-1m, digest 4be7f73a4dde9181, 2026-01-31: `npm run table -- --name small`.",
    "**walk**, difficulty 10, 300 tokens of prompt and reasoning on average; the full cache answers 100 right:",
    `
| policy                   | 25 %, 75 slots | 50 %, 150 slots |
| ------------------------ | -------------: | --------------: |
| _Attention_              |                |                 |
| G-KV                     |         **75** |         **100** |
| SnapKV                   |             25 |   75 (1 failed) |
| _Baselines and controls_ |                |                 |
| Prompt + recent          |         **75** |               0 |`.trim(),
    "**diary**, difficulty 10, 300 tokens of prompt and reasoning on average:",
    `
| policy      | 25 %, 75 slots |
| ----------- | -------------: |
| _Attention_ |                |
| G-KV        |              0 |`.trim(),
  ]);
});

it("writes a table at equal bytes with errors, the slots that the bytes hold, and what cannot run", () => {
  const drawn = drawTable(`
    walk fullCache   eeee
    walk gkv w16     .1 eeew  .25 eeee
    story fullCache  eeee
    story gkv w16    .1 wwww  .25 eeww`);
  const cells = drawn.cells.map((cell) => ({ ...cell, budgetBytes: 4096 * (cell.budgetSlots ?? 0) }));
  const cannot = [{ family: "story", columnId: "gkv", label: "G-KV", budgetShare: 0.06, reason: "it is too small" }];
  const missing = [{ label: "KeepKV", budgetShares: [...bytesBudgets] }];
  const [, ...parts] = bytesMarkdown({ ...drawn, unit: "bytes", cannot, missing, cells }).split("\n\n");
  expect(parts).toEqual([
    "Not run yet: KeepKV.",
    "Cannot run on story at 6 %: G-KV. G-KV: it is too small.",
    "**Mean of the 2 families** at shares of what a full cache in float32 takes. Bold: the best.",
    `
| method |        10 % |        25 % |
| ------ | ----------: | ----------: |
| G-KV   | **38 ± 11** | **75 ± 13** |`.trim(),
    "**walk**; in brackets the slots of each KV head that the bytes hold:",
    `
| method | 10 %, 120 KiB | 25 %, 300 KiB |
| ------ | ------------: | ------------: |
| G-KV   |  75 ± 22 (30) |      100 (75) |`.trim(),
    "**story**; in brackets the slots of each KV head that the bytes hold:",
    `
| method | 10 %, 120 KiB | 25 %, 300 KiB |
| ------ | ------------: | ------------: |
| G-KV   |        0 (30) |  50 ± 25 (75) |`.trim(),
  ]);
});

const whole = drawTable(`
  walk fullCache          eeeeeeee
  walk gkv w16            .25 eeeeeeer
  walk snapKv w16         .25 eeeeeeww
  walk keyDiff w16        .25 wwwwwwww
  walk promptRecent w16   .25 wwwwwwww
  story fullCache         eeeeeeee
  story gkv w16           .25 eeeeeeee
  story snapKv w16        .25 eeeeeeer
  story keyDiff w16       .25 eeeewwww
  story promptRecent w16  .25 wwwwwwww`);

it("ranks policies by the mean of the families, and tells a tie with the best", () => {
  expect(tableMarkdown(whole)).toContain(`
| policy          |    25 % |
| --------------- | ------: |
| G-KV            | **100** |
| SnapKV          |    88 ≈ |
| KeyDiff         |      25 |
| Prompt + recent |       0 |`);
});

it("counts policies in the extract, but not their variants", () => {
  const withVariant = drawTable(`
    walk gkv w16       .25 ee
    walk gkvLocal w16  .25 ew
    walk random w16    .25 ww`);
  expect(extractMarkdown(withVariant)).toContain("two controls, out of 2 policies.");
});

it("has an extract: the full cache, the best of each kind, the controls", () => {
  expect(extractMarkdown(whole)).toContain(`
| policy          | score from      | walk | story | mean |
| --------------- | --------------- | ---: | ----: | ---: |
| Full cache      |                 |  100 |   100 |  100 |
| G-KV            | attention       |  100 |   100 |  100 |
| SnapKV          | attention       |   75 |   100 |   88 |
| KeyDiff         | keys and values |    0 |    50 |   25 |
| Prompt + recent | control         |    0 |     0 |    0 |`);
});

it("is laid out as Prettier would", async () => {
  for (const markdown of [tableMarkdown(table), tableMarkdown(whole), extractMarkdown(whole)]) {
    expect(await format(`${markdown}\n`, { parser: "markdown", printWidth: 120 })).toBe(`${markdown}\n`);
  }
});

const smallTable = drawTable(`
  walk fullCache  ee
  walk gkv w16    .25 ew`);
const before = "# Title\n\n<!-- results small -->\n\nold figures\n\n<!-- /results -->\n\nThe rest.\n";

it("writes a table between the marks that name it and leaves the rest alone", () => {
  const after = withTables(before, new Map([["small", smallTable]]));
  expect(after).toBe(before.replace("old figures", tableMarkdown(smallTable)));
  expect(withTables(after, new Map([["small", smallTable]]))).toBe(after);
  const extract = before.replaceAll("results", "extract");
  expect(withTables(extract, new Map([["small", smallTable]]))).toBe(
    extract.replace("old figures", extractMarkdown(smallTable)),
  );
});

it("says if a marked table does not exist", () => {
  expect(withTables(before, new Map())).toBe(before.replace("old figures", "There is no table for this model yet."));
});

it("refuses to leave out a stored table", () => {
  expect(() => withTables("# Title\n", new Map([["small", smallTable]]))).toThrow("no block for the table small");
  const two = new Map([
    ["small", smallTable],
    ["other", smallTable],
  ]);
  expect(() => withTables(before, two)).toThrow("no block for the table other");
  expect(withTables(before.replaceAll("results", "extract"), two)).toContain(extractMarkdown(smallTable));
});

it("finds no tables if there is no folder", async () => {
  expect(await readTables("public/no-such-folder")).toEqual(new Map());
});

it("is a command: npm run table -- --readme FILE", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "winnow-readme-"));
  const readme = path.join(folder, "README.md");
  await writeFile(readme, before);
  await writeFile(path.join(folder, "small.json"), JSON.stringify(smallTable));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  expect(await main(["--readme", readme, "--out", folder])).toBe(0);
  expect(await readFile(readme, "utf8")).toContain(tableMarkdown(smallTable));
});
