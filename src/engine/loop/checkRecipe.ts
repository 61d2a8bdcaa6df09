// What a recipe asks of a model and a policy, checked before anything is allocated: prompt, length, sampling, parameters.
// effectiveParameters (policy/policies.ts) adjusts a user's choices so that they pass; any others are refused by name.

import { InputError } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import type { Sampling } from "../../model/sampling";
import type { RunRecipe } from "../protocol";
import {
  acceptedValue,
  expectedWords,
  parameterNames,
  parameterRow,
  parameterTable,
  roomOf,
} from "../../policy/parameters";
import type { Policy, PolicyParameters } from "../../policy/policy";

/** Throws InputError naming the thing, what was found and what would do. */
export function checkRecipe(recipe: RunRecipe, promptTokens: Int32Array, config: ModelConfig): void {
  requireInteger("maxNewTokens", recipe.maxNewTokens, { least: 1, most: config.maxPositions });
  if (promptTokens.length === 0) throw new InputError("the prompt is empty; write at least one word");
  for (const token of promptTokens) {
    if (token >= 0 && token < config.vocabularySize) continue;
    throw new InputError(
      `the prompt holds token ${token}, the model knows 0 … ${config.vocabularySize - 1}; ` +
        "write the prompt without it, or use a tokenizer.json that belongs to the model",
    );
  }
  checkLength({ label: "the prompt", tokenCount: promptTokens.length }, recipe.maxNewTokens, config.maxPositions);
  checkSampling(recipe.sampling);
}

/** Throws InputError when so many new tokens behind `text` would leave the positions that the model was made for. */
export function checkLength(
  text: { readonly label: string; readonly tokenCount: number },
  newTokens: number,
  maxPositions: number,
): void {
  const needed = text.tokenCount + newTokens;
  if (needed <= maxPositions) return;
  const room = maxPositions - text.tokenCount;
  throw new InputError(
    `${text.label} (${text.tokenCount} tokens) and ${newTokens} new tokens need ${needed} positions, the model has ` +
      `${maxPositions}; ${room > 0 ? `ask for at most ${room} new tokens` : "use a shorter text"}`,
  );
}

function checkSampling({ temperature, topP, topK, seed }: Sampling): void {
  // Lower temperatures than this overflow float32 when logits are divided by them (src/model/sampler.ts).
  if (temperature !== 0) requireNumber("temperature (if not 0)", temperature, { least: 0.001, most: 100 });
  requireNumber("topP", topP, { least: Number.MIN_VALUE, most: 1 });
  requireInteger("topK", topK, { least: 0, most: 2 ** 31 });
  requireInteger("seed", seed, { least: 0, most: 2 ** 32 - 1 });
}

/** Throws InputError for the first parameter that cannot be in force. The full cache reads none of them. */
export function checkParameters(policy: Policy, parameters: PolicyParameters): void {
  for (const name of policy.isEvicting ? parameterNames : (["windowSlots"] as const)) {
    const [row, value] = [parameterRow(name), parameters[name]];
    const nearest = acceptedValue(row, value);
    if (nearest === value) continue;
    throw new InputError(
      `${row.label} is ${String(value)}, expected ${expectedWords(row)}; the nearest that works is ${String(nearest)}`,
    );
  }
  const room = policy.isEvicting ? roomOf(parameterTable.windowSlots, parameters) : null;
  if (room === null || parameters.windowSlots <= room.most) return;
  throw new InputError(
    `${parameterTable.windowSlots.label} is ${parameters.windowSlots}, but ${room.words}; ` +
      "raise the budget or narrow the window",
  );
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Throws InputError unless the value is a finite number within the bounds, both included. */
export function requireNumber(name: string, value: number, { least, most }: Bounds): void {
  if (Number.isFinite(value) && value >= least && value <= most) return;
  throw new InputError(`${name} is ${value}, expected a number ${rangeText({ least, most })}`);
}

export function requireInteger(name: string, value: number, { least, most }: Bounds): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InputError(`${name} is ${value}, expected a whole number ${rangeText({ least, most })}`);
}

function rangeText({ least, most }: Bounds): string {
  if (least === Number.MIN_VALUE) return `above 0 and up to ${most}`;
  return `from ${least} to ${most}`;
}
