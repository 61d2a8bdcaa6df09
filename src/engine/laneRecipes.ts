// What each lane of a run is to do: the request checked, and forced lanes brought to one way of sampling.

import { InputError } from "../lib/errors";
import type { RunRecipe, RunRequest } from "./protocol";
import { MOST_LANES } from "./protocol";

/** Throws InputError for lanes that cannot be stepped together; what is wrong with one of them alone is its own to say. */
export function laneRecipes({ lanes, isForced }: RunRequest): readonly RunRecipe[] {
  if (lanes.length < 1 || lanes.length > MOST_LANES) {
    throw new InputError(`a run has 1 to ${MOST_LANES} lanes, found ${lanes.length}; add or remove some`);
  }
  if (!isForced) return lanes;
  const [{ promptText, sampling }] = lanes;
  const other = lanes.findIndex((recipe) => recipe.promptText !== promptText);
  if (other !== -1) {
    throw new InputError(
      `lane ${other + 1} has another prompt than lane 1, and the full cache generates the tokens of all lanes from one; ` +
        "give them the same prompt, or let each lane follow its own tokens",
    );
  }
  return lanes.map((recipe) => ({ ...recipe, sampling, hasShadow: false }));
}
