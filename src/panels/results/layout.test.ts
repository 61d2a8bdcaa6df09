import { expect, it } from "vitest";
import { gridColumns } from "../../../lab/table/grid";
import { drawTable } from "../../experiment/drawTable.testing";
import { chartLayout, markAt } from "./layout";
import { familyCells, tableColumns, windowSettings, type Measure } from "./tableView";

const table = drawTable(`
  walk fullCache         eeew
  walk gkv w16           .25 eerw  .35 eeee  .7 eeee
  walk promptRecent w16  .25 wwww  .35 wwww  .7 eeww`);

const layoutOf = (measure: Measure, width = 460) => {
  const cells = familyCells(table, "walk", windowSettings(table).at(0));
  return chartLayout({ ...cells, columns: tableColumns(table), measure }, { width, height: 260 });
};

it("puts shares from 0 at the bottom to 100 % at the top, and budgets in proportion", () => {
  const { plot, yTicks, xTicks } = layoutOf("right");
  expect(yTicks.map(({ label }) => label)).toEqual(["0", "25", "50", "75", "100"]);
  expect([yTicks[0].y, yTicks[4].y]).toEqual([plot.bottom, plot.top]);
  expect(xTicks.map(({ share, size }) => `${share} ${size}`)).toEqual(["25 % 75", "35 % 105", "70 % 210"]);
  const [tight, middle, wide] = xTicks.map(({ x }) => x);
  expect((wide - middle) / (middle - tight)).toBeCloseTo(3.5, 6);
});

it("draws a mark at its share with an error bar of one standard error either way", () => {
  const { plot, lines } = layoutOf("right");
  const [mark] = lines[0].marks;
  const height = plot.bottom - plot.top;
  expect(mark.y).toBeCloseTo(plot.bottom - 0.75 * height, 6);
  expect((mark.lowY - mark.highY) / height).toBeCloseTo(2 * Math.sqrt((0.75 * 0.25) / 4), 6);
});

it("counts the exact trace instead if asked to", () => {
  const heights = (measure: Measure) => layoutOf(measure).lines[0].marks.map(({ y }) => Math.round(y));
  expect(heights("exact")[0]).toBeGreaterThan(heights("right")[0]);
  expect(heights("exact").slice(1)).toEqual(heights("right").slice(1));
});

it("shows the full cache as a level, with its band kept inside the plot", () => {
  const { plot, full } = layoutOf("right");
  expect(full?.y).toBeCloseTo(plot.bottom - 0.75 * (plot.bottom - plot.top), 6);
  expect(full?.highY).toBeGreaterThanOrEqual(plot.top);
  expect(full?.lowY).toBeLessThanOrEqual(plot.bottom);
});

it("keeps the marks of one budget apart and every mark inside the plot, however narrow", () => {
  for (const width of [240, 460, 1400]) {
    const { plot, lines } = layoutOf("right", width);
    const places = lines.map(({ marks }) => marks[0].x);
    expect(Math.abs(places[1] - places[0])).toBeGreaterThan(2);
    for (const { x } of lines.flatMap(({ marks }) => marks)) {
      expect(x).toBeGreaterThan(plot.left);
      expect(x).toBeLessThan(plot.right);
    }
  }
});

it("finds the mark under the pointer, and none far from every mark", () => {
  const layout = layoutOf("right");
  const [, rule] = layout.lines;
  const [mark] = rule.marks;
  expect(markAt(layout, mark.x + 1, mark.y - 2)?.cell.columnId).toBe("promptRecent");
  expect(markAt(layout, mark.x, (layout.plot.top + layout.plot.bottom) / 2)).toBeNull();
});

it("lays out a table of a single budget", () => {
  const single = drawTable("walk gkv w16 .25 eew");
  const cells = familyCells(single, "walk", windowSettings(single).at(0));
  const layout = chartLayout(
    { ...cells, columns: tableColumns(single), measure: "right" },
    { width: 300, height: 200 },
  );
  const [{ x }] = layout.lines[0].marks;
  expect(x).toBeCloseTo((layout.plot.left + layout.plot.right) / 2, 6);
  expect(layout.full).toBeNull();
});

it("draws the front as a step through the best of each budget, and says which policies lead", () => {
  const { front, lines, plot, yTicks } = layoutOf("right");
  const [none, , , , all] = yTicks.map(({ y }) => y);
  expect(front).toMatch(new RegExp(`^M[\\d.]+,${(none - 0.75 * (none - all)).toFixed(1)}H[\\d.]+V${all.toFixed(1)}H`));
  expect(front.endsWith(`H${plot.right.toFixed(1)}`)).toBe(true);
  expect(lines.map(({ column, isLeading }) => [column.id, isLeading])).toEqual([
    ["gkv", true],
    ["promptRecent", true], // a baseline
  ]);
});

it("keeps only those that lead apart where there are many policies", () => {
  const many = gridColumns.map(({ id }) => `walk ${id} w16 .25 ${id === "gkv" ? "eeew" : "wwww"} .5 wwww`);
  const crowded = drawTable(many.join("\n"));
  const cells = familyCells(crowded, "walk", windowSettings(crowded).at(0));
  const columns = tableColumns(crowded);
  const { lines, isCrowded } = chartLayout({ ...cells, columns, measure: "right" }, { width: 460, height: 260 });
  expect(isCrowded).toBe(true);
  const leading = lines.filter(({ isLeading }) => isLeading);
  expect(leading.map(({ column }) => column.id)).toContain("gkv");
  expect(leading.filter(({ column }) => column.kind !== "none")).toHaveLength(1);
  expect(new Set(leading.map(({ marks }) => marks[0].x)).size).toBe(leading.length);
  expect(new Set(lines.filter(({ isLeading }) => !isLeading).map(({ marks }) => marks[0].x)).size).toBe(1);
});
