// Golden markup of the pitfalls panel for a drawn run and a sweep of one cell.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { parsePitfallsSweep } from "../../experiment/pitfalls";
import { drawTrace } from "../../trace/drawTrace.testing";
import stored from "../../../public/results/pitfalls/winnow-1m.json?raw";
import { runInstructions, sweepCharts } from "./layout";
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

it("draws the leak margin: below its turn with nothing evicted, above it where SnapKV forgets, below it with the secret kept", () => {
  const sweep = parsePitfallsSweep(stored, "stored");
  const charts = sweepCharts(sweep, { ...props.view, figure: "margin" }, { width: 300, height: 170 });
  const [plain, whitelist] = charts.map(({ lines: [forced], zeroY }) => {
    expect(forced.points).toHaveLength(5);
    return forced.points.map(({ y }) => y < (zeroY ?? NaN));
  });
  expect([plain[0], plain[4]]).toEqual([false, true]);
  expect(whitelist).toEqual([false, false, false, false, false]);
});
