// Squeezing: a rule or a budget is chosen, and its run starts at once, as fast as the engine goes. The rules to choose
// from and the budgets to try derive from the settings. While a slider is dragged, the newest value wins and older runs
// are abandoned.
import { bytesOfSlots, settingsInForce, withChoice } from "../settings/inForce";
import { choicesOfLane, noLaneComparison } from "../settings/lanes";
import type { Choices, Settings } from "../settings/settings";
import type { ChoiceActions, ChosenState } from "./choices";
import type { LiveRunActions } from "./liveRun";
import type { ShownRunsState } from "./shownRuns";

/** The rules of Watch, by what a word needs to stay: a score, to be new, luck, nothing. */
export const squeezeRules = ["gkv", "streamingLlm", "random", "fullCache"] as const;
export type SqueezeRule = (typeof squeezeRules)[number];

/** Null for a policy that is none of the rules. */
export function ruleOf(policyId: string): SqueezeRule | null {
  return squeezeRules.find((rule) => rule === policyId) ?? null;
}

/** What changes; the rest stays as it is chosen. */
export interface Squeeze {
  readonly policyId?: string;
  readonly budgetSlots?: number;
  /** Another checkpoint, which leaves rule and budget as they are. */
  readonly modelId?: string;
}

/** Twelve budgets for a text of 340 tokens, closer together where less memory begins to hurt. */
const DRAWN_BUDGETS = [32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 340];
const DRAWN_TOKENS = 340;
/** Other budgets are rounded to multiples of this. */
const BUDGET_GRAIN = 4;
const LEAST_BUDGET = 8;

/**
 * Budgets worth trying on a text of so many tokens, ascending; the last holds all of it. `present`: the one in force, which
 * may be none of them.
 */
export function budgetStops(tokenCount: number, present: number): readonly number[] {
  const scaled = DRAWN_BUDGETS.map((budget) =>
    Math.max(LEAST_BUDGET, BUDGET_GRAIN * Math.round((budget * tokenCount) / DRAWN_TOKENS / BUDGET_GRAIN)),
  );
  const stops = [...scaled.filter((budget) => budget < tokenCount), Math.max(LEAST_BUDGET, tokenCount), present];
  return [...new Set(stops)].sort((one, other) => one - other);
}

/** The stops of a budget in bytes: where a block that fills up is packed, more slots take fewer bytes, and those count. */
export function stopsInForce(choices: Choices, stops: readonly number[]): readonly number[] {
  if (settingsInForce(choices).settings.budgetMode !== "bytes") return stops;
  const slots = stops.map(
    (stop) => settingsInForce(squeezedChoices(choices, { budgetSlots: stop })).settings.budgetSlots,
  );
  return [...new Set(slots)].sort((one, other) => one - other);
}

/** The choices of the lane on the stage alone. */
export function choicesOnStage({ choices, comparison }: ChosenState, stageLane: number): Choices {
  const lane = stageLane === 0 ? undefined : comparison.others.at(stageLane - 1);
  return lane === undefined ? choices : choicesOfLane(choices, lane);
}

export function squeezedChoices(before: Choices, { policyId, budgetSlots, modelId }: Squeeze): Choices {
  const choices = modelId === undefined ? before : withChoice(before, "model", modelId);
  // A policy that is chosen anew takes its own numbers again; one that stays keeps what was chosen for it.
  const isNew = policyId !== undefined && policyId !== settingsInForce(choices).settings.policyId;
  const ruled = isNew ? withChoice(choices, "policyId", policyId) : choices;
  if (budgetSlots === undefined) return ruled;
  const { id, value } = squeezedBudget(settingsInForce(ruled).settings, budgetSlots);
  return withChoice(ruled, id, value);
}

/** The setting that gives a run so many slots of each KV head: of a budget in bytes, their bytes. */
function squeezedBudget(
  settings: Settings,
  budgetSlots: number,
): { readonly id: "budgetSlots" | "budgetBytes"; readonly value: number } {
  return settings.budgetMode === "bytes"
    ? { id: "budgetBytes", value: bytesOfSlots(settings, budgetSlots) }
    : { id: "budgetSlots", value: budgetSlots };
}

export interface SqueezeActions {
  /** Chooses this and runs it at once; of several lanes the one on the stage goes on alone. */
  readonly squeeze: (change: Squeeze) => void;
  /** The slider was let go: what waits for its turn starts now. */
  readonly endSqueeze: () => void;
}

/** A run that a drag abandons after less than this would show nothing. */
const LEAST_RUN_MS = 120;

interface SqueezeSurroundings {
  readonly get: () => ChosenState & ShownRunsState & Pick<ChoiceActions, "choose" | "chooseState"> & LiveRunActions;
  readonly nowMs: () => number;
}

export function squeezeActions({ get, nowMs }: SqueezeSurroundings): SqueezeActions {
  let startedMs = -Infinity;
  let waiting: ReturnType<typeof setTimeout> | null = null;

  const start = (): void => {
    if (waiting !== null) clearTimeout(waiting);
    waiting = null;
    startedMs = nowMs();
    get().run("atOnce");
  };

  const choose = (change: Squeeze): void => {
    const { comparison, stageLane } = get();
    const before = choicesOnStage(get(), stageLane);
    const choices = squeezedChoices(before, change);
    const isAlone = comparison.others.length === 0;
    if (isAlone && JSON.stringify(choices) === JSON.stringify(before)) return;
    const { policyId, budgetSlots, modelId } = change;
    // A drag of the slider is one entry of the history.
    if (isAlone && policyId === undefined && modelId === undefined && budgetSlots !== undefined) {
      const { id, value } = squeezedBudget(settingsInForce(before).settings, budgetSlots);
      get().choose(id, value);
    } else get().chooseState({ choices, comparison: noLaneComparison });
  };

  return {
    squeeze(change) {
      choose(change);
      const dueMs = startedMs + LEAST_RUN_MS - nowMs();
      if (dueMs <= 0) start();
      else waiting ??= setTimeout(start, dueMs);
    },
    endSqueeze() {
      if (waiting !== null) start();
    },
  };
}
