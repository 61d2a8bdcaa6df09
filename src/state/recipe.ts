// From settings to the recipe that the engine runs, and what that costs: whether opening a link may replay it by itself.
import type { RunRecipe, RunRequest } from "../engine/protocol";
import { InputError } from "../lib/errors";
import { tokensOf, type Problem } from "../problems/problem";
import { policyParameters } from "../settings/inForce";
import { settingsOfLanes } from "../settings/lanes";
import { shippedModels } from "../settings/shippedModels";
import { AUTOMATIC_TOKENS, type Settings } from "../settings/settings";
import type { ChosenState } from "./choices";
import { automaticTokens, problemOf } from "./problem";

export type { RunRecipe } from "../engine/protocol";

/** What a run is asked to be. */
export interface AskedRun {
  /** Settings of every lane, the run's own first; all of one problem, model and machine. */
  readonly lanes: readonly Settings[];
  /** All lanes are fed the tokens of the full cache, which then runs too. */
  readonly isForced: boolean;
  /** Null for a text of the user's own. */
  readonly problem: Problem | null;
}

/** The run that these choices ask for. */
export function askedRun({ choices, comparison }: ChosenState): AskedRun {
  const lanes = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
  return { lanes, isForced: comparison.isForced, problem: problemOf(lanes[0].problem) };
}

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
    isCompared: settings.isCompared,
  };
}

/** What the engine is asked to run: the recipe of every lane. Throws InputError where there is nothing to run. */
export function runRequest({ lanes, isForced, problem }: AskedRun, maxPositions = Infinity): RunRequest {
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

export interface RecipeCost {
  readonly type: "cheap" | "costly";
  /** Forwards of one token, prompt included, lanes and full caches added up. */
  readonly forwardCount: number;
  /** What the run takes, in plain words. */
  readonly words: string;
}

/**
 * Multiply-adds that pass for cheap: more than four lanes and the full cache take on the problem that the page begins with.
 * The CPU that recorded the shipped runs did 4e8 to 6e8 of them in a second, events included: six seconds or so.
 */
const CHEAP_MULTIPLY_ADDS = 3e9;

/** A text of the user's own beyond this many words is never run unasked. */
const LARGE_TEXT_TOKENS = 600;

export function recipeCost(asked: AskedRun, parameterCount = parametersOf(asked.lanes[0])): RecipeCost {
  const { lanes, isForced, problem } = asked;
  const promptCount = tokensOf(problem?.prompt ?? lanes[0].promptText).length;
  const newTokens = (settings: Settings): number =>
    settings.maxNewTokens === AUTOMATIC_TOKENS ? automaticTokens(problem) : settings.maxNewTokens;
  const forwardsOf = (settings: Settings): number => promptCount + newTokens(settings);
  const fullCacheCount = isForced ? 1 : lanes.filter(({ isCompared }) => isCompared).length;
  const longest = Math.max(...lanes.map(forwardsOf));
  const forwardCount =
    lanes.reduce((sum, settings) => sum + forwardsOf(settings), 0) +
    (isForced ? longest : lanes.reduce((sum, lane) => sum + (lane.isCompared ? forwardsOf(lane) : 0), 0));
  const isLargeText = problem === null && promptCount > LARGE_TEXT_TOKENS;
  const isCheap = forwardCount * parameterCount <= CHEAP_MULTIPLY_ADDS && !isLargeText;
  return {
    type: isCheap ? "cheap" : "costly",
    forwardCount,
    words: [
      `up to ${written(longest - promptCount)} tokens after ${written(promptCount)} of the prompt`,
      ...(lanes.length > 1 ? [`in ${lanes.length} lanes`] : []),
      ...(fullCacheCount > 0 ? ["compared with the full cache"] : []),
      `with ${written(parameterCount / 1e6)} million parameters`,
    ].join(", "),
  };
}

function parametersOf({ model }: Settings): number {
  return (shippedModels.find(({ id }) => id === model) ?? shippedModels[0]).parameterCount;
}

function written(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}
