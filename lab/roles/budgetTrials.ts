// Does it help to give heads slots by their role? The same problems under a uniform share and under a share by role, at the
// same number of slots in total. Needs the roles next to the weights: the share is computed from them.

import os from "node:os";
import type { RoleBudgets } from "../../src/model/headRoles";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import type { ProblemFamily } from "../../src/problems/problem";
import { budgetSlots } from "../eval/budget";
import { evaluate, type Evaluation } from "../eval/evaluate";
import { drawFamily, fullLengths, openMeasuringModel } from "../eval/problemSet";
import { openResultFile } from "../eval/resultFile";

/** Fixed before the first run. Half difficulty, so that the trials take minutes; training never draws these seeds. */
const plan = {
  families: ["walk", "diary", "story"] satisfies readonly ProblemFamily[],
  difficulty: 5,
  problemCount: 20,
  seed: 710_000,
  policyIds: ["gkv", "snapKv"],
  budgetShares: [0.25, 0.4],
  shares: ["uniform", "roles"],
  windowSlots: 16,
  intervalSteps: 16,
} as const;

export async function compareShares(folder: string, resultFile: string | null): Promise<RoleBudgets> {
  const model = await openMeasuringModel(folder);
  const { difficulty, problemCount, seed, windowSlots, intervalSteps } = plan;
  const cells = plan.families.flatMap((family) => {
    const range = [difficulty, difficulty] as const;
    const problems = drawFamily({ family, difficulty: range, knobs: null, seed, count: problemCount });
    const lengths = fullLengths(problems, model);
    return plan.policyIds.flatMap((policyId) =>
      plan.budgetShares.flatMap((budgetShare) =>
        plan.shares.map((share) => {
          const policy = policyById(policyId);
          const slots = budgetSlots({ type: "ratio", ratio: budgetShare }, lengths);
          const choices = { budgetSlots: slots, windowSlots, intervalSteps, share };
          const parameters = effectiveParameters(policy, choices);
          const evaluation: Evaluation = { problems, policy, parameters, maxNewTokens: null };
          const figures = { family, policyId, label: policy.label, share, budgetShare, budgetSlots: slots };
          return { evaluation, figures };
        }),
      ),
    );
  });
  const results = await evaluate(
    cells.map(({ evaluation }) => evaluation),
    { model, backend: "cpu", jobs: os.availableParallelism(), resultFile: await openResultFile(resultFile) },
  );
  return {
    ...{ difficulty, problemCount, seed, windowSlots, intervalSteps },
    cells: cells.map(({ figures }, at) => ({
      ...figures,
      outcomes: results[at].map(({ isRight }) => (isRight ? "r" : "w")).join(""),
    })),
  };
}
