// Where it breaks: whether the model answers right, for each rule and a dozen budgets. An engine of its own runs them one
// after the other in the background, without attention records, and rests as soon as it is told to. Outcomes are kept for
// the visit, by what decides them, so that a run is computed once.
import { referenceOf } from "./brought";
import type { EngineClient } from "../engine/client";
import type { EngineEvent, RunRecipe } from "../engine/protocol";
import { judgeAnswer } from "../problems/judge";
import type { Problem } from "../problems/problem";
import { parametersOfRun, policyOf, settingsInForce } from "../settings/inForce";
import type { Choices } from "../settings/settings";
import type { LiveRunSurroundings } from "./liveRun";
import { recipeCost, runRecipe } from "./recipe";
import { squeezedChoices, squeezeRules, type SqueezeRule } from "./squeeze";

export type Outcome = "right" | "wrong";

/** One run of the strip. */
export interface StripCell {
  readonly rule: SqueezeRule;
  readonly budgetSlots: number;
  /** What decides its outcome; cells that cannot differ share it. */
  readonly key: string;
  readonly modelId: string;
  readonly recipe: RunRecipe;
}

export interface StripRow {
  readonly rule: SqueezeRule;
  readonly cells: readonly StripCell[];
}

interface StripRequest {
  /** Of the run on the stage. */
  readonly choices: Choices;
  readonly problem: Problem;
  readonly budgets: readonly number[];
  /** Those of the model, once known. */
  readonly maxPositions: number | undefined;
}

export function stripRows({ choices, problem, budgets, maxPositions }: StripRequest): readonly StripRow[] {
  return squeezeRules.map((rule) => ({
    rule,
    cells: budgets.map((budgetSlots) => {
      const { settings } = settingsInForce(squeezedChoices(choices, { policyId: rule, budgetSlots }));
      const bare = { ...settings, hasTaps: false, hasHeadTaps: false, isCompared: false };
      const recipe = runRecipe(bare, problem, maxPositions);
      return { rule, budgetSlots, key: outcomeKey(settings.model, recipe), modelId: settings.model, recipe };
    }),
  }));
}

/** Parameters that the policy does not use decide nothing, and neither do spans where nothing is evicted. */
function outcomeKey(modelId: string, recipe: RunRecipe): string {
  const { promptText, policyId, parameters, spans, sampling, maxNewTokens } = recipe;
  const used = parametersOfRun(policyId, parameters).map((name) => parameters[name]);
  const named = policyOf(policyId).isEvicting ? spans : undefined;
  const draw = sampling.temperature === 0 ? [] : [sampling];
  return JSON.stringify([modelId, promptText, policyId, used, named, draw, maxNewTokens]);
}

/** The order in which the picture grows: the whole text first, then the budgets outwards from the present one. */
export function stripOrder(rows: readonly StripRow[], present: number): readonly StripCell[] {
  const cells = rows.flatMap((row) => row.cells);
  const columns = [...new Set(cells.map(({ budgetSlots }) => budgetSlots))].sort((one, other) => one - other);
  const centre = Math.max(0, columns.indexOf(present));
  const distance = ({ rule, budgetSlots }: StripCell): number =>
    rule === "fullCache" ? -1 : Math.abs(columns.indexOf(budgetSlots) - centre);
  const sorted = [...cells].sort((one, other) => distance(one) - distance(other));
  const keys = new Set<string>();
  return sorted.filter(({ key }) => !keys.has(key) && keys.add(key).size > 0);
}

/** Multiply-adds in a second on a slow CPU, events included (see recipeCost). */
const SLOW_RATE = 4e8;

/** Longer than this is only computed when asked for. */
const MOST_UNASKED_SECONDS = 60;

export interface StripCost {
  readonly seconds: number;
  readonly mayRunUnasked: boolean;
}

/** What so many runs of these choices cost. */
export function stripCost(choices: Choices, problem: Problem, runCount: number): StripCost {
  const { settings } = settingsInForce(choices);
  const cost = recipeCost({ lanes: [{ ...settings, isCompared: false }], isForced: false, problem });
  const seconds = (runCount * cost.multiplyAdds) / SLOW_RATE;
  return { seconds, mayRunUnasked: cost.type === "cheap" && seconds <= MOST_UNASKED_SECONDS };
}

export interface BreakStripState {
  /** What became of runs, by the keys of their cells. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** The key of the run that the background is at; null while it rests or has nothing to do. */
  readonly computedKey: string | null;
  /** Why the background gave up on a model, in plain words. */
  readonly stripFailure: { readonly modelId: string; readonly message: string } | null;
}

export const initialBreakStrip: BreakStripState = { outcomes: {}, computedKey: null, stripFailure: null };

export interface BreakStripActions {
  /** Computes what is not known yet of these, in this order; what was asked for before is no longer wanted. */
  readonly computeOutcomes: (cells: readonly StripCell[]) => void;
  /** Stops at once; the run it is at goes on where it stood with the next `computeOutcomes`. */
  readonly restStrip: () => void;
  /** A run on screen has ended: its outcome need not be computed. */
  readonly noteOutcome: (key: string, outcome: Outcome) => void;
}

export function createBreakStrip(
  { models, createEngine }: LiveRunSurroundings,
  set: (change: Partial<BreakStripState>) => void,
  get: () => BreakStripState,
): BreakStripActions {
  let engine: EngineClient | null = null;
  let loadedId: string | null = null;
  let wanted: readonly StripCell[] = [];
  let present: { readonly cell: StripCell; text: string } | null = null;
  let isResting = true;

  const isOpen = ({ key }: StripCell): boolean => !(key in get().outcomes);

  const close = (): void => {
    engine?.dispose();
    engine = null;
    loadedId = null;
    present = null;
  };

  const start = (cell: StripCell): void => {
    engine ??= createEngine(receive);
    if (loadedId !== cell.modelId) {
      loadedId = cell.modelId;
      // The outcome is the same on every machine, and the GPU is the live run's.
      engine.load(referenceOf(cell.modelId, models), "cpu");
    }
    present = { cell, text: "" };
    engine.start({ lanes: [cell.recipe], isForced: false }, false);
    set({ computedKey: cell.key });
  };

  const goOn = (): void => {
    const next = wanted.find(isOpen);
    if (next !== undefined) {
      start(next);
      return;
    }
    close();
    set({ computedKey: null });
  };

  const receive = (event: EngineEvent): void => {
    if (event.type === "step" && present !== null) present.text += event.record.text;
    if (event.type === "done" && present !== null && event.reason !== "stopped") {
      const { cell, text } = present;
      present = null;
      actions.noteOutcome(cell.key, outcomeOf(cell.recipe, text));
      if (!isResting) goOn();
    }
    if (event.type === "failed") {
      const modelId = loadedId;
      close();
      wanted = [];
      set({ computedKey: null, stripFailure: modelId === null ? null : { modelId, message: event.message } });
    }
  };

  const actions: BreakStripActions = {
    computeOutcomes(cells) {
      const failedId = get().stripFailure?.modelId;
      if (cells.some(({ modelId }) => modelId === failedId)) return;
      wanted = cells;
      isResting = false;
      const isWanted = present !== null && isOpen(present.cell) && cells.some(({ key }) => key === present?.cell.key);
      if (present === null || !isWanted) {
        goOn();
        return;
      }
      engine?.resume();
      set({ computedKey: present.cell.key });
    },
    restStrip() {
      if (isResting) return;
      isResting = true;
      if (present !== null) engine?.pause();
      set({ computedKey: null });
    },
    noteOutcome(key, outcome) {
      if (get().outcomes[key] !== outcome) set({ outcomes: { ...get().outcomes, [key]: outcome } });
    },
  };
  return actions;
}

function outcomeOf({ expectedAnswer }: RunRecipe, text: string): Outcome {
  return expectedAnswer !== null && judgeAnswer(text, expectedAnswer) === "right" ? "right" : "wrong";
}
