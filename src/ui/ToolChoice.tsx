// A labelled choice of one among a few, for the tools next to a panel's title.

/** The value, and the text of its option. */
export type ToolOption<Value> = readonly [value: Value, label: string];

interface ToolChoiceProps<Value> {
  readonly label: string;
  /** The label is only for screen readers; the options speak for themselves. */
  readonly isLabelHidden?: boolean;
  readonly value: Value;
  readonly options: readonly ToolOption<Value>[];
  readonly isDisabled?: boolean;
  readonly onChange: (value: Value) => void;
}

export function ToolChoice<Value extends string | number>(props: ToolChoiceProps<Value>) {
  const { label, isLabelHidden = false, value, options, isDisabled, onChange } = props;
  return (
    <label className="tool">
      <span className={isLabelHidden ? "visually-hidden" : undefined}>{label}</span>
      <select
        value={value}
        disabled={isDisabled}
        onChange={(event) => onChange(options[event.target.selectedIndex][0])}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A table of labels as options, in the same order. */
export function toolOptions<Value extends string>(
  labels: Readonly<Record<Value, string>>,
): readonly ToolOption<Value>[] {
  return Object.entries(labels) as [Value, string][];
}
