// What outlives a visit, where the browser lets it: the arrangement of the panels and the last states that were run.
import { settingRow } from "./settings/settings";
import { writtenValue } from "./settings/rowValue";
import { settingsOfLanes } from "./settings/lanes";
import { fragmentOf } from "./state/addressBar";
import { parseArrangement } from "./state/arrangement";
import type { PageState } from "./state/pageState";
import type { PageStore } from "./state/pageStore";
import { rememberState } from "./state/recentStates";

const ARRANGEMENT_KEY = "winnow.arrangement";

export function keepMemory(store: PageStore): void {
  const storage = storageOrNull();
  store.getState().arrange(parseArrangement(keptText(storage)));
  store.subscribe((state, before) => {
    // A link's arrangement is its sender's: it is looked at, not taken over.
    const isOfLink = state.wantedMoment !== before.wantedMoment;
    if (state.arrangement !== before.arrangement && !isOfLink) {
      keepText(storage, JSON.stringify(state.arrangement));
    }
    if (state.runStatus === "loading" && before.runStatus !== "loading") {
      rememberState(storage, { link: fragmentOf(state), title: titleOf(state), atMs: Date.now() });
    }
  });
}

/** "walk-5x20-1: G-KV, SnapKV". */
function titleOf({ choices, comparison }: PageState): string {
  const lanes = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
  const policies = lanes.map(({ policyId }) => writtenValue(settingRow("policyId"), policyId));
  return `${lanes[0].problem === "text" ? "own text" : lanes[0].problem}: ${policies.join(", ")}`;
}

/** Null where storage is refused: the page works without. */
export function storageOrNull(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function keptText(storage: Storage | null): string | null {
  try {
    return storage?.getItem(ARRANGEMENT_KEY) ?? null;
  } catch {
    return null;
  }
}

function keepText(storage: Storage | null, text: string): void {
  try {
    storage?.setItem(ARRANGEMENT_KEY, text);
  } catch {
    // Full or refused: the page works without.
  }
}
