// From settings to the recipe that the engine runs.
import type { RunRecipe, RunRequest } from "../engine/protocol";
import { InputError } from "../lib/errors";
import { tokensOf, type Problem } from "../problems/problem";
import { policyParameters } from "../settings/inForce";
import { AUTOMATIC_TOKENS, type Settings } from "../settings/settings";
import type { RunWish } from "./liveRunActions";
import { automaticTokens } from "./problem";

export type { RunRecipe } from "../engine/protocol";

/**
 * `problem`: the one that the settings name, null for a text. `maxPositions`: what the model has, once that is known; the
 * automatic limit stays within it. Throws InputError where there is nothing to run.
 */
export function runRecipe(settings: Settings, problem: Problem | null, maxPositions = Infinity): RunRecipe {
  const promptText = problem?.prompt ?? settings.promptText;
  if (problem === null && promptText.trim() === "") {
    throw new InputError("The text is empty; write one, or choose another problem.");
  }
  const { temperature, topP, topK, seed } = settings;
  const isAutomatic = settings.maxNewTokens === AUTOMATIC_TOKENS;
  const room = Math.max(1, maxPositions - tokensOf(promptText).length);
  return {
    promptText,
    expectedAnswer: problem?.answer ?? null,
    policyId: settings.policyId,
    parameters: policyParameters(settings),
    sampling: { temperature, topP, topK, seed },
    maxNewTokens: isAutomatic ? Math.min(automaticTokens(problem), room) : settings.maxNewTokens,
    hasTaps: settings.hasTaps,
    hasHeadTaps: settings.hasHeadTaps,
    hasShadow: settings.hasShadow,
  };
}

/** What the engine is asked to run: the recipe of every lane. Throws InputError where there is nothing to run. */
export function runRequest(
  { lanes, isForced, problem }: Pick<RunWish, "lanes" | "isForced" | "problem">,
  maxPositions = Infinity,
): RunRequest {
  return { lanes: lanes.map((settings) => runRecipe(settings, problem, maxPositions)), isForced };
}

/** The recipe, or null where there is nothing to run yet. */
export function recipeOrNull(settings: Settings, problem: Problem | null): RunRecipe | null {
  try {
    return runRecipe(settings, problem);
  } catch {
    return null;
  }
}
