// The focused head in the subtitle of a panel. Among many heads it is also the choice of another one: a layer, then a head.
import { memo } from "react";
import type { HeadGrid } from "../../cache/headRows";
import { shortFocusLabel, type Focus } from "../focus";
import { isManyHeads } from "./manyHeads";
import "./heads.css";

interface FocusChoiceProps {
  readonly model: HeadGrid;
  readonly focus: Focus;
  readonly onFocus: (focus: Focus) => void;
}

export const FocusChoice = memo(function FocusChoice({ model, focus, onFocus }: FocusChoiceProps) {
  if (!isManyHeads(model)) return shortFocusLabel(focus);
  return (
    <>
      <Part
        label="Layer in focus"
        text={`L${focus.layer}`}
        value={focus.layer}
        options={Array.from({ length: model.layerCount }, (_, layer) => `layer ${layer}`)}
        onChange={(layer) => onFocus({ ...focus, layer })}
      />
      {" · "}
      <Part
        label="KV head in focus"
        text={`KV head ${focus.kvHead}`}
        value={focus.kvHead}
        options={Array.from({ length: model.kvHeadCount }, (_, kvHead) => `KV head ${kvHead}`)}
        onChange={(kvHead) => onFocus({ ...focus, kvHead })}
      />
    </>
  );
});

interface PartProps {
  readonly label: string;
  readonly text: string;
  readonly value: number;
  readonly options: readonly string[];
  readonly onChange: (value: number) => void;
}

/** Words over which an invisible menu lies: a picture of the panel has the words. */
function Part({ label, text, value, options, onChange }: PartProps) {
  return (
    <span className="focus-part">
      {text}
      <select aria-label={label} value={value} onChange={({ target }) => onChange(Number(target.value))}>
        {options.map((option, place) => (
          <option key={option} value={place}>
            {option}
          </option>
        ))}
      </select>
    </span>
  );
}
