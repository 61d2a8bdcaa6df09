// A run in one line: its parameters in force, and whether the current settings would give the same run.
import type { LaneRun } from "../../state/shownRuns";
import type { RunRecipe } from "../../state/recipe";
import { parameterNames, parameterRow, recordedValue, type ParameterName } from "../../policy/parameters";
import { defaultValue, parametersOfRun } from "../../settings/inForce";
import { writtenValue } from "../../settings/settingRow";
import { settingRow, settingTable, type Settings } from "../../settings/settings";
import type { TraceHeader } from "../../trace/trace";

/** The main parameters that formulas write with a symbol. */
const shownParameters = parameterNames.filter((name) => mainSymbol(name) !== undefined);

/** "G-KV: B 96, w 16, s 16, α 0.8, λ 0.5", and whatever else the user changed from the policy's defaults. */
export function runParameters(header: TraceHeader): string {
  const uses = parametersOfRun(header.policyId, header.parameters);
  const main = shownParameters.filter((name) => uses.includes(name));
  const others = uses.filter(
    (name) => !shownParameters.includes(name) && name in header.parameters && isOfUser(header, name),
  );
  const { temperature, seed } = header.sampling;
  const sampling = temperature === 0 ? [] : [`temperature ${temperature}`, `seed ${seed}`];
  const prompt = isPromptTooLong(header) ? ["prompt too long to keep"] : [];
  const figures = [...[...main, ...others].map((name) => writtenParameter(header, name)), ...sampling, ...prompt];
  return figures.length === 0 ? header.policyLabel : `${header.policyLabel}: ${figures.join(", ")}`;
}

/** Random eviction is to keep the prompt, and cannot: prompt and window exceed the budget. */
function isPromptTooLong({ policyId, parameters, promptTokens }: TraceHeader): boolean {
  return policyId === "random" && promptTokens.length > Number(parameters.budgetSlots) - Number(parameters.windowSlots);
}

/** Whether a parameter differs from the policy's default. */
export function isOfUser({ policyId, parameters }: TraceHeader, name: ParameterName): boolean {
  return parameters[name] !== defaultValue(name, policyId);
}

/** "B 96" or "pooling 7 slots". */
export function writtenParameter({ parameters }: TraceHeader, name: ParameterName): string {
  const symbol = mainSymbol(name);
  if (symbol !== undefined) return `${symbol} ${String(parameters[name])}`;
  return `${settingTable[name].label.toLowerCase()} ${writtenValue(settingRow(name), parameters[name])}`;
}

function mainSymbol(name: ParameterName): string | undefined {
  const { isMain, symbol } = parameterRow(name);
  return isMain ? symbol : undefined;
}

/** Whether the recipe would give a run with this header: same model, text, policy, and the parameters that matter. */
export function isRunOf(recipe: RunRecipe, modelId: string, header: TraceHeader): boolean {
  const uses = parametersOfRun(recipe.policyId, recipe.parameters);
  const { temperature, topP, topK, seed } = recipe.sampling;
  const isSameSampling =
    temperature === header.sampling.temperature &&
    (temperature === 0 ||
      (topP === header.sampling.topP && topK === header.sampling.topK && seed === header.sampling.seed));
  return (
    modelId === header.model.id &&
    recipe.promptText === header.promptText &&
    recipe.policyId === header.policyId &&
    uses.every((name) => recipe.parameters[name] === recordedValue(name, header.parameters)) &&
    isSameSampling
  );
}

/** Whether these recipes would give the runs on screen on these models, lane by lane. */
export function areRunsOf(
  recipes: readonly (RunRecipe | null)[], // [lane]
  models: readonly Pick<Settings, "model">[], // [lane]
  lanes: readonly LaneRun[],
): boolean {
  return (
    recipes.length === lanes.length &&
    recipes.every((recipe, lane) => recipe !== null && isRunOf(recipe, models[lane].model, lanes[lane].trace.header))
  );
}
