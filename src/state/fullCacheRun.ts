// The run on the stage once more with nothing evicted, fed the same tokens: what its heads look at says what the run lacked, and
// what became of every score. An engine of its own computes it in the background, when a mistake or a panel asks for it.
import { MODEL_MISSING, referenceOfRun } from "./brought";
import type { EngineClient } from "../engine/client";
import type { EngineEvent, ModelReference, RunRecipe } from "../engine/protocol";
import { parseBroughtId } from "../settings/broughtModels";
import { settingsInForce, withPlainCache } from "../settings/inForce";
import type { Trace } from "../trace/trace";
import { createTraceBuilder, type TraceBuilder } from "../trace/traceBuilder";
import type { ChosenState } from "./choices";
import type { LiveRunSurroundings } from "./liveRun";
import { recipeOrNull } from "./recipe";
import { laneOnStage, type ShownRunsState } from "./shownRuns";
import { choicesOnStage, squeezedChoices } from "./squeeze";

export interface FullCacheRunState {
  /** Of the prompt that asked last, as far as it was asked; null before, and while it computes. */
  readonly fullCacheRun: Trace | null;
  readonly isFullCacheRunning: boolean;
}

export const initialFullCacheRun: FullCacheRunState = { fullCacheRun: null, isFullCacheRunning: false };

export interface FullCacheRunActions {
  /** Has the tokens on the stage read with nothing evicted, up to this step. Null if it will be; else, in plain words, why not. */
  readonly runFullCache: (step: number) => string | null;
}

interface Page {
  readonly set: (change: Partial<FullCacheRunState>) => void;
  readonly get: () => FullCacheRunState & ShownRunsState & ChosenState;
}

export function createFullCacheRun(
  { models, createEngine }: LiveRunSurroundings,
  { set, get }: Page,
): FullCacheRunActions {
  let engine: EngineClient | null = null;
  let recipe: RunRecipe | null = null;
  let fedTokens: readonly number[] = [];
  /** Of the run asked for last. */
  let model: ModelReference | null = null;
  let builder: TraceBuilder | null = null;

  const close = (): void => {
    if (engine !== null) set({ isFullCacheRunning: false });
    engine?.dispose();
    engine = null;
    recipe = null;
    builder = null;
  };

  const receive = (event: EngineEvent): void => {
    switch (event.type) {
      case "ready":
        if (recipe !== null) engine?.start({ lanes: [recipe], isForced: true, fedTokens }, false);
        return;
      case "started":
        builder = createTraceBuilder(event.header);
        return;
      case "step":
        builder?.append(event.record, event.eviction);
        return;
      case "done":
        builder?.finish(event.reason);
        set({ fullCacheRun: builder?.trace ?? null });
        close();
        return;
      case "failed":
        // The run's own attention has to do.
        close();
        return;
      default:
        return;
    }
  };

  return {
    runFullCache(step) {
      const trace = laneOnStage(get())?.trace;
      const wanted = trace === undefined ? null : wantedRecipe(get(), trace, step);
      if (trace === undefined || wanted === null) return "Its prompt is not the one chosen.";
      const wantedModel = referenceOfRun(trace.header.model, models);
      const objection = objectionToSecondCopy(wantedModel);
      if (objection !== null) return objection;
      const wantedTokens = trace.steps.slice(0, step).map(({ token }) => token);
      const isUnderWay =
        recipe !== null && JSON.stringify([recipe, fedTokens]) === JSON.stringify([wanted, wantedTokens]);
      if (model === wantedModel && (isUnderWay || isAsFar(get().fullCacheRun, trace, step))) return null;
      close();
      recipe = wanted;
      fedTokens = wantedTokens;
      model = wantedModel;
      engine = createEngine(receive);
      // The CPU's figures differ from a GPU's in the last digits only, and the GPU is the live run's.
      engine.load(model, "cpu");
      set({ isFullCacheRunning: true });
      return null;
    },
  };
}

/** Bytes of the files of a brought model, which is loaded a second time: the CPU keeps weights as they are stored. */
const LARGEST_SECOND_COPY = 1e9;

function objectionToSecondCopy({ id, files }: ModelReference): string | null {
  if (files === undefined) return null;
  if (files.length === 0) return MODEL_MISSING;
  const bytes = parseBroughtId(id)?.bytes ?? 0;
  if (bytes <= LARGEST_SECOND_COPY) return null;
  return (
    `This loads the model a second time, on the CPU: it would take ${(bytes / 1e9).toFixed(1)} GB more memory, and 1 GB is the limit. ` +
    "Choose Compare with the full cache in the set-up instead: the run then measures it as it goes, on its own backend."
  );
}

/** Null where the run on the stage cannot be had again: another prompt is chosen. */
function wantedRecipe(page: ShownRunsState & ChosenState, { header }: Trace, step: number): RunRecipe | null {
  const choices = withPlainCache(squeezedChoices(choicesOnStage(page, page.stageLane), { policyId: "fullCache" }));
  const { settings } = settingsInForce(choices);
  const recipe = recipeOrNull({ ...settings, hasTaps: true, hasHeadTaps: false, isCompared: false }, page.problem);
  return recipe?.promptText === header.promptText ? { ...recipe, maxNewTokens: step + 1 } : null;
}

/** Of the same tokens, up to the step; a run that ended by itself goes no further. */
function isAsFar(run: Trace | null, trace: Trace, step: number): boolean {
  if (run?.header.promptText !== trace.header.promptText) return false;
  const isLongEnough = run.steps.length > step || run.end === "stopToken";
  return isLongEnough && run.steps.slice(0, step).every(({ token }, past) => trace.steps[past].token === token);
}
