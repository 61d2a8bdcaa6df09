// Keeps among the recent settings of this browser what was run, and what was tried out when the page is left.
import { policyOf } from "../../settings/inForce";
import { settingsOfLanes } from "../../settings/lanes";
import { encodeLink } from "../../settings/link";
import { OWN_TEXT } from "../../settings/settings";
import type { ChosenState } from "../../state/choices";
import type { PageStore } from "../../state/pageStore";
import { rememberState, type KeptTexts } from "../../state/recentStates";

interface RecentSurroundings {
  /** null if the browser keeps nothing. */
  readonly storage: KeptTexts | null;
  readonly nowMs: () => number;
  /** Calls back when the page is left; returns what ends that. */
  readonly onLeave: (listener: () => void) => () => void;
}

/** Returns what ends it. */
export function keepRecent(store: PageStore, { storage, nowMs, onLeave }: RecentSurroundings): () => void {
  const keep = ({ choices, comparison }: ChosenState): void => {
    const state = { choices, comparison };
    rememberState(storage, { link: encodeLink(state), title: stateTitle(state), atMs: nowMs() });
  };
  const endStarts = store.subscribe((state, before) => {
    if (state.runStatus === "loading" && before.runStatus !== "loading") keep(state);
  });
  const endLeaving = onLeave(() => {
    const state = store.getState();
    if (state.history.past.length > 0) keep(state);
  });
  return () => {
    endStarts();
    endLeaving();
  };
}

/** "walk-5x20-1: G-KV, B 96 next to SnapKV and Full cache": the problem, and the lanes in few words. */
export function stateTitle({ choices, comparison }: ChosenState): string {
  const [{ problem, promptText, policyId, budgetSlots }, ...others] = settingsOfLanes(choices, comparison).map(
    ({ settings }) => settings,
  );
  const asked = problem === OWN_TEXT ? `“${promptText.trim().slice(0, 40)}”` : problem;
  const { label, uses } = policyOf(policyId);
  const first = uses.includes("budgetSlots") ? `${label}, B ${budgetSlots}` : label;
  const otherLabels = others.map((settings) => policyOf(settings.policyId).label);
  return `${asked}: ${first}${otherLabels.length === 0 ? "" : ` next to ${otherLabels.join(" and ")}`}`;
}
