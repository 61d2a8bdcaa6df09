// The full cache whose tokens forced lanes follow: one session for all lanes, opened again where its device was lost.

import { fullCache as fullCachePolicy } from "../policy/fullCache";
import type { Backend } from "./backend";
import type { DecodeLoopRequest } from "./decodeLoop";
import type { RunEngine } from "./lane";
import { createFullCache } from "./loop/fullCache";
import { createRunPlan } from "./loop/runPlan";
import type { Shadow } from "./loop/shadow";
import type { RunRecipe } from "./protocol";

export interface Guide {
  /** On this backend, with the tokens generated so far on any. */
  on(backend: Backend): Promise<Shadow>;
  dispose(): void;
}

/** Of lanes with one prompt and one way of sampling (laneRecipes.ts). */
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
