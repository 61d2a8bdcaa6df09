// Undo and redo of settings; their tips say what they would change.
import type { ChoiceHistory, ChosenState } from "../../state/choices";
import { commandTip } from "../palette/commandTable";
import { encodeLink } from "../../settings/link";
import { linkDifference } from "../../state/recentStates";

interface HistoryButtonsProps extends ChosenState {
  readonly history: ChoiceHistory;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
}

export function HistoryButtons({ history, choices, comparison, onUndo, onRedo }: HistoryButtonsProps) {
  const { undo, redo } = historyTips(history, { choices, comparison });
  return (
    <span className="history-buttons" role="group" aria-label="Changes of the settings">
      <button
        type="button"
        aria-label="Undo"
        disabled={undo === null}
        title={commandTip("undo", undo === null ? "Nothing to undo" : `Undo: ${undo}`)}
        onClick={onUndo}
      >
        ↶
      </button>
      <button
        type="button"
        aria-label="Redo"
        disabled={redo === null}
        title={commandTip("redo", redo === null ? "Nothing to redo" : `Redo: ${redo}`)}
        onClick={onRedo}
      >
        ↷
      </button>
    </span>
  );
}

interface HistoryTips {
  /** null if there is nothing to undo. */
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
