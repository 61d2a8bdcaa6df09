// The recipes of a run's lanes, and the full cache whose tokens forced lanes follow: one session for all lanes, reopened
// after a lost device.

import { fullCache as fullCachePolicy } from "../policy/attentionFree";
import type { Backend } from "./backend";
import type { DecodeLoopRequest } from "./decodeLoop";
import type { RunEngine } from "./lane";
import { createFullCache } from "./loop/fullCache";
import { createRunPlan } from "./loop/runPlan";
import type { ComparedFullCache } from "./loop/fullCacheComparison";
import type { RunRecipe, RunRequest } from "./protocol";
import { InputError } from "../lib/errors";
import { MOST_LANES } from "./protocol";

export interface SharedFullCache {
  /** On this backend, with the tokens generated so far on any. */
  on(backend: Backend): Promise<ComparedFullCache>;
  dispose(): void;
}

/** Of lanes with one prompt and one way of sampling (laneRecipes). `fedTokens` come before those that it generates. */
export function createSharedFullCache(
  engine: RunEngine,
  recipes: readonly RunRecipe[],
  fedTokens: readonly number[] = [],
): SharedFullCache {
  const forcedTokens = [...fedTokens];
  let opened: ComparedFullCache | null = null;
  let openedOn: Backend | null = null;
  return {
    async on(backend) {
      if (opened !== null && openedOn === backend) return opened;
      opened?.fullCache.dispose();
      opened = null;
      opened = await engine.keeper.guard(backend, openSharedFullCache(backend, engine, { recipes, forcedTokens }));
      openedOn = backend;
      return opened;
    },
    dispose: () => opened?.fullCache.dispose(),
  };
}

/** Throws InputError where the full cache has no room. */
export async function openSharedFullCache(
  backend: Backend,
  { model, tokenizer }: Pick<DecodeLoopRequest, "model" | "tokenizer">,
  { recipes, forcedTokens }: { readonly recipes: readonly RunRecipe[]; readonly forcedTokens: number[] },
): Promise<ComparedFullCache> {
  const [first] = recipes;
  const promptTokens = tokenizer.encode(first.promptText);
  // Only prompt and sampling matter here; a lane reports faults in its other parameters itself.
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
  return lanes.map((recipe) => ({ ...recipe, sampling, isCompared: false }));
}
