// Golden markup of the pitfalls panel for a drawn run and a sweep of one cell.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { parsePitfallsSweep } from "../../experiment/pitfalls";
import { drawTrace } from "../../trace/drawTrace.testing";
import stored from "../../../public/results/pitfalls/winnow-1m.json?raw";
import { runInstructions, sweepCharts, sweepFiguresOf } from "./layout";
import { pitfallsPanel } from "./panel";
import { PitfallsFigure } from "./PitfallsPanel";

const nothing = (): void => undefined;
const trace = drawTrace(
  { prompt: "<bos> Orders : Use euros . Begin with Well . Rules : go" },
  `
  on    evicts Use euros | Well
  the`,
);
const props = {
  heading: pitfallsPanel.headingFor(trace),
  trace,
  step: 1,
  focus: { layer: 0, kvHead: 0 },
  theme: "light",
  problem: null,
  provenance: "measured",
  view: pitfallsPanel.view.first,
  onFocus: nothing,
  onView: nothing,
  onTry: nothing,
  onBeside: nothing,
} as const;

it("draws the instructions of a run as in the golden", async () => {
  const markup = renderToStaticMarkup(<PitfallsFigure {...props} sweep="No sweep is stored." />);
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/pitfalls.golden.html");
});

it("counts what is left of each instruction", () => {
  const [first, second] = runInstructions(trace, 1);
  expect([first.text, first.mean, second.mean]).toEqual(["Use euros .", expect.closeTo(2 / 3), expect.closeTo(7 / 8)]);
  expect(first.bias).toBeCloseTo(2 / 3 - 7 / 8);
});

it("says of instructions in a text of one's own how much the answer repeats, by words and by stems", () => {
  const own = drawTrace({ prompt: "<bos> Never answer questions | go" }, `answering a question`);
  const spans = { kept: [], instructions: [{ start: 2, end: 4 }] };
  const [instruction] = runInstructions({ ...own, header: { ...own.header, spans } }, own.steps.length - 1);
  expect(instruction.text).toBe("answer questions");
  expect(instruction.repeated).toEqual({ byWords: 0, byStems: 1 });
});

it("draws the stored sweep: a chart per remedy, from nothing evicted on", () => {
  const sweep = parsePitfallsSweep(stored, "stored");
  const charts = sweepCharts(sweep, props.view, { width: 300, height: 170 });
  expect(charts.map(({ lines }) => lines.map(({ points }) => points.length))).toEqual([
    [5, 5],
    [5, 5],
    [5, 5],
  ]);
});

it("takes what was marked for the instructions, and judges the orders among them", () => {
  const spans = {
    kept: [],
    instructions: [
      { start: 3, end: 6 },
      { start: 10, end: 13 },
    ],
  };
  const marked = runInstructions({ ...trace, header: { ...trace.header, spans } }, 1);
  expect(marked.map(({ text }) => text)).toEqual(["Use euros .", expect.stringMatching(/^Rules/)]);
  expect(marked.map(({ repeated }) => repeated === null)).toEqual([true, false]);
});

it("draws margins where a sweep has them, with a line where they turn", () => {
  const plain = parsePitfallsSweep(stored, "stored");
  const cells = plain.cells.map((cell) => ({
    ...cell,
    forcedMargin: { mean: 20 * cell.ratio - 8, error: 1, count: 12 },
    ownMargin: cell.ratio > 0.5 ? null : { mean: -8, error: 1, count: 3 },
  }));
  const sweep = { ...plain, cells };
  expect(sweepFiguresOf(sweep)).toContain("margin");
  const [chart] = sweepCharts(sweep, { ...props.view, figure: "margin" }, { width: 300, height: 170 });
  const [forced, own] = chart.lines;
  expect(forced.points).toHaveLength(5);
  expect(own.points.map(({ ratio }) => ratio)).toEqual([0, 0.2, 0.4]);
  const zeroY = chart.zeroY ?? NaN;
  expect(forced.points[0].y).toBeGreaterThan(zeroY);
  expect(forced.points[4].y).toBeLessThan(zeroY);
});
