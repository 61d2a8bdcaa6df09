// One control for one row of the settings table: a slider with its number, a list, a tick box, a text.
import { useId, useState } from "react";
import { unreachable } from "../../lib/errors";
import type { SettingRow, SettingValue } from "../../settings/settingRow";
import { NumberInput } from "./NumberInput";

interface SettingControlProps {
  readonly row: SettingRow;
  readonly value: SettingValue;
  /** The row changes nothing under the chosen policy. */
  readonly isUnused?: boolean;
  readonly hasSlider?: boolean;
  /** What the value amounts to, next to the label. */
  readonly note?: string;
  /** A tighter limit than the row's, for the slider alone. */
  readonly sliderMax?: number;
  readonly onChange: (value: SettingValue) => void;
}

export function SettingControl(props: SettingControlProps) {
  const { row, value, isUnused = false, note, onChange } = props;
  const id = useId();
  const tip = isUnused ? `${row.help} The chosen policy does not use it.` : row.help;
  return (
    <div className={`setting setting-${row.type}${isUnused ? " setting-unused" : ""}`} title={tip}>
      <label htmlFor={id}>
        {row.label}
        {note !== undefined && <span className="setting-note">{note}</span>}
      </label>
      <SettingInput {...props} id={id} isUnused={isUnused} value={value} onChange={onChange} />
    </div>
  );
}

interface SettingInputProps extends SettingControlProps {
  readonly id: string;
}

function SettingInput({ id, row, value, isUnused, hasSlider, sliderMax, onChange }: SettingInputProps) {
  switch (row.type) {
    case "number":
      return (
        <NumberInput
          id={id}
          label={row.label}
          limits={row}
          value={Number(value)}
          onChange={onChange}
          {...(isUnused !== undefined && { isUnused })}
          {...(hasSlider !== undefined && { hasSlider })}
          {...(sliderMax !== undefined && { sliderMax })}
        />
      );
    case "choice":
      return (
        <select id={id} value={String(value)} disabled={isUnused} onChange={(event) => onChange(event.target.value)}>
          {row.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      );
    case "flag":
      return (
        <input
          id={id}
          type="checkbox"
          checked={value === true}
          disabled={isUnused}
          onChange={(event) => onChange(event.target.checked)}
        />
      );
    case "text":
      return <TextInput id={id} maxLength={row.maxLength} text={String(value)} onChange={onChange} />;
    default:
      return unreachable(row);
  }
}

interface TextInputProps {
  readonly id: string;
  readonly maxLength: number;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** A text that is too long is cut, and the control says so; the browser's own limit would cut a pasted text silently. */
function TextInput({ id, maxLength, text, onChange }: TextInputProps) {
  const [cut, setCut] = useState<{ readonly length: number; readonly kept: string } | null>(null);
  const take = (wanted: string): void => {
    // Not in the middle of a character.
    const kept = wanted.length > maxLength ? wanted.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "") : wanted;
    setCut(kept === wanted ? null : { length: wanted.length, kept });
    onChange(kept);
  };
  return (
    <>
      <textarea id={id} rows={3} value={text} spellCheck={false} onChange={(event) => take(event.target.value)} />
      {cut?.kept === text && (
        <p className="setting-cut" role="status">
          Kept the first {text.length.toLocaleString("en")} of {cut.length.toLocaleString("en")} characters, which is
          the most that a link can hold. Shorten the text, or run a longer one with npm run decode.
        </p>
      )}
    </>
  );
}
