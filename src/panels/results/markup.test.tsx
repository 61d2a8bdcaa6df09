// Golden markup of the results for one small drawn table. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawTable } from "../../experiment/drawTable.testing";
import { ResultsBody } from "./ResultsView";
import { ResultsPanel } from "./ResultsPanel";
import { windowSettings } from "./tableView";

const nothing = (): void => undefined;
const drawn = drawTable(`
  orders fullCache         eeee
  orders gkv w16           .25 eeew  .5 eeee
  orders promptRecent w16  .25 wwww  .5 erww
  orders gkv w8            .25 wwww  .5 eeew`);
const parts = { begin: { count: 4, right: 0.75, rightError: 0.22 }, secret: { count: 2, right: 1, rightError: 0 } };
const table = { ...drawn, cells: drawn.cells.map((cell) => ({ ...cell, parts })) };

it("draws charts, figures, instructions and origin as in the golden", async () => {
  const [setting] = windowSettings(table);
  const markup = renderToStaticMarkup(<ResultsBody table={table} setting={setting} measure="right" onTry={nothing} />);
  const listed = markup.replace(/not run yet: [^<]*/, "not run yet: …"); // all other policies of the list
  await expect(`${listed.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/results.golden.html");
  expect(markup).not.toMatch(/<style|<script/);
});

it("asks for no table before it comes into view", () => {
  const load = (): Promise<never> => Promise.reject(new Error("asked for"));
  const markup = renderToStaticMarkup(
    <ResultsPanel modelId="winnow-1m" load={load} onTry={nothing} onCard={nothing} />,
  );
  expect(markup).toContain('data-results="waiting"');
});
