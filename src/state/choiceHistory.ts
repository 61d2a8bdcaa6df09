// Undo and redo of settings: what was chosen before and after, bounded. Plain lists and pure functions: of the page's
// state only these two fields are remembered, and a slider's way is one entry, which a store's middleware would have to
// be taught in more lines than this.
import type { Comparison } from "../settings/lanes";
import type { Choices } from "../settings/settings";

export interface ChosenState {
  readonly choices: Choices;
  readonly comparison: Comparison;
}

export interface ChoiceHistory {
  readonly past: readonly ChosenState[]; // oldest first
  readonly future: readonly ChosenState[]; // next first
  /** The setting changed last, and when; null after undo, redo and a link. */
  readonly last: { readonly what: string; readonly atMs: number } | null;
}

export const emptyHistory: ChoiceHistory = { past: [], future: [], last: null };

/** More changes than these are forgotten, the oldest first. */
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

/** One step back: what to choose again, and the history then; null where there is nothing to undo. */
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
