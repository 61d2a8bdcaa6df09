// What undo and redo would change, for the tips of their buttons.
import { encodeLink } from "../../settings/link";
import type { ChoiceHistory, ChosenState } from "../../state/choices";
import { linkDifference } from "../../state/recentStates";

export interface HistoryTips {
  /** Null where there is nothing to take back. */
  readonly undo: string | null;
  readonly redo: string | null;
}

export function historyTips({ past, future }: ChoiceHistory, now: ChosenState): HistoryTips {
  return { undo: changeWords(now, past.at(-1)), redo: changeWords(now, future.at(0)) };
}

/** "Decay α 0.9 → 1"; of several changes the first one and how many there are. */
function changeWords(now: ChosenState, then: ChosenState | undefined): string | null {
  if (then === undefined) return null;
  const [first, ...others] = linkDifference(encodeLink(now), encodeLink(then));
  if (first === undefined) return "nothing that counts";
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `${first.label} ${first.before} → ${first.after}${more}`;
}
