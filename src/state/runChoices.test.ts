import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { areRunsOf, isRunOf } from "../panels/header/runSummary";
import { laneRunOf } from "./shownRuns";
import { settingsInForce } from "../settings/inForce";
import { settingsOfLanes } from "../settings/lanes";
import { decodeLink, encodeLink } from "../settings/link";
import { problemOf } from "./problem";
import { runRecipe } from "./recipe";
import { parseRunIndex } from "./recordings";
import { decodeRunFile } from "../trace/file/runFile";
import { choicesOfRun, stateOfRuns } from "./runChoices";

it("gives settings whose link asks for the very run, for every recorded run", async () => {
  const runs = parseRunIndex(JSON.parse(await readFile("public/runs/index.json", "utf8")));
  for (const { files, problemId } of runs.filter(({ files: { length } }) => length === 1)) {
    const { header } = await decodeRunFile(await readFile(`public/runs/${files[0]}`), files[0]);
    const link = decodeLink(encodeLink({ choices: choicesOfRun(header, problemId) }));
    const { settings } = settingsInForce(link.choices);
    const recipe = runRecipe(settings, problemOf(settings.problem));
    expect(link.complaints).toEqual([]);
    expect(isRunOf(recipe, settings.model, header)).toBe(true);
  }
});

it("keeps a prompt that is no problem as a text", async () => {
  const { header } = await decodeRunFile(await readFile("public/runs/story-gkv.winnow"), "story");
  expect(choicesOfRun(header, null)).toMatchObject({ problem: "text", promptText: header.promptText });
});

it("makes lanes of runs side by side, each of which is asked for again", async () => {
  const files = ["walk-gkv.winnow", "walk-snapkv.winnow"];
  const traces = await Promise.all(
    files.map(async (file) => decodeRunFile(await readFile(`public/runs/${file}`), file)),
  );
  const { choices, comparison } = stateOfRuns(
    traces.map(({ header }) => header),
    null,
  );
  expect(comparison).toEqual({ others: [{ policyId: "snapKv" }], isForced: false });
  const recipes = settingsOfLanes(choices, comparison).map(({ settings }) => runRecipe(settings, null));
  expect(areRunsOf(recipes, "winnow-1m", traces.map(laneRunOf))).toBe(true);
});
