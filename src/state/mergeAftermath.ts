// What an event of the run on the stage did to the queries after it, measured when panel Merges asks for it. An engine of its own
// repeats the run in the background, on the CPU, with the event left out.
import { isMissing, MODEL_MISSING, referenceOfRun } from "./brought";
import type { EngineClient } from "../engine/client";
import type { AftermathRequest, EngineEvent, RunRecipe } from "../engine/protocol";
import { settingsInForce } from "../settings/inForce";
import { AFTERMATH_QUERIES, type MergeAftermath } from "../trace/merges";
import type { EvictionEvent, Trace } from "../trace/trace";
import type { ChosenState } from "./choices";
import type { LiveRunSurroundings } from "./liveRun";
import { recipeOrNull, stateOfRuns } from "./recipe";
import { laneOnStage, type ShownRunsState } from "./shownRuns";

export interface AftermathState {
  /** The last that was measured, with the event that it is about. */
  readonly aftermath: { readonly event: EvictionEvent; readonly figures: MergeAftermath } | null;
  /** The event that is being measured. */
  readonly aftermathOf: EvictionEvent | null;
  /** Why the last one asked for could not be. */
  readonly aftermathFailure: string | null;
}

export interface AftermathActions {
  /** Of an event of the run on the stage. */
  readonly measureAftermath: (event: EvictionEvent) => void;
}

interface Page {
  readonly set: (change: Partial<AftermathState>) => void;
  readonly get: () => AftermathState & ShownRunsState & ChosenState;
}

export function createAftermath({ models, createEngine }: LiveRunSurroundings, { set, get }: Page): AftermathActions {
  let engine: EngineClient | null = null;
  let asked: { readonly recipe: RunRecipe; readonly request: AftermathRequest } | null = null;

  const close = (change: Partial<AftermathState>): void => {
    engine?.dispose();
    engine = null;
    asked = null;
    set({ aftermathOf: null, ...change });
  };

  const receive = (message: EngineEvent): void => {
    const { aftermathOf: event } = get();
    switch (message.type) {
      case "ready":
        if (asked !== null) engine?.measureAftermath(asked.recipe, asked.request);
        return;
      case "aftermath":
        close(event === null ? {} : { aftermath: { event, figures: message.aftermath } });
        return;
      case "failed":
        close({ aftermathFailure: message.message });
        return;
      default:
        return;
    }
  };

  return {
    measureAftermath(event) {
      const trace = laneOnStage(get())?.trace;
      if (trace === undefined || get().aftermathOf === event) return;
      close({ aftermathFailure: null });
      const recipe = recipeOf(get(), trace);
      if (recipe === null) {
        set({ aftermathFailure: "The run cannot be repeated here: another prompt is chosen." });
        return;
      }
      const model = referenceOfRun(trace.header.model, models);
      if (isMissing(model)) {
        set({ aftermathFailure: MODEL_MISSING });
        return;
      }
      asked = { recipe, request: aftermathRequest(trace, event) };
      engine = createEngine(receive);
      // The GPU is the live run's.
      engine.load(model, "cpu");
      set({ aftermathOf: event });
    },
  };
}

function aftermathRequest(trace: Trace, event: EvictionEvent): AftermathRequest {
  const lastStep = Math.min(event.step + AFTERMATH_QUERIES, trace.steps.length - 1);
  return {
    tokens: trace.steps.slice(0, lastStep).map(({ token }) => token),
    events: trace.events.slice(0, trace.events.indexOf(event) + 1),
  };
}

/** Null where the run on the stage cannot be had again: another prompt is chosen. */
function recipeOf(page: ShownRunsState & ChosenState, { header }: Trace): RunRecipe | null {
  const { settings } = settingsInForce(stateOfRuns([header], page.problem?.id ?? null).choices);
  const recipe = recipeOrNull({ ...settings, hasTaps: false, hasHeadTaps: false, isCompared: false }, page.problem);
  return recipe?.promptText === header.promptText ? recipe : null;
}
