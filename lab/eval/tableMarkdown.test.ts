import { format } from "prettier";
import { expect, it } from "vitest";
import { drawTable } from "../../src/experiment/drawTable.testing";
import { tableMarkdown } from "./tableMarkdown";

const table = drawTable(`
  walk fullCache         eeee
  walk gkv w16           .25 eeew  .5 eeee
  walk snapKv w16        .25 wwur  .5 eerf
  walk promptRecent w16  .25 rrrw  .5 wwww
  walk gkv w8            .25 wwww  .5 wwww
  diary gkv w16          .25 wwww`);

it("puts policies down and budgets across, the best of each budget in bold, the first window alone", () => {
  expect(tableMarkdown(table).split("\n\n")).toEqual([
    "Right answers in %, 4 problems each, standard error at most 25; w = 16, s = 16; problem seeds 900000 to 900003. " +
      "Model winnow-1m, digest 4be7f73a4dde9181, 2026-01-31: `npm run table -- --name small`.",
    "**walk**, difficulty 10, 300 tokens of prompt and reasoning on average; the full cache answers 100 right:",
    `
| budget          | 25 %, 75 slots | 50 %, 150 slots |
| --------------- | -------------: | --------------: |
| G-KV            |         **75** |         **100** |
| SnapKV          |             25 |   75 (1 failed) |
| Prompt + recent |         **75** |               0 |`.trim(),
    "**diary**, difficulty 10, 300 tokens of prompt and reasoning on average:",
    `
| budget | 25 %, 75 slots |
| ------ | -------------: |
| G-KV   |              0 |`.trim(),
  ]);
});

it("is laid out as Prettier would", async () => {
  const text = `${tableMarkdown(table)}\n`;
  expect(await format(text, { parser: "markdown", printWidth: 120 })).toBe(text);
});
