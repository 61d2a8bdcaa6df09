// Which head's memory and decision are on show.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import type { Focus } from "../../panels/focus";
import type { ModelSummary } from "../../trace/trace";
import { stageWords } from "../../words/en/watch";

interface HeadChoiceProps {
  readonly model: ModelSummary;
  readonly focus: Focus;
  readonly onFocus: (layer: number, kvHead: number) => void;
}

export function HeadChoice({ model, focus, onFocus }: HeadChoiceProps) {
  return (
    <select
      className="watch-head-choice"
      aria-label={stageWords.chooseHead}
      value={`${focus.layer}.${focus.kvHead}`}
      onChange={({ target }) => {
        const [layer, kvHead] = target.value.split(".").map(Number);
        onFocus(layer, kvHead);
      }}
    >
      {Array.from({ length: headCountOf(model) }, (_, head) => {
        const [layer, kvHead] = [layerOf(model, head), kvHeadOf(model, head)];
        return (
          <option key={head} value={`${layer}.${kvHead}`}>
            {stageWords.head(layer, kvHead)}
          </option>
        );
      })}
    </select>
  );
}
