// What each lane of a run is to do, and the full cache whose tokens forced lanes follow: one session for all lanes, opened
// again after its device was lost.

import { fullCache as fullCachePolicy } from "../policy/fullCache";
import type { Backend } from "./backend";
import type { DecodeLoopRequest } from "./decodeLoop";
import type { RunEngine } from "./lane";
import { createFullCache } from "./loop/fullCache";
import { createRunPlan } from "./loop/runPlan";
import type { Shadow } from "./loop/shadow";
import type { RunRecipe, RunRequest } from "./protocol";
import { InputError } from "../lib/errors";
import { MOST_LANES } from "./protocol";

export interface Guide {
  /** On this backend, with the tokens generated so far on any. */
  on(backend: Backend): Promise<Shadow>;
  dispose(): void;
}

/** Of lanes with one prompt and one way of sampling (laneRecipes). */
export function createGuide(engine: RunEngine, recipes: readonly RunRecipe[]): Guide {
  const forcedTokens: number[] = [];
  let shadow: Shadow | null = null;
  let shadowBackend: Backend | null = null;
  return {
    async on(backend) {
      if (shadow !== null && shadowBackend === backend) return shadow;
      shadow?.fullCache.dispose();
      shadow = null;
      shadow = await engine.keeper.guard(backend, openGuide(backend, engine, { recipes, forcedTokens }));
      shadowBackend = backend;
      return shadow;
    },
    dispose: () => shadow?.fullCache.dispose(),
  };
}

/** Throws InputError where the full cache has no room. */
export async function openGuide(
  backend: Backend,
  { model, tokenizer }: Pick<DecodeLoopRequest, "model" | "tokenizer">,
  { recipes, forcedTokens }: { readonly recipes: readonly RunRecipe[]; readonly forcedTokens: number[] },
): Promise<Shadow> {
  const [first] = recipes;
  const promptTokens = tokenizer.encode(first.promptText);
  // What is wrong with the numbers of a lane is said by the lane: only prompt and sampling are the guide's.
  const recipe: RunRecipe = { ...first, policyId: fullCachePolicy.id, maxNewTokens: 1 };
  const plan = createRunPlan({ model, tokenizer, promptTokens, recipe });
  const longest = Math.max(...recipes.map(({ maxNewTokens }) => maxNewTokens));
  const newTokens = Math.min(longest, plan.maxPositions - plan.promptCount);
  const fullCache = await createFullCache(backend, { plan, promptTokens, newTokens, purpose: "follow" });
  return { fullCache, forcedTokens };
}

/**
 * The request checked, and forced lanes brought to one way of sampling. Throws InputError for lanes that cannot be stepped
 * together; a lane reports its own faults when it opens.
 */
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
