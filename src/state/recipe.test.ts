import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { areRunsOf, isRunOf } from "../panels/header/runSummary";
import { policies } from "../policy/policies";
import { settingsInForce } from "../settings/inForce";
import { settingsOfLanes } from "../settings/lanes";
import { decodeLink, encodeLink } from "../settings/link";
import type { Choices } from "../settings/settings";
import { decodeRunFile } from "../trace/file/runFile";
import { problemOf } from "./problem";
import { areAskedFor, choicesOfRun, recipeCost, runRecipe, stateOfRuns } from "./recipe";
import { parseRunIndex } from "./recordings";
import { laneRunOf } from "./shownRuns";

const walk = problemOf("walk-5x20-1");
const settings = settingsInForce({}).settings;

it("asks the problem's prompt and knows its answer", () => {
  expect(runRecipe(settings, walk)).toMatchObject({ promptText: walk?.prompt, expectedAnswer: walk?.answer });
});

it("asks a text of the user's own without an answer, for 400 tokens at most", () => {
  const own = settingsInForce({ problem: "text", promptText: "Start in barn" }).settings;
  expect(runRecipe(own, null)).toMatchObject({ promptText: "Start in barn", expectedAnswer: null, maxNewTokens: 400 });
  expect(runRecipe(own, null, 20).maxNewTokens).toBe(17);
});

it("keeps the user's own limit, even where the model has no room for it: the engine says so", () => {
  const own = settingsInForce({ maxNewTokens: 90 }).settings;
  expect(runRecipe(own, walk, 100).maxNewTokens).toBe(90);
});

it("runs the full cache with the run when the user asks for it, and not otherwise", () => {
  expect(runRecipe(settings, walk).isCompared).toBe(false);
  expect(runRecipe(settingsInForce({ isCompared: true }).settings, walk).isCompared).toBe(true);
});

it.each(policies.map(({ id }) => id))("draws tokens with the seed chosen, under %s too", (policyId) => {
  const drawn = settingsInForce({ policyId, seed: 3, temperature: 1 }).settings;
  expect(runRecipe(drawn, walk).sampling).toMatchObject({ seed: 3, temperature: 1 });
});

function costOf(choices: Choices, laneCount = 1, { isForced = false, parameterCount = 1_016_960 } = {}) {
  const { settings } = settingsInForce(choices);
  const lanes = Array.from({ length: laneCount }, () => settings);
  return recipeCost({ lanes, problem: problemOf(settings.problem), isForced }, parameterCount);
}

describe("the cost of a recipe", () => {
  it("is small for what a page begins with, alone, with three others and on the full cache's tokens", () => {
    expect(costOf({}).type).toBe("cheap");
    expect(costOf({ isCompared: true }).type).toBe("cheap");
    expect(costOf({}, 4, { isForced: true }).type).toBe("cheap");
  });

  it("is large for many tokens in many lanes, for a larger model and for a large text", () => {
    expect(costOf({ maxNewTokens: 4096 }, 4).type).toBe("costly");
    expect(costOf({}, 1, { parameterCount: 6e8 }).type).toBe("costly");
    expect(costOf({ problem: "text", promptText: "word ".repeat(700), maxNewTokens: 1 }).type).toBe("costly");
  });

  it("counts the full cache once for all lanes on its tokens, else once for each that is compared", () => {
    const { forwardCount } = costOf({});
    expect(costOf({}, 3).forwardCount).toBe(3 * forwardCount);
    expect(costOf({}, 3, { isForced: true }).forwardCount).toBe(4 * forwardCount);
    expect(costOf({ isCompared: true }, 2).forwardCount).toBe(4 * forwardCount);
    const two = settingsOfLanes({}, { others: [{ policyId: "gkv", model: "winnow-1m-unshared" }], isForced: true });
    const cost = recipeCost({
      lanes: two.map(({ settings }) => settings),
      problem: problemOf("walk-5x20-1"),
      isForced: true,
    });
    expect(cost.forwardCount).toBe(4 * forwardCount);
    expect(cost.multiplyAdds).toBe(2 * forwardCount * (1_016_960 + 1_148_032));
  });

  it("says in plain words what the run takes", () => {
    expect(
      costOf({ problem: "text", promptText: "Start in Oz .", maxNewTokens: 2000 }, 2, { isForced: true }).words,
    ).toBe(
      "up to 2,000 tokens after 4 of the prompt, in 2 lanes, compared with the full cache, with 1 million parameters",
    );
  });
});

describe("the settings of a run that was made", () => {
  it("link to the very run, for every recorded run", async () => {
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

  it("keep a prompt that is not a problem as a text", async () => {
    const { header } = await decodeRunFile(await readFile("public/runs/story-gkv.winnow"), "story");
    expect(choicesOfRun(header, null)).toMatchObject({ problem: "text", promptText: header.promptText });
  });

  it("make lanes of runs side by side, each of which is asked for again", async () => {
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
    expect(
      areRunsOf(
        recipes,
        recipes.map(() => ({ model: "winnow-1m" })),
        traces.map(laneRunOf),
      ),
    ).toBe(true);
  });

  it("make a lane of another checkpoint, which is asked for again", async () => {
    const { header } = await decodeRunFile(await readFile("public/runs/walk-gkv.winnow"), "walk");
    const distilled = { ...header, model: { ...header.model, id: "winnow-1m-distilled" } };
    const headers = [distilled, header, { ...header, model: { ...header.model, id: "elsewhere" } }];
    const state = stateOfRuns(headers, null);
    expect(state.choices.model).toBe("winnow-1m-distilled");
    expect(state.comparison.others).toEqual([{ policyId: "gkv", model: "winnow-1m" }, { policyId: "gkv" }]);
    expect(areAskedFor(headers, null, state)).toBe(true);
    expect(areAskedFor([distilled, distilled, distilled], null, state)).toBe(false);
    const models = settingsOfLanes(state.choices, state.comparison).map(({ settings }) => settings);
    const recipes = models.map((settings) => runRecipe(settings, null));
    const lanes = headers.map((of) => laneRunOf({ header: of, steps: [], events: [], end: null }));
    expect(areRunsOf(recipes.slice(0, 2), models, lanes.slice(0, 2))).toBe(true);
    expect(areRunsOf(recipes, models, lanes)).toBe(false);
  });
});
