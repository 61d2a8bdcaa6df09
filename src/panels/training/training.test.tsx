// The curves and figures of Training, and what it says before and after a checkpoint has decoded.
import { readFile } from "node:fs/promises";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { parseCheckpointResults } from "../../experiment/checkpointResults";
import { drawProblem } from "../../problems/families";
import { tokensOf } from "../../problems/problem";
import { checkpointQuestion, type CheckpointTrial } from "../../state/checkpointTrials";
import { initialTrials } from "../../state/trials";
import { drawTrace } from "../../trace/drawTrace.testing";
import { columnText, curvesLayout, excerptOf, lossLayout, placeOfStep, trainingTable } from "./layout";
import { trainingPanel } from "./panel";
import { TrainingFigure } from "./TrainingPanel";

const nothing = (): void => undefined;
const stored = parseCheckpointResults(
  await readFile("public/models/winnow-1m-distilled/training.json", "utf8"),
  "training.json",
);
const cells = (right: string, full: string) => [
  { family: "walk", budgetShare: 0.25, budgetSlots: 8, outcomes: right },
  { family: "walk", budgetShare: null, budgetSlots: null, outcomes: full },
];
const digest = "0".repeat(64);
const drawn = {
  ...stored,
  ...{ problemCount: 4, budgetShares: [0.25, null], families: [{ family: "walk", meanFullLength: 32 }] },
  checkpoints: [0, 10, 20].map((step, at) => ({
    ...{ label: `step ${step}`, step, folder: `at-${step}`, digest, made: "" },
    cells: cells(["wwww", "ewww", "eerw"][at], "eeee"),
  })),
  losses: [
    { step: 5, divergence: { walk: 1 } },
    { step: 10, divergence: { walk: null } },
    { step: 20, divergence: { walk: 0.01 } },
  ],
};

it("puts checkpoints at equal distances, with error bars kept inside the plot", () => {
  const { curves, columns, plot } = curvesLayout(drawn, "walk", { width: 400, height: 200 });
  expect(columns[1] - columns[0]).toBeCloseTo(columns[2] - columns[1], 9);
  const [quarter, full] = curves;
  expect([quarter.label, full.label]).toEqual(["25 %", "full cache"]);
  expect(quarter.marks.map(({ share }) => share)).toEqual([0, 0.25, 0.75]);
  expect(quarter.marks[0].y).toBe(plot.bottom);
  expect((quarter.marks[1].lowY - quarter.marks[1].highY) / (plot.bottom - plot.top)).toBeCloseTo(
    2 * Math.sqrt((0.25 * 0.75) / 4),
    6,
  );
  expect(columnText(drawn, "walk", 1)).toBe("step 10, 25 %: 25 ± 22 %, full cache: 100 % right");
});

it("places steps between two checkpoints by their logarithm, from the base by their number", () => {
  const place = placeOfStep([0, 10, 40], [100, 200, 300]);
  expect([0, 5, 10, 20, 40].map(place)).toEqual([100, 150, 200, 250, 300]);
});

it("draws the loss where the family has one, and nothing without", () => {
  const loss = lossLayout(drawn, "walk", { width: 400, height: 90 });
  expect(loss?.path.split("L")).toHaveLength(2);
  expect(lossLayout(drawn, "story", { width: 400, height: 90 })).toBeNull();
  expect(lossLayout(stored, "story", { width: 400, height: 90 })?.path.length).toBeGreaterThan(100);
});

const problem = drawProblem("walk", 0, 1);
const right = tokensOf(problem.trace);
const trial = (words: readonly string[], mistakeAt: number | null): CheckpointTrial => ({
  ...{ folder: "at-10", words, answer: "7", verdict: mistakeAt === null ? "right" : "wrong" },
  mistake: mistakeAt === null ? null : { rightWords: mistakeAt, expected: right[mistakeAt] },
});

it("shows the words around the first mistake, and the end of a text without one", () => {
  const wrong = excerptOf(trial(["a", "b", "x", "c"], 2));
  expect([wrong.before, wrong.wrong, wrong.expected, wrong.after]).toEqual(["a b", "x", right[2], "c"]);
  expect(excerptOf(trial([...right], null)).wrong).toBe("");
  expect(excerptOf({ ...trial(["a"], 1), mistake: { rightWords: 1, expected: "b" } }).wrong).toBe("(the end)");
});

it("has a row for every checkpoint and budget, with what it made of the problem", () => {
  const { rows } = trainingTable(drawn, "walk", [trial(["a", "x"], 1)]);
  expect(rows).toHaveLength(6);
  expect(rows[2]).toEqual([10, 0.25, 8, 0.25, Math.sqrt((0.25 * 0.75) / 4), 0.25, "7", "wrong", 1]);
  expect(rows[4].slice(6)).toEqual([null, null, null]);
});

it("says who has decoded, who does, and what is wrong", () => {
  const trace = drawTrace({ prompt: problem.prompt }, "x");
  const question = checkpointQuestion(trace.header, problem);
  const shown = (change: Partial<typeof initialTrials>): string =>
    renderToStaticMarkup(
      <TrainingFigure
        {...{ trace, problem, isEnded: true, theme: "light", results: drawn }}
        heading={trainingPanel.headingFor(trace)}
        view={{ family: "own", checkpoint: 1 }}
        onView={nothing}
        checkpointTrials={{ ...initialTrials, ...change }}
        onCheckpointTrials={{ decodeCheckpoints: nothing, stopCheckpoints: nothing }}
      />,
    );
  expect(shown({})).toContain("Decode with all 3");
  const { key } = question;
  const done = shown({ checkpointTrials: { [key]: [trial(["a", "x"], 1)] } });
  expect(done).toContain("7 ✗ wrong");
  expect(done).toContain(`1 of ${right.length}`);
  expect(done).toContain("Decode with the other 2");
  expect(done).toContain("<del>x</del>");
  const busy = shown({ checkpointWork: { key, folder: "at-20", doneCount: 1, totalCount: 2 } });
  expect(busy).toContain("step 20 decodes, 2 of 2");
  expect(busy).toContain("Stop");
  expect(shown({ checkpointFailure: { key, message: "No such file." } })).toContain("No such file.");
});
