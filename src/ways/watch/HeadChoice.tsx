// Which head's memory and decision are on show.
import type { Focus } from "../../panels/focus";
import type { ModelSummary } from "../../trace/trace";
import { stageWords } from "../../words/en/watch";

interface HeadChoiceProps {
  readonly model: ModelSummary;
  readonly focus: Focus;
  readonly onFocus: (layer: number, kvHead: number) => void;
}

export function HeadChoice({ model, focus, onFocus }: HeadChoiceProps) {
  const { layerCount, kvHeadCount } = model;
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
      {Array.from({ length: layerCount * kvHeadCount }, (_, head) => {
        const [layer, kvHead] = [Math.floor(head / kvHeadCount), head % kvHeadCount];
        return (
          <option key={head} value={`${layer}.${kvHead}`}>
            {stageWords.head(layer, kvHead)}
          </option>
        );
      })}
    </select>
  );
}
