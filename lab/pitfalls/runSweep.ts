// Runs the sweep and adds it up. The budget follows from each prompt's own length, so every problem is an evaluation of its
// own; what the results file holds is not run again.

import type { PitfallsCell, PitfallsFigure, PitfallsMode, PitfallsSweep } from "../../src/experiment/pitfalls";
import type { ProblemResult } from "../../src/experiment/results";
import { mean } from "../../src/experiment/results";
import { InputError } from "../../src/lib/errors";
import { noSpans } from "../../src/lib/spans";
import { objectionToCombination } from "../../src/policy/combination";
import { effectiveParameters, overruledWords, policyById } from "../../src/policy/policies";
import type { Policy, PolicyParameters } from "../../src/policy/policy";
import type { Evaluation, EvaluationContext } from "../eval/evaluate";
import { evaluate } from "../eval/evaluate";
import type { OrderedProblem, PitfallsColumn } from "./grid";
import { drawSecretProblems, keptSlots, keptSpans, pitfallsKnobs, pitfallsWindowSlots } from "./grid";
import type { PitfallsOptions } from "./options";

interface Place {
  readonly column: PitfallsColumn;
  readonly mode: PitfallsMode;
  readonly ratio: number;
  readonly isSecretFirst: boolean;
}

export async function runSweep(options: PitfallsOptions, context: EvaluationContext): Promise<PitfallsSweep> {
  const { seed, problemCount, schedule } = options;
  const sets = [true, false].map((isSecretFirst) => drawSecretProblems(seed, problemCount, isSecretFirst));
  const problemsOf = (isSecretFirst: boolean): readonly OrderedProblem[] => sets[isSecretFirst ? 0 : 1];
  const places = placesOf(options);
  const planned = places.map((place) => {
    const problems = problemsOf(place.isSecretFirst);
    const tasks = problems.map((ordered) => taskOf(place, ordered, options, context));
    const refused = tasks.find((task) => "reason" in task);
    return refused === undefined
      ? { place, problems, evaluations: tasks as Evaluation[] }
      : { place, problems, refused: (refused as { reason: string }).reason };
  });
  const running = planned.filter((plan) => plan.evaluations !== undefined);
  const results = (
    await evaluate(
      running.flatMap(({ evaluations }) => evaluations),
      context,
    )
  ).flat();
  const cells = running.map(({ place, problems }, at) =>
    cellOf(place, problems, results.slice(at * problemCount, (at + 1) * problemCount)),
  );
  const { id, digest, parameterCount } = context.model.summary;
  return {
    version: 1,
    name: options.name,
    command: options.command,
    date: options.date,
    model: { id, digest, parameterCount },
    seed,
    problemCount,
    knobs: Object.entries(pitfallsKnobs)
      .map(([knob, value]) => `${knob}=${value}`)
      .join(","),
    meanPromptTokens: mean(problemsOf(true).map(({ problem }) => context.model.tokenCount(problem.prompt))) ?? 0,
    windowSlots: pitfallsWindowSlots,
    intervalSteps: schedule === "once" ? null : 16,
    schedule,
    cells,
    leftOut: planned.flatMap(({ place: { column, mode, ratio, isSecretFirst }, refused: reason }) =>
      reason === undefined || !isSecretFirst ? [] : [{ label: column.label, mode, ratio, reason }],
    ),
  };
}

/** Nothing evicted first, once per order: it is the same under every policy. */
function placesOf({ columns, ratios, modes }: PitfallsOptions): Place[] {
  const full = { id: "fullCache", label: "Full cache", policyId: "fullCache" };
  return [true, false].flatMap((isSecretFirst) => [
    { column: full, mode: "plain" as const, ratio: 0, isSecretFirst },
    ...columns.flatMap((column) =>
      modes.flatMap((mode) => ratios.map((ratio) => ({ column, mode, ratio, isSecretFirst }))),
    ),
  ]);
}

function taskOf(
  { column, mode, ratio }: Place,
  ordered: OrderedProblem,
  { seed, schedule }: PitfallsOptions,
  { model }: EvaluationContext,
): Evaluation | { readonly reason: string } {
  const policy = policyById(column.policyId);
  const { problem, secret, other } = ordered;
  const instructions = [secret, other]
    .map(({ start, end }) => ({ start, end }))
    .sort((left, right) => left.start - right.start);
  const spans = { ...noSpans, instructions, kept: keptSpans(mode, ordered) };
  const choices: Partial<PolicyParameters> = {
    budgetSlots: keptSlots(model.tokenCount(problem.prompt), ratio),
    windowSlots: pitfallsWindowSlots,
    intervalSteps: 16,
    schedule,
    fairShare: mode === "fair" || mode === "fairCode" ? 1 : 0,
    ...(mode === "fairCode" && { fairRule: "code" as const }),
    seed,
  };
  const parameters = effectiveParameters(policy, choices);
  const overruled = policy.isEvicting ? firstOverruled(policy, choices, parameters) : null;
  const reason = overruled ?? objectionToCombination(policy, parameters, { ...model.summary, roles: null, spans });
  if (reason !== null) return { reason };
  return { problems: [problem], policy, parameters, maxNewTokens: null, spans };
}

function firstOverruled(policy: Policy, choices: Partial<PolicyParameters>, parameters: PolicyParameters) {
  for (const name of policy.uses) {
    const chosen = choices[name];
    const words = chosen === undefined ? null : overruledWords(name, chosen, parameters);
    if (words !== null) return `${name} ${String(chosen)} ${words}`;
  }
  return null;
}

function cellOf(
  { column, mode, ratio, isSecretFirst }: Place,
  problems: readonly OrderedProblem[],
  results: readonly ProblemResult[],
): PitfallsCell {
  const failed = results.find(({ failure }) => failure !== null);
  if (failed !== undefined) throw new InputError(`${failed.id} could not be run: ${String(failed.failure)}`);
  const keepRate = (result: ProblemResult, place: number, when: "afterPrompt" | "atEnd"): number =>
    result.keepRates?.[place]?.[when] ?? 1;
  const instruction = (role: "secret" | "other"): PitfallsCell["secret"] => {
    const place = (role === "secret") === isSecretFirst ? 0 : 1;
    return {
      obeyed: figure(results.map((result, at) => Number(result.parts?.[problems[at][role].order.type] ?? false))),
      keptAfterPrompt: figure(results.map((result) => keepRate(result, place, "afterPrompt"))),
      keptAtEnd: figure(results.map((result) => keepRate(result, place, "atEnd"))),
    };
  };
  const [first, last] = isSecretFirst ? [0, 1] : [1, 0];
  const margin = (reading: "forced" | "own"): PitfallsFigure | null => {
    const known = results
      .map(({ secretMargins }) => secretMargins?.[reading] ?? null)
      .filter((value) => value !== null);
    return known.length === 0 ? null : figure(known);
  };
  return {
    columnId: column.id,
    label: column.label,
    policyId: column.policyId,
    mode,
    ratio,
    isSecretFirst,
    count: results.length,
    secret: instruction("secret"),
    other: instruction("other"),
    bias: figure(
      results.map((result) => keepRate(result, first, "afterPrompt") - keepRate(result, last, "afterPrompt")),
    ),
    leaked: figure(results.map(({ isLeaked }) => Number(isLeaked ?? false))),
    forcedMargin: margin("forced"),
    ownMargin: margin("own"),
    right: figure(results.map(({ isRight }) => Number(isRight))),
  };
}

/** Mean and its standard error, from the spread of the values; four decimals. */
export function figure(values: readonly number[]): PitfallsFigure {
  const count = values.length;
  const average = mean(values) ?? 0;
  const spread = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  const error = count < 2 ? 0 : Math.sqrt(spread / (count - 1) / count);
  return { mean: rounded(average), error: rounded(error), count };
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
