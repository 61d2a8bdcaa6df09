// A field for a number, with a slider next to it if asked for.
import { useState } from "react";
import { nearestValue, type NumberLimits } from "../../settings/settingRow";

interface NumberInputProps {
  readonly id: string;
  readonly label: string;
  readonly limits: NumberLimits;
  readonly value: number;
  readonly isUnused?: boolean;
  readonly hasSlider?: boolean;
  /** A limit tighter than that of the field. */
  readonly sliderMax?: number;
  readonly onChange: (value: number) => void;
}

export function NumberInput(props: NumberInputProps) {
  const { label, limits, value, isUnused = false, hasSlider = false, sliderMax, onChange } = props;
  return (
    <span className="setting-number-inputs">
      {hasSlider && (
        <input
          type="range"
          aria-label={`${label}, slider`}
          disabled={isUnused}
          min={limits.min}
          max={sliderMax ?? limits.max}
          step={limits.step === 0 ? "any" : limits.step}
          value={value}
          onChange={(event) => onChange(nearestValue(limits, event.target.valueAsNumber))}
        />
      )}
      <NumberField {...props} />
    </span>
  );
}

/** Takes a typed number on Enter or on leaving the field, and follows the arrows at once. */
function NumberField({ id, limits, value, isUnused = false, onChange }: NumberInputProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const settle = (): void => {
    if (draft !== null && draft.trim() !== "" && Number.isFinite(Number(draft))) {
      onChange(nearestValue(limits, Number(draft)));
    }
    setDraft(null);
  };
  return (
    <input
      id={id}
      type="number"
      inputMode="decimal"
      disabled={isUnused}
      min={limits.min}
      max={limits.max}
      step={limits.step === 0 ? "any" : limits.step}
      value={draft ?? value}
      onChange={(event) => {
        const isTyped = event.nativeEvent instanceof InputEvent && event.nativeEvent.inputType !== "";
        if (isTyped) setDraft(event.target.value);
        else onChange(nearestValue(limits, event.target.valueAsNumber));
      }}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === "Enter") settle();
      }}
    />
  );
}
