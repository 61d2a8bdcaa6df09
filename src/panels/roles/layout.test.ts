import { describe, expect, it } from "vitest";
import { drawnRoles } from "./drawRoles.testing";
import {
  chosenHead,
  chosenTrials,
  choiceOf,
  exampleLayout,
  figureOf,
  needleOptions,
  rolesTable,
  scatterLayout,
  scoreText,
} from "./layout";

const model = { layerCount: 2, headCount: 4, kvHeadCount: 2 };

describe("the chosen needles", () => {
  it("are a kind or a task, each kind followed by its tasks", () => {
    expect(needleOptions(drawnRoles).map(([value]) => value)).toEqual(["surface", "rule", "logic", "sum"]);
  });

  it("say how many trials stand behind them", () => {
    expect(chosenTrials(drawnRoles, "logic").words).toBe("20 logic trials, mean of 1 task");
    expect(chosenTrials(drawnRoles, "rule").words).toBe("40 trials of “a room's rule”, 2 more not answered right");
  });

  it("fall back to surface where the file lacks the task", () => {
    expect(chosenTrials(drawnRoles, "recall").figures).toBe(drawnRoles.surface);
  });

  it("give scores and cells alike", () => {
    expect(figureOf(drawnRoles.surface, "precision")[1][0]).toBe(0.9);
    expect(figureOf(drawnRoles.surface, "needleTop")[1][0]).toBe(0.7);
  });
});

it("goes from the page's KV head to a query head and back", () => {
  expect(chosenHead(model, { layer: 1, kvHead: 1 }, 1)).toEqual({ layer: 1, head: 3 });
  expect(chosenHead(model, { layer: 1, kvHead: 1 }, 9)).toEqual({ layer: 1, head: 3 }); // of a model with larger groups
  expect(choiceOf(model, { layer: 1, head: 3 })).toEqual({ focus: { layer: 1, kvHead: 1 }, member: 1 });
});

it("writes a score with the interval of its mean, within 0 and 1", () => {
  expect(scoreText(drawnRoles.surface, { layer: 1, head: 0 })).toBe("InfScore 0.84 (95 %: 0.80 to 0.88)");
  expect(scoreText(drawnRoles.surface, { layer: 0, head: 1 })).toBe("InfScore 0.10 (95 %: 0.00 to 0.30)");
});

describe("the scatter", () => {
  const { dots, names, plot } = scatterLayout(drawnRoles, { layer: 0, head: 3 }, 400);

  it("has a dot for every query head, surface to the right, logic upwards", () => {
    expect(dots).toHaveLength(8);
    const copier = dots.find(({ layer, head }) => layer === 1 && head === 0);
    const solver = dots.find(({ layer, head }) => layer === 0 && head === 1);
    expect((copier?.x ?? 0) > (solver?.x ?? 0) && (copier?.y ?? 0) > (solver?.y ?? 0)).toBe(true);
    for (const { x, y } of dots)
      expect(x >= plot.left && x <= plot.right && y >= plot.top && y <= plot.bottom).toBe(true);
  });

  it("names the chosen head and the strongest, none over another", () => {
    expect(names[0].text).toBe("0.3");
    expect(names.map(({ text }) => text)).toEqual(expect.arrayContaining(["1.0", "0.1"]));
    names.forEach((one, at) =>
      names.slice(at + 1).forEach((other) => {
        expect(Math.abs(one.x - other.x) >= 18 || Math.abs(one.y - other.y) >= 12).toBe(true);
      }),
    );
  });
});

it("marks needle and top in the example, and what the head gives each word", () => {
  const { words, largest } = exampleLayout(drawnRoles, drawnRoles.examples[0], { layer: 0, head: 1 });
  expect(words.filter(({ isNeedle }) => isNeedle).map(({ text }) => text)).toEqual(["Barn:", "gain", "2", "."]);
  expect(words.filter(({ isTop }) => isTop).map(({ text }) => text)).toEqual(["2", "barn"]);
  expect([largest, words[5].attention]).toEqual([0.1, (0.1 * 128) / 255]);
});

it("has a row for every query head in the table", () => {
  const { rows, columns } = rolesTable(drawnRoles, model, "surface");
  expect(rows).toHaveLength(8);
  expect(rows.every(({ length }) => length === columns.length)).toBe(true);
  expect(rows[4].slice(0, 4)).toEqual([1, 0, 0, 0.84]);
});
