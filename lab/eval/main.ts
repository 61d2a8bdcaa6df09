// npm run eval -- --family walk --policy gkv --budget 25%: how often a model is right under an eviction policy.

import { budgetSlots } from "./budget";
import type { EvalProblem, MeasuringModel } from "./problemSet";
import { requireSettled } from "../../src/engine/storage/byteObjection";
import type { ProblemResult } from "../../src/experiment/results";
import { mean, summariseResults } from "../../src/experiment/results";
import { InputError } from "../../src/lib/errors";
import type { PolicyParameters } from "../../src/policy/policy";
import { drawFamily, fullLengths, problemsOfFile, openMeasuringModel } from "./problemSet";
import { evaluate } from "./evaluate";
import type { EvalOptions, ProblemSource } from "./options";
import { parseOptions, usage } from "./options";
import { problemLine, summaryLines, tokensPerSecond } from "./report";
import { openResultFile } from "./resultFile";

/** Exit codes: 0 = done, 1 = done, but some problems failed, 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options !== null) return await runEval(options);
    console.log(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    if (!error.message.includes("Usage:")) console.error("npm run eval -- --help lists the options.");
    return 2;
  }
}

async function runEval(options: EvalOptions): Promise<number> {
  const { policy, budget, maxNewTokens, backend, jobs, output } = options;
  const model = await openMeasuringModel(options.modelFolder);
  const problems = await findProblems(options.source);
  const lengths = fullLengths(problems, model);
  const inSlots = options.parametersAt(budget === null ? null : budgetSlots(budget, lengths));
  const parameters = requireSettled(policy, inSlots, model.summary);
  const resultFile = await openResultFile(options.resultFile);
  const [results] = await evaluate([{ problems, policy, parameters, maxNewTokens }], {
    model,
    backend,
    jobs,
    resultFile,
  });
  const summary = summariseResults(results);
  const facts = configuration(options, { model, parameters, lengths });
  if (output === "text") {
    const idWidth = Math.max(...results.map(({ id }) => id.length));
    for (const result of results) console.log(problemLine(result, idWidth));
    console.log("");
  }
  if (output !== "json") {
    console.log(`model     ${model.summary.label}, ${model.summary.digest.slice(0, 16)}`);
    console.log(`policy    ${policy.label}${policy.isEvicting ? `, ${parameters.budgetSlots} slots` : ""}`);
    for (const line of summaryLines(summary)) console.log(line);
    console.log("");
  }
  const perProblem = output === "json" ? { problems: results.map(problemRecord) } : {};
  console.log(JSON.stringify({ ...facts, ...summary, ...perProblem }));
  return summary.failures.length > 0 ? 1 : 0;
}

async function findProblems(source: ProblemSource): Promise<EvalProblem[]> {
  return source.type === "file" ? problemsOfFile(source.file, source) : drawFamily(source);
}

/** Everything that decides the figures, by name. */
function configuration(
  { policy, budget, source, maxNewTokens, backend }: EvalOptions,
  facts: { readonly model: MeasuringModel; readonly parameters: PolicyParameters; readonly lengths: readonly number[] },
): Record<string, unknown> {
  const { id, digest, parameterCount } = facts.model.summary;
  return {
    model: { id, digest, parameterCount },
    backend,
    source,
    meanFullLength: mean(facts.lengths),
    policy: policy.id,
    budget,
    parameters: facts.parameters,
    maxNewTokens,
  };
}

function problemRecord(result: ProblemResult): Record<string, unknown> {
  return { ...result, tokensPerSecond: tokensPerSecond(result) };
}
