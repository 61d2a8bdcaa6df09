// One control for one row of the settings table: a slider with its number, a list, a tick box, a text.
import { useId, useState } from "react";
import { unreachable } from "../../lib/errors";
import { nearestValue } from "../../settings/rowValue";
import type { NumberRow, SettingRow, SettingValue } from "../../settings/settingRow";

interface SettingControlProps {
  readonly row: SettingRow;
  readonly value: SettingValue;
  /** The row changes nothing under the policy chosen. */
  readonly isUnused?: boolean;
  readonly hasSlider?: boolean;
  /** What the value comes to, beside it. */
  readonly note?: string;
  /** Limits tighter than the row's, for the slider alone. */
  readonly sliderMax?: number;
  readonly onChange: (value: SettingValue) => void;
}

export function SettingControl(props: SettingControlProps) {
  const { row, value, isUnused = false, note, onChange } = props;
  const id = useId();
  const tip = isUnused ? `${row.help} The policy chosen does not use it.` : row.help;
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
        <span className="setting-number-inputs">
          {hasSlider === true && (
            <input
              type="range"
              aria-label={`${row.label}, slider`}
              disabled={isUnused}
              min={row.min}
              max={sliderMax ?? row.max}
              step={row.step === 0 ? "any" : row.step}
              value={Number(value)}
              onChange={(event) => onChange(nearestValue(row, event.target.valueAsNumber))}
            />
          )}
          <NumberInput id={id} row={row} value={Number(value)} isUnused={isUnused} onChange={onChange} />
        </span>
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
      return (
        <textarea
          id={id}
          rows={3}
          maxLength={row.maxLength}
          value={String(value)}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    default:
      return unreachable(row);
  }
}

interface NumberInputProps {
  readonly id: string;
  readonly row: NumberRow;
  readonly value: number;
  readonly isUnused: boolean | undefined;
  readonly onChange: (value: number) => void;
}

/** Waits for the end of typing (Enter, or leaving the field), but follows the arrows at once. */
function NumberInput({ id, row, value, isUnused, onChange }: NumberInputProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const settle = (): void => {
    if (draft !== null && draft.trim() !== "" && Number.isFinite(Number(draft))) {
      onChange(nearestValue(row, Number(draft)));
    }
    setDraft(null);
  };
  return (
    <input
      id={id}
      type="number"
      inputMode="decimal"
      disabled={isUnused}
      min={row.min}
      max={row.max}
      step={row.step === 0 ? "any" : row.step}
      value={draft ?? value}
      onChange={(event) => {
        const isTyped = event.nativeEvent instanceof InputEvent && event.nativeEvent.inputType !== "";
        if (isTyped) setDraft(event.target.value);
        else onChange(nearestValue(row, event.target.valueAsNumber));
      }}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === "Enter") settle();
      }}
    />
  );
}
