import { expect, it } from "vitest";
import type { RunRecipe } from "../../src/engine/protocol";
import { noSpans } from "../../src/lib/spans";
import { greedySampling } from "../../src/model/sampling";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import type { StepRecord } from "../../src/trace/trace";
import { openModel } from "../openModel";
import { recordRecipe } from "../recordTrace";
import { drawSecretProblems, type OrderedProblem } from "../pitfalls/grid";
import { createMarginMeter } from "./secretMargin";

const opened = await openModel("public/models/winnow-1m");
const measure = createMarginMeter(opened);
const problems = drawSecretProblems(910_000, 4, true);

function recipeOf(
  { problem, secret }: OrderedProblem,
  policyId: string,
  keptSlots: number,
  isWhitelisted = false,
): RunRecipe {
  const choices = { budgetSlots: keptSlots, windowSlots: 4, schedule: "once", intervalSteps: 16 } as const;
  return {
    promptText: problem.prompt,
    expectedAnswer: problem.answer,
    policyId,
    parameters: effectiveParameters(policyById(policyId), choices),
    spans: { ...noSpans, kept: isWhitelisted ? [{ start: secret.start, end: secret.end }] : [] },
    sampling: greedySampling,
    maxNewTokens: 150,
    hasTaps: false,
  };
}

/** From the most probable words of the step after "the start was"; NaN unless both are among them. */
function recordedMargin(steps: readonly StepRecord[], number: number): number {
  const at = steps.findLastIndex(({ text }) => text.trim() === "was") + 1;
  const { candidateTexts, candidateLogProbabilities } = steps[at];
  const logProbabilityOf = (word: string) =>
    candidateLogProbabilities[candidateTexts.findIndex((text) => text.trim() === word)];
  return logProbabilityOf(String(number)) - logProbabilityOf("secret");
}

it("measures after its own text what a run recorded there", async () => {
  const recorded: number[] = [];
  const measured: (number | null)[] = [];
  for (const each of problems) {
    const recipe = recipeOf(each, "fullCache", 60);
    const trace = await recordRecipe(opened, recipe);
    const { forced, own } = await measure(recipe, trace);
    expect(forced).toBe(own);
    const margin = recordedMargin(trace.steps, each.secret.order.type === "secret" ? each.secret.order.number : NaN);
    if (Number.isNaN(margin)) continue;
    recorded.push(margin);
    measured.push(own);
  }
  expect(recorded.length).toBeGreaterThan(0);
  expect(measured).toEqual(recorded.map((margin) => expect.closeTo(margin, 4) as number));
});

it("would rather name the number once the secret is evicted, and not where it is kept", async () => {
  const marginOf = async (isWhitelisted: boolean): Promise<number | null> => {
    const recipe = recipeOf(problems[0], "streamingLlm", 60, isWhitelisted);
    return (await measure(recipe, await recordRecipe(opened, recipe))).forced;
  };
  expect(await marginOf(false)).toBeGreaterThan(0);
  expect(await marginOf(true)).toBeLessThan(0);
});
