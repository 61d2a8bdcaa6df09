import { expect, it } from "vitest";
import { policies } from "../policy/policies";
import { settingsInForce } from "../settings/inForce";
import { problemOf } from "./problem";
import { runRecipe } from "./recipe";

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

it("asks for the full cache beside the run when the user does, and not otherwise", () => {
  expect(runRecipe(settings, walk).hasShadow).toBe(false);
  expect(runRecipe(settingsInForce({ hasShadow: true }).settings, walk).hasShadow).toBe(true);
});

it.each(policies.map(({ id }) => id))("draws tokens with the seed chosen, under %s too", (policyId) => {
  const drawn = settingsInForce({ policyId, seed: 3, temperature: 1 }).settings;
  expect(runRecipe(drawn, walk).sampling).toMatchObject({ seed: 3, temperature: 1 });
});
