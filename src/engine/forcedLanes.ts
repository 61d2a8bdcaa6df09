// The recipes of a run's lanes, and the full cache whose tokens forced lanes follow: one session for all lanes of a model,
// reopened after a lost device.

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

/** Full caches that are fed the tokens of forced lanes, one for each of their models. */
export interface FollowedFullCaches {
  /** Of this engine's model, on the backend that it has now, with the tokens generated so far on any. */
  of(engine: RunEngine): Promise<ComparedFullCache>;
  dispose(): void;
}

interface OpenedOn {
  readonly backend: Backend;
  readonly compared: ComparedFullCache;
}

/**
 * Of lanes with one prompt and one way of sampling (laneRecipes). The first lane's model generates the tokens; every lane is
 * compared with the full cache of its own. `fedTokens` come before those that are generated. Throws InputError where the
 * models number their tokens differently.
 */
export function followFullCache(
  engines: readonly RunEngine[], // [lane]
  recipes: readonly RunRecipe[],
  fedTokens: readonly number[] = [],
): FollowedFullCaches {
  refuseOtherTokens(engines, recipes[0]);
  const [leader] = engines;
  const forcedTokens = [...fedTokens];
  const opened = new Map<RunEngine, OpenedOn>();

  async function open(engine: RunEngine, backend: Backend): Promise<ComparedFullCache> {
    const ofModel = recipes.filter((_, lane) => engines[lane] === engine);
    // The leader also generates what longer lanes of other models are fed.
    const wanted = { recipes: engine === leader ? recipes : ofModel, forcedTokens };
    const compared = await engine.keeper.guard(backend, openSharedFullCache(backend, engine, wanted));
    return engine === leader ? compared : { ...compared, nextForcedToken };
  }

  async function of(engine: RunEngine): Promise<ComparedFullCache> {
    const backend = await engine.keeper.current();
    const present = opened.get(engine);
    if (present?.backend === backend) return present.compared;
    present?.compared.fullCache.dispose();
    opened.delete(engine);
    const compared = await open(engine, backend);
    opened.set(engine, { backend, compared });
    return compared;
  }

  /** Where no lane of the leader's model is ahead: it has ended. */
  async function nextForcedToken(step: number, tokens: readonly number[], signal?: AbortSignal): Promise<number> {
    const { fullCache } = await of(leader);
    const draw = async (): Promise<number> => {
      await fullCache.makeRoom(step + 1);
      const { logits, result } = await fullCache.stepAt(step, tokens, signal);
      return (await Promise.all([result, logits]))[0].token;
    };
    return leader.keeper.guard(await leader.keeper.current(), draw(), signal);
  }

  return {
    of,
    dispose() {
      for (const { compared } of opened.values()) compared.fullCache.dispose();
    },
  };
}

/** Throws InputError where a lane's model reads or writes text in other tokens than the first lane's. */
function refuseOtherTokens([first, ...others]: readonly RunEngine[], { promptText }: RunRecipe): void {
  for (const [place, engine] of others.entries()) {
    if (engine === first) continue;
    const difference = tokenDifference(first, engine, promptText);
    if (difference === null) continue;
    throw new InputError(
      `lane ${place + 2} runs ${engine.summary.label}, which ${difference}, and all lanes are fed the tokens of lane 1; ` +
        "choose checkpoints of one model, or let each lane follow its own tokens",
    );
  }
}

/** In plain words; null for models that share their tokens. */
function tokenDifference(first: RunEngine, other: RunEngine, promptText: string): string | null {
  const { label } = first.summary;
  const [expected, found] = [first, other].map(({ model }) => model.config.vocabularySize);
  if (found !== expected) return `has ${found} tokens where ${label} has ${expected}`;
  for (let token = 0; token < expected; token++) {
    const [firstText, otherText] = [first, other].map(({ tokenizer }) => tokenizer.tokenText(token));
    if (otherText !== firstText) return `reads token ${token} as “${otherText}” where ${label} reads “${firstText}”`;
  }
  const [firstPrompt, otherPrompt] = [first, other].map(({ tokenizer }) => tokenizer.encode(promptText).join(" "));
  return firstPrompt === otherPrompt ? null : `cuts the prompt into other tokens than ${label}`;
}

/** Throws InputError where the full cache has no room. */
async function openSharedFullCache(
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
