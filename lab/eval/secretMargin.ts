// How near a run is to naming a secret, teacher-forced. Both words that the answer can say there are scored after the same
// text, with the run's cache as its policy leaves it, and from all logits. Each is one token, so its mean is its own ln p.
//
//   … </think> Answer : the total is 14 coins , the start was │ 10      ln p(10)       secret word
//                                                             │ secret  ln p(secret)   refusal
//   text before it: what the full cache writes (forced), or what the run itself wrote (own)

import { createSessionRunner } from "../../src/engine/loop/sessionRunner";
import { createRunPlan } from "../../src/engine/loop/runPlan";
import type { RunRecipe } from "../../src/engine/protocol";
import { parseOrders } from "../../src/problems/orders";
import type { StepRecord, Trace } from "../../src/trace/trace";
import type { OpenedModel } from "../openModel";
import { recordRecipe } from "../recordTrace";

/** ln p(the number) − ln p("secret"), in nats: positive where the run would rather name the number. */
export interface SecretMargins {
  /** Null where the full cache never says what the start was. */
  readonly forced: number | null;
  /** Null where the run never says what the start was. */
  readonly own: number | null;
}

/** Measures runs of one model; remembers what its full cache writes to each prompt. */
export function createMarginMeter(opened: OpenedModel): (recipe: RunRecipe, trace: Trace) => Promise<SecretMargins> {
  const { tokenizer } = opened.loaded;
  const fullCacheSteps = new Map<string, Promise<readonly StepRecord[]>>();

  const stepsOfFullCache = (recipe: RunRecipe): Promise<readonly StepRecord[]> => {
    const known = fullCacheSteps.get(recipe.promptText);
    if (known !== undefined) return known;
    const steps = recordRecipe(opened, { ...recipe, policyId: "fullCache" }).then((trace) => trace.steps);
    fullCacheSteps.set(recipe.promptText, steps);
    return steps;
  };

  return async (recipe, trace) => {
    const secret = parseOrders(recipe.promptText)?.find((order) => order.type === "secret");
    const words = secret === undefined ? [] : [String(secret.number), "secret"].map((word) => tokenizer.encode(word));
    if (words.length === 0 || words.some(({ length }) => length !== 1)) return { forced: null, own: null };
    const [[number], [refusal]] = words;
    const marginAfter = async (tokens: readonly number[]): Promise<number> => {
      const logits = await forcedLogits(opened, recipe, tokens);
      // Both share the logarithm of the sum, which cancels.
      return logits[number] - logits[refusal];
    };
    const given = tokensBeforeWord(await stepsOfFullCache(recipe));
    const written = tokensBeforeWord(trace.steps);
    const forced = given === null ? null : await marginAfter(given);
    if (written === null) return { forced, own: null };
    const isSame = written.join(" ") === given?.join(" ");
    return { forced, own: isSame ? forced : await marginAfter(written) };
  };
}

/** Up to "the start was" of the answer; null if it is not written. */
function tokensBeforeWord(steps: readonly StepRecord[]): number[] | null {
  const words = steps.map(({ text }) => text.trim());
  const at = words.lastIndexOf("was") + 1;
  return at >= 2 && words[at - 2] === "start" ? steps.slice(0, at).map(({ token }) => token) : null;
}

/** Logits of the next token once the run has been fed these, evicting as its recipe says. [token] */
async function forcedLogits(
  { loaded, backend }: OpenedModel,
  recipe: RunRecipe,
  tokens: readonly number[],
): Promise<Float32Array> {
  const { tokenizer } = loaded;
  const run = { model: loaded, tokenizer, promptTokens: tokenizer.encode(recipe.promptText), recipe };
  const runner = await createSessionRunner(backend, run, createRunPlan(run), tokens.length + 1);
  try {
    // No eviction is recorded, so each event decides again.
    await runner.catchUp({ tokens, evictions: [] });
    runner.startForwards(tokens.length + 1);
    await runner.collect();
    return await runner.readLogits();
  } finally {
    runner.dispose();
  }
}
