// Undo and redo of settings; what they would change stands in their tips.
import type { ChoiceHistory, ChosenState } from "../../state/choices";
import { commandTip } from "../palette/commandTable";
import { historyTips } from "./historyWords";

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
