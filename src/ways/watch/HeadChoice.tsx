// Which head's memory and decision are on show.
import { headOf } from "../../cache/headRows";
import type { Focus } from "../../panels/focus";
import { isManyHeads } from "../../panels/heads/manyHeads";
import { headBudget, unevenBudgets } from "../../trace/headBudgets";
import type { Trace } from "../../trace/trace";
import { decidedLayers } from "../../trace/layerWindows";
import { stageWords } from "../../words/en/watch";

interface HeadChoiceProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly onFocus: (layer: number, kvHead: number) => void;
}

/** One menu of all heads; of many, one of layers and one of the layer's heads. */
export function HeadChoice(props: HeadChoiceProps) {
  return isManyHeads(props.trace.header.model) ? <LayerAndHead {...props} /> : <AnyHead {...props} />;
}

function LayerAndHead({ trace, step, focus, onFocus }: HeadChoiceProps) {
  const { model } = trace.header;
  const isUneven = unevenBudgets(trace, step) !== null;
  return (
    <span className="watch-head-parts">
      <select
        className="watch-head-choice"
        aria-label={stageWords.chooseLayer}
        value={focus.layer}
        onChange={({ target }) => onFocus(Number(target.value), focus.kvHead)}
      >
        {decidedLayers(model).map((layer) => (
          <option key={layer} value={layer}>
            {stageWords.layer(layer)}
          </option>
        ))}
      </select>
      <select
        className="watch-head-choice"
        aria-label={stageWords.chooseHead}
        value={focus.kvHead}
        onChange={({ target }) => onFocus(focus.layer, Number(target.value))}
      >
        {Array.from({ length: model.kvHeadCount }, (_, kvHead) => (
          <option key={kvHead} value={kvHead}>
            {stageWords.headOfLayer(kvHead)}
            {isUneven && stageWords.headPlaces(headBudget(trace, step, headOf(model, focus.layer, kvHead)) ?? 0)}
          </option>
        ))}
      </select>
    </span>
  );
}

/** Where heads have different numbers of places, each says its own. */
function AnyHead({ trace, step, focus, onFocus }: HeadChoiceProps) {
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
      {decidedLayers(model).flatMap((layer) =>
        Array.from({ length: model.kvHeadCount }, (_, kvHead) => (
          <option key={`${layer}.${kvHead}`} value={`${layer}.${kvHead}`}>
            {stageWords.head(layer, kvHead)}
            {isUneven && stageWords.headPlaces(headBudget(trace, step, headOf(model, layer, kvHead)) ?? 0)}
          </option>
        )),
      )}
    </select>
  );
}
