// From settings to the recipe that the engine runs, and what that costs: whether opening a link may replay it unasked. And
// back: the settings that give the runs on screen again, read from their headers.
import type { RunRecipe, RunRequest } from "../engine/protocol";
import { InputError } from "../lib/errors";
import { bareSpans, formatSpans, noSpans, parseSpans, type PromptSpans } from "../lib/spans";
import { instructionSpans } from "../problems/orders";
import { tokensOf, type Problem } from "../problems/problem";
import { isUnusedByPolicy, policyParameters, withoutDefaults } from "../settings/inForce";
import { isLaneId, lockedIds, ownIds, settingsOfLanes, withoutOwnDefaults, type LaneChoices } from "../settings/lanes";
import { encodeLink } from "../settings/link";
import { modelOf } from "../settings/shippedModels";
import { AUTOMATIC_TOKENS, OWN_TEXT, settingIds, settingRow, type Choices, type Settings } from "../settings/settings";
import type { TraceHeader } from "../trace/trace";
import type { ChosenState } from "./choices";
import { automaticTokens, problemOf } from "./problem";

export type { RunRecipe } from "../engine/protocol";

/** What a run is asked to be. */
export interface AskedRun {
  /** Settings of every lane, the run's own first; all of one problem and machine. */
  readonly lanes: readonly Settings[];
  /** All lanes are fed the tokens of the full cache, which then runs too. */
  readonly isForced: boolean;
  /** Null for a text of the user's own. */
  readonly problem: Problem | null;
}

/** The run that these choices ask for. */
export function askedRun({ choices, comparison }: ChosenState): AskedRun {
  const lanes = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
  return { lanes, isForced: comparison.isForced, problem: problemOf(lanes[0].problem) };
}

/**
 * `problem`: the one that the settings name, null for a text. `maxPositions`: those of the model, once known; the automatic
 * limit stays within them. Throws InputError if there is nothing to run.
 */
export function runRecipe(settings: Settings, problem: Problem | null, maxPositions = Infinity): RunRecipe {
  const promptText = problem?.prompt ?? settings.promptText;
  if (problem === null && promptText.trim() === "") {
    throw new InputError("The text is empty; write one, or choose another problem.");
  }
  const { temperature, topP, topK, seed } = settings;
  const isAutomatic = settings.maxNewTokens === AUTOMATIC_TOKENS;
  const room = Math.max(1, maxPositions - tokensOf(promptText).length);
  return {
    promptText,
    expectedAnswer: problem?.answer ?? null,
    policyId: settings.policyId,
    parameters: policyParameters(settings),
    ...spansOf(settings, problem),
    sampling: { temperature, topP, topK, seed },
    maxNewTokens: isAutomatic ? Math.min(automaticTokens(problem), room) : settings.maxNewTokens,
    hasTaps: settings.hasTaps,
    hasHeadTaps: settings.hasHeadTaps,
    watch: { choice: settings.attentionHeads, wanted: [] },
    isCompared: settings.isCompared,
  };
}

/** The spans that the settings name, or the problem; nothing where there are none. Throws InputError for a text that names none. */
function spansOf({ keptSpans, instructionSpans: written }: Settings, problem: Problem | null): { spans?: PromptSpans } {
  const ofProblem = problem === null ? [] : bareSpans(instructionSpans(problem.prompt));
  const instructions = written.trim() === "" ? ofProblem : parseSpans(written);
  const kept = parseSpans(keptSpans);
  return kept.length === 0 && instructions.length === 0 ? {} : { spans: { kept, instructions } };
}

/** What the engine is asked to run: the recipe of every lane. Throws InputError if there is nothing to run. */
export function runRequest({ lanes, isForced, problem }: AskedRun, maxPositions = Infinity): RunRequest {
  return { lanes: lanes.map((settings) => runRecipe(settings, problem, maxPositions)), isForced };
}

/** The recipe, or null if there is nothing to run yet. */
export function recipeOrNull(settings: Settings, problem: Problem | null): RunRecipe | null {
  try {
    return runRecipe(settings, problem);
  } catch {
    return null;
  }
}

export interface RecipeCost {
  readonly type: "cheap" | "costly";
  /** Forwards of one token, prompt included, lanes and full caches added up. */
  readonly forwardCount: number;
  /** Those of all forwards together, roughly. */
  readonly multiplyAdds: number;
  /** What the run takes, in plain words. */
  readonly words: string;
}

/**
 * Multiply-adds that count as cheap: more than four lanes and the full cache need for the first problem of the page.
 * The CPU that recorded the shipped runs did 4e8 to 6e8 of them in a second, events included: six seconds or so.
 */
const CHEAP_MULTIPLY_ADDS = 3e9;

/** A user's text of more words than these never runs unasked. */
const LARGE_TEXT_TOKENS = 600;

/** `parameterCount`: of every lane's model. Absent: as shipped. */
export function recipeCost({ lanes, isForced, problem }: AskedRun, parameterCount?: number): RecipeCost {
  const parametersIn = (settings: Settings): number => parameterCount ?? parametersOf(settings);
  const promptCount = tokensOf(problem?.prompt ?? lanes[0].promptText).length;
  const newTokens = (settings: Settings): number =>
    settings.maxNewTokens === AUTOMATIC_TOKENS ? automaticTokens(problem) : settings.maxNewTokens;
  const forwardsOf = (settings: Settings): number => promptCount + newTokens(settings);
  const longest = Math.max(...lanes.map(forwardsOf));
  // Forced lanes share a full cache with those of the same model.
  const ofModels = lanes.filter(({ model }, lane) => lanes.findIndex((other) => other.model === model) === lane);
  const runs = [
    ...lanes.map((settings) => ({ settings, forwards: forwardsOf(settings) })),
    ...(isForced
      ? ofModels.map((settings) => ({ settings, forwards: longest }))
      : lanes.filter(({ isCompared }) => isCompared).map((settings) => ({ settings, forwards: forwardsOf(settings) }))),
  ];
  const forwardCount = runs.reduce((sum, { forwards }) => sum + forwards, 0);
  const multiplyAdds = runs.reduce((sum, { settings, forwards }) => sum + forwards * parametersIn(settings), 0);
  const isLargeText = problem === null && promptCount > LARGE_TEXT_TOKENS;
  const isCheap = multiplyAdds <= CHEAP_MULTIPLY_ADDS && !isLargeText;
  return {
    type: isCheap ? "cheap" : "costly",
    forwardCount,
    multiplyAdds,
    words: [
      `up to ${written(longest - promptCount)} tokens after ${written(promptCount)} of the prompt`,
      ...(lanes.length > 1 ? [`in ${lanes.length} lanes`] : []),
      ...(runs.length > lanes.length ? ["compared with the full cache"] : []),
      `with ${written(parametersIn(lanes[0]) / 1e6)} million parameters`,
    ].join(", "),
  };
}

function parametersOf({ model }: Settings): number {
  return modelOf(model).parameterCount;
}

function written(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}

/** The settings that give a run again, from its header. `problemId`: the problem of the run, null for a text. */
export function choicesOfRun(header: TraceHeader, problemId: string | null): Choices {
  const { temperature, topP, topK, seed } = header.sampling;
  const parameters = Object.fromEntries(
    settingIds
      .filter(
        (id) => isLaneId(id) && id in header.parameters && !isUnusedByPolicy(id, header.policyId, header.parameters),
      )
      .map((id) => [id, header.parameters[id]]),
  );
  return withoutDefaults({
    ...parameters,
    ...(problemId === null ? { problem: OWN_TEXT, promptText: header.promptText } : { problem: problemId }),
    ...(isKnownModel(header.model.id) && { model: header.model.id }),
    policyId: header.policyId,
    ...spanChoices(header, problemId),
    temperature,
    ...(temperature > 0 && { topP, topK, seed }),
  });
}

function isKnownModel(modelId: string): boolean {
  return modelOf(modelId).id === modelId;
}

/** Spans that the problem itself does not name. */
function spanChoices({ spans = noSpans }: TraceHeader, problemId: string | null): Choices {
  const problem = problemId === null ? null : problemOf(problemId);
  const ofProblem = problem === null ? "" : formatSpans(instructionSpans(problem.prompt));
  const [kept, instructions] = [formatSpans(spans.kept), formatSpans(spans.instructions)];
  return {
    ...(kept !== "" && { keptSpans: kept }),
    ...(instructions !== "" && instructions !== ofProblem && { instructionSpans: instructions }),
  };
}

/** Settings that say where and how a run is made, not what comes out. */
const machineIds = settingIds.filter((id) => settingRow(id).group === "engine");

function isOfMachine(id: string): boolean {
  return machineIds.some((one) => one === id);
}

/** Choices of another experiment, with the machine chosen now. */
export function onMachineOf(now: Choices, choices: Choices): Choices {
  return {
    ...choices,
    ...Object.fromEntries(Object.entries(now).filter(([id]) => isOfMachine(id))),
  };
}

/** Whether these settings ask for the runs with these headers, on whatever machine. */
export function areAskedFor(
  headers: readonly TraceHeader[],
  problemId: string | null,
  { choices, comparison }: ChosenState,
): boolean {
  const plain = Object.fromEntries(Object.entries(withoutDefaults(choices)).filter(([id]) => !isOfMachine(id)));
  return encodeLink({ choices: plain, comparison }) === encodeLink(stateOfRuns(headers, problemId));
}

/** Runs of one prompt side by side: the first gives the settings, the others become lanes next to it. */
export function stateOfRuns([first, ...others]: readonly TraceHeader[], problemId: string | null): ChosenState {
  return {
    choices: choicesOfRun(first, problemId),
    comparison: {
      others: others.map((header) => laneOfRun(header, first)),
      isForced: first.isForced === true,
    },
  };
}

/** The settings of a lane: those its policy uses, and the shared ones that differ from the first lane. */
function laneOfRun({ model, policyId, parameters, spans = noSpans }: TraceHeader, first: TraceHeader): LaneChoices {
  const isUsed = (id: (typeof ownIds)[number]): boolean =>
    id in parameters && !isUnusedByPolicy(id, policyId, parameters);
  const own = ownIds.filter((id) => id !== "policyId" && isUsed(id));
  const unlocked = lockedIds.filter((id) => isUsed(id) && parameters[id] !== first.parameters[id]);
  const said = Object.fromEntries([...own, ...unlocked].map((id) => [id, parameters[id]])) as LaneChoices;
  const isOtherModel = model.id !== first.model.id && isKnownModel(model.id);
  const ownModel = isOtherModel ? { model: model.id } : {};
  return withoutOwnDefaults({ ...said, ...ownModel, keptSpans: formatSpans(spans.kept), policyId });
}
