import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { drawFamily } from "../../lab/eval/problemSet";
import { drawTable } from "../experiment/drawTable.testing";
import { parseResultTable } from "../experiment/resultTable";
import { settingsInForce } from "../settings/inForce";
import { cellTrial } from "./cellChoices";
import { problemOf } from "./problem";
import { runRecipe } from "./recipe";

const table = drawTable(`
  walk fullCache    ew
  walk gkvLocal w8  .25 we
  walk random w16   .25 ue
  maze gkv w16      .25 we`);
const [full, local, random, unknown] = table.cells;

it("sets the problem, the model, the policy and what sets the column apart", () => {
  expect(cellTrial(table, local)?.choices).toMatchObject({
    model: "winnow-1m",
    policyId: "gkv",
    budgetSlots: 75,
    windowSlots: 8,
    alpha: 0,
  });
});

it("takes the first problem that the table was made of", () => {
  const [first] = drawFamily({ family: "walk", difficulty: [10, 10], knobs: null, seed: table.seed, count: 1 });
  expect(cellTrial(table, local)?.choices.problem).toBe(first.id);
});

it("leaves alone what the policy does not use", () => {
  expect(Object.keys(cellTrial(table, full)?.choices ?? {}).sort()).toEqual(["model", "policyId", "problem"]);
});

it("says how the run came out in the table", () => {
  expect(cellTrial(table, local)?.text).toMatch(
    /^Set .*: G-KV, α = 0, 75 slots, problem walk-\w+-900000\. In .* wrong\./,
  );
  expect(cellTrial(table, full)?.text).toMatch(/Full cache, problem .* came out right, word for word\. Press Run\.$/);
  expect(cellTrial(table, random)?.text).toContain("without an answer, with another draw.");
});

it("offers no trial of a family that the page does not know", () => {
  expect(cellTrial(table, unknown)).toBeNull();
});

it("asks the engine for the very run that the table stands on, in every cell of a real table", async () => {
  const real = parseResultTable(await readFile("e2e/fixtures/results.json", "utf8"), "results.json");
  for (const cell of real.cells) {
    const { settings } = settingsInForce(cellTrial(real, cell)?.choices ?? {});
    const { policyId, parameters, sampling } = runRecipe(settings, problemOf(settings.problem));
    const { seed: _, ...stored } = cell.parameters;
    expect(policyId).toBe(cell.policyId);
    expect(parameters).toMatchObject(stored);
    expect(sampling.temperature).toBe(0);
  }
});
