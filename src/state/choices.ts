// What is chosen: settings, further lanes, and the proofs and moment of the link they came from. Undo and redo are plain
// bounded lists: they remember only settings and lanes, and one drag of a slider is one entry. Written by the user and by
// openedLink.ts; a live run adds the replay verdicts (liveRun.ts).
import { atEqualBytes, noLaneComparison, type LaneComparison } from "../settings/lanes";
import type { Choices, SettingId } from "../settings/settings";
import { withChoice } from "../settings/inForce";
import type { SettingValue } from "../settings/settingRow";
import type { ReplayVerdict } from "../trace/proof/verdict";
import type { Moment } from "./moment";

export interface ChosenState {
  readonly choices: Choices;
  /** The lanes that run next to it. */
  readonly comparison: LaneComparison;
}

export interface ChoicesState extends ChosenState {
  /** What was chosen before and what was undone. */
  readonly history: ChoiceHistory;
  /** Proofs of the link that the lanes came from, as text; "" for a lane without. [lane] */
  readonly promisedProofs: readonly string[];
  /** Whether the runs agree with their proofs, once they have ended by themselves; null for a lane without a proof. [lane] */
  readonly verdicts: readonly (ReplayVerdict | null)[];
  /** The example that was opened, until its settings change. */
  readonly example: OpenedExample | null;
  /** The moment of the link, until its run is on screen and has come that far. */
  readonly wantedMoment: Moment | null;
}

/** What an example claims. */
export interface OpenedExample {
  readonly title: string;
  /** What one sees, in a sentence. */
  readonly sees: string;
  /** The answer of every lane in the original run; null for none. [lane] */
  readonly answers: readonly (string | null)[];
}

export interface ChoiceHistory {
  readonly past: readonly ChosenState[]; // oldest first
  readonly future: readonly ChosenState[]; // next first
  /** The setting changed last, and when; null after undo, redo and a link. */
  readonly last: { readonly what: string; readonly atMs: number } | null;
}

export const emptyHistory: ChoiceHistory = { past: [], future: [], last: null };

/** A link's proofs, moment and claim hold for its own settings only. */
const promisedNothing = { promisedProofs: [], verdicts: [], example: null, wantedMoment: null } as const;

export const initialChoices: ChoicesState = {
  choices: {},
  comparison: noLaneComparison,
  history: emptyHistory,
  ...promisedNothing,
};

/** Beyond these the oldest changes are dropped. */
const MOST_ENTRIES = 100;

/** Changes of one setting that follow each other within this time are one entry. */
const JOINED_MS = 800;

/** The history once something else is chosen. `before`: what was chosen until now; `what`: names the setting that changes. */
export function withChange(history: ChoiceHistory, before: ChosenState, what: string, atMs: number): ChoiceHistory {
  const { past, last } = history;
  const isJoined = last?.what === what && atMs - last.atMs <= JOINED_MS;
  return {
    past: isJoined ? past : [...past, before].slice(-MOST_ENTRIES),
    future: [],
    last: { what, atMs },
  };
}

/** One step back: what to choose again, and the history then; null if there is nothing to undo. */
export function undone({ past, future }: ChoiceHistory, now: ChosenState): Stepped | null {
  const state = past.at(-1);
  if (state === undefined) return null;
  return { state, history: { past: past.slice(0, -1), future: [now, ...future], last: null } };
}

export function redone({ past, future }: ChoiceHistory, now: ChosenState): Stepped | null {
  const state = future.at(0);
  if (state === undefined) return null;
  return { state, history: { past: [...past, now].slice(-MOST_ENTRIES), future: future.slice(1), last: null } };
}

interface Stepped {
  readonly state: ChosenState;
  readonly history: ChoiceHistory;
}

export interface ChoiceActions {
  readonly choose: (id: SettingId, value: SettingValue) => void;
  /** The lanes that run next to the first, and the tokens that they are fed. */
  readonly compare: (comparison: LaneComparison) => void;
  /** Settings and lanes at once, as one entry of the history. */
  readonly chooseState: (state: ChosenState) => void;
  /** Gives every lane the bytes of one of them; nothing where that has no fixed budget. */
  readonly equaliseBytes: (lane: number) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** An example was opened, or is left. */
  readonly showExample: (example: OpenedExample | null) => void;
}

interface ChoiceSurroundings {
  readonly set: (change: Partial<ChoicesState>) => void;
  readonly get: () => ChoicesState;
  readonly nowMs: () => number;
  /** Shows the run of the settings again, if it was on screen before. */
  readonly restoreRun: () => void;
}

export function choiceActions({ set, get, nowMs, restoreRun }: ChoiceSurroundings): ChoiceActions {
  const change = (what: string, state: Partial<ChosenState>): void => {
    const { choices, comparison, history } = get();
    set({
      ...state,
      ...promisedNothing,
      history: withChange(history, { choices, comparison }, what, nowMs()),
    });
  };
  const step = (stepped: ReturnType<typeof undone>): void => {
    if (stepped === null) return;
    set({ ...stepped.state, ...promisedNothing, history: stepped.history });
    restoreRun();
  };
  const now = (): ChosenState => ({ choices: get().choices, comparison: get().comparison });
  return {
    choose: (id, value) => change(id, { choices: withChoice(get().choices, id, value) }),
    // A slider dragged in one lane is one entry; a change of another lane is another.
    compare: (comparison) => change(`lanes ${comparison.others.length}`, { comparison }),
    chooseState: (state) => change("", state),
    equaliseBytes(lane) {
      const state = atEqualBytes(get().choices, get().comparison, lane);
      if (state !== null) change("", state);
    },
    undo: () => step(undone(get().history, now())),
    redo: () => step(redone(get().history, now())),
    showExample: (example) => set({ example }),
  };
}
