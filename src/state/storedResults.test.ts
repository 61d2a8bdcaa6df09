import { expect, it } from "vitest";
import { drawTable } from "../experiment/drawTable.testing";
import { loadResultTable, cellTrial } from "./storedResults";
import { readFile } from "node:fs/promises";
import { drawFamily } from "../../lab/eval/problemSet";
import { parseResultTable } from "../experiment/resultTable";
import { settingsInForce } from "../settings/inForce";
import { problemOf } from "./problem";
import { runRecipe } from "./recipe";

const stored = drawTable("walk gkv w16 .25 ew");

const answering =
  (body: string, status = 200, type = "application/json") =>
  (): Promise<Response> =>
    Promise.resolve(new Response(body, { status, headers: { "content-type": type } }));

it("reads the table of a model from a relative address", async () => {
  const asked: string[] = [];
  const loaded = await loadResultTable("winnow-1m", "slots", (file) => {
    asked.push(file);
    return answering(JSON.stringify(stored))();
  });
  expect(loaded).toEqual(stored);
  expect(asked).toEqual(["results/winnow-1m.json"]);
});

it("says that there is no table at equal bytes, where there is none", async () => {
  await expect(loadResultTable("other", "bytes", answering("", 404))).rejects.toThrow(
    "No results at equal bytes are stored for this model (results/bytes/other.json is not there).",
  );
});

it.each([
  ["a file that is missing", answering("", 404), "No results are stored for this model (results/winnow-1m.json"],
  [
    "a host that answers with its page",
    answering("<!doctype html>", 200, "text/html; charset=utf-8"),
    "No results are",
  ],
  ["a host that fails", answering("", 500), "results/winnow-1m.json could not be loaded (HTTP 500)."],
  ["a connection that fails", () => Promise.reject(new Error("offline")), "could not be loaded: offline"],
  ["a file cut off", answering('{"version": 1,'), "results/winnow-1m.json: expected JSON"],
  ["another file", answering("{}"), "results/winnow-1m.json is not a table of results"],
])("says so in words: %s", async (_, fetchFile, message) => {
  await expect(loadResultTable("winnow-1m", "slots", fetchFile)).rejects.toThrow(message);
});

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
