import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { isRunOf } from "../panels/header/runSummary";
import { settingsInForce } from "../settings/inForce";
import { decodeLink, encodeLink } from "../settings/link";
import { problemOf } from "../state/problem";
import { runRecipe } from "../state/recipe";
import { parseRunIndex } from "../state/recordedRun";
import { decodeRunFile } from "../trace/runFile";
import { choicesOfRun } from "./runChoices";

it("gives settings whose link asks for the very run, for every recorded run", async () => {
  const runs = parseRunIndex(JSON.parse(await readFile("public/runs/index.json", "utf8")));
  for (const { file, problemId } of runs) {
    const { header } = await decodeRunFile(await readFile(`public/runs/${file}`), file);
    const link = decodeLink(encodeLink({ choices: choicesOfRun(header, problemId) }));
    const { settings } = settingsInForce(link.choices);
    const recipe = runRecipe(settings, problemOf(settings.problem));
    expect(link.problems).toEqual([]);
    expect(isRunOf(recipe, settings.model, header)).toBe(true);
  }
});

it("keeps a prompt that is no problem as a text", async () => {
  const { header } = await decodeRunFile(await readFile("public/runs/story-gkv.winnow"), "story");
  expect(choicesOfRun(header, null)).toMatchObject({ problem: "text", promptText: header.promptText });
});
