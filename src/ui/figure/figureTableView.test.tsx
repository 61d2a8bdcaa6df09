import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { FigureTableView, type FigureTable } from "./figureTable";

const tableOf = (rowCount: number, firstRow?: number): FigureTable => ({
  caption: "slots",
  columns: ["slot"],
  rows: Array.from({ length: rowCount }, (_, row) => [row]),
  ...(firstRow !== undefined && { firstRow }),
});
const cells = (markup: string): number[] => [...markup.matchAll(/<td[^>]*>(\d+)/g)].map(([, text]) => Number(text));

it("lays out no more rows than a page, from the first that is asked for", () => {
  const markup = renderToStaticMarkup(<FigureTableView table={tableOf(20_000, 5000)} />);
  expect(cells(markup)).toEqual(Array.from({ length: 400 }, (_, row) => 5000 + row));
  expect(markup).toContain("Rows 5001 to 5400 of 20000");
});

it("shows the last page whole, and a short table without pages", () => {
  expect(cells(renderToStaticMarkup(<FigureTableView table={tableOf(1000, 990)} />))[0]).toBe(600);
  expect(renderToStaticMarkup(<FigureTableView table={tableOf(400)} />)).not.toContain("button");
});
