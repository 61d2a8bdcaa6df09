// Decodes problems through the product under G-KV and prints what every event kept, one JSON line a problem: what the training's
// own selection is checked against (checkKept.py).
//   node scripts/run.mjs lab/training/keptSets.ts --family diary --seed 900000 --count 10 --budget 25%

import { parseArgs } from "node:util";
import { greedySampling } from "../../src/model/sampling";
import { headRow } from "../../src/cache/headRows";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import { tokensOf } from "../../src/problems/problem";
import type { EvictionEvent } from "../../src/trace/trace";
import { shippedFolder } from "../../scripts/shippedFolder";
import { budgetSlots, parseBudget } from "../eval/budget";
import { parseCount, parseSeed } from "../eval/options";
import { drawFamily, parseFamilyRequest } from "../eval/problemSet";
import { openModel } from "../openModel";
import { recordTrace } from "../recordTrace";

const flags = {
  model: { type: "string", default: shippedFolder },
  family: { type: "string", default: "walk" },
  difficulty: { type: "string" },
  knobs: { type: "string" },
  seed: { type: "string", default: "900000" },
  count: { type: "string", default: "10" },
  budget: { type: "string", default: "25%" },
} as const;

export async function main(argv: string[]): Promise<number> {
  const { model, family, difficulty, knobs, ...texts } = parseArgs({ args: argv, options: flags }).values;
  const [seed, count] = [parseSeed(texts.seed), parseCount(texts.count, "count")];
  const problems = drawFamily(parseFamilyRequest({ family, difficulty, knobs, seed, count }));
  const { loaded, backend, summary } = await openModel(model);
  const { tokenizer } = loaded;
  const lengths = problems.map(({ prompt, trace }) => tokensOf(`${prompt} ${trace}`).length);
  const budget = budgetSlots(parseBudget(texts.budget), lengths);
  for (const { prompt, answer, trace: reference } of problems) {
    const promptTokens = tokenizer.encode(prompt);
    const recipe = {
      promptText: prompt,
      expectedAnswer: answer,
      policyId: "gkv",
      parameters: effectiveParameters(policyById("gkv"), { budgetSlots: budget, windowSlots: 16, intervalSteps: 16 }),
      sampling: greedySampling,
      maxNewTokens: tokensOf(reference).length + 16,
      hasTaps: false,
    };
    const trace = await recordTrace(backend, summary, { model: loaded, tokenizer, promptTokens, recipe });
    const tokens = [...promptTokens, ...trace.steps.map(({ token }) => token)];
    console.log(JSON.stringify({ promptCount: promptTokens.length, budget, tokens, events: trace.events.map(keptAt) }));
  }
  return 0;
}

/** Where the kept slots stand in the text: [layer × KV head] of [slot] */
function keptAt({ step, positionsBefore, survivors }: EvictionEvent): { step: number; kept: number[][] } {
  const heads = survivors.offsets.length - 1;
  const kept = Array.from({ length: heads }, (_, head) => {
    const positions = headRow(positionsBefore, head);
    return Array.from(headRow(survivors, head), (slot) => positions[slot]);
  });
  return { step, kept };
}
