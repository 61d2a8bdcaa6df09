// From settings to the recipe that the engine runs.
import type { RunRecipe } from "../engine/protocol";
import { InputError } from "../lib/errors";
import { policyParameters } from "../settings/inForce";
import type { Settings } from "../settings/settings";
import { problemOf } from "./problem";

export type { RunRecipe } from "../engine/protocol";

/** Throws InputError where there is nothing to run. */
export function runRecipe(settings: Settings): RunRecipe {
  const problem = problemOf(settings);
  if (problem === null && settings.promptText.trim() === "") {
    throw new InputError("The text is empty; write one, or choose another problem.");
  }
  const { temperature, topP, topK, seed } = settings;
  return {
    promptText: problem?.prompt ?? settings.promptText,
    expectedAnswer: problem?.answer ?? null,
    policyId: settings.policyId,
    parameters: policyParameters(settings),
    sampling: { temperature, topP, topK, seed },
    maxNewTokens: settings.maxNewTokens,
    hasTaps: settings.hasTaps,
  };
}

/** The recipe, or null where there is nothing to run yet. */
export function recipeOrNull(settings: Settings): RunRecipe | null {
  try {
    return runRecipe(settings);
  } catch {
    return null;
  }
}
