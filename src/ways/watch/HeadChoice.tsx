// Which head's memory and decision are on show.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import type { Focus } from "../../panels/focus";
import { headBudget, unevenBudgets } from "../../trace/headBudgets";
import type { Trace } from "../../trace/trace";
import { stageWords } from "../../words/en/watch";

interface HeadChoiceProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly onFocus: (layer: number, kvHead: number) => void;
}

/** Where heads have different numbers of places, each says its own. */
export function HeadChoice({ trace, step, focus, onFocus }: HeadChoiceProps) {
  const { model } = trace.header;
  const isUneven = unevenBudgets(trace, step) !== null;
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
            {isUneven && stageWords.headPlaces(headBudget(trace, step, head) ?? 0)}
          </option>
        );
      })}
    </select>
  );
}
