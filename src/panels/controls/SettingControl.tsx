// One control for one row of the settings table: a slider with its number, a list, a tick box, a text.
import { useId, useState, type ReactNode } from "react";
import { unreachable } from "../../lib/errors";
import {
  inShownUnit,
  writtenValue,
  type NumberLimits,
  type SettingRow,
  type SettingValue,
} from "../../settings/settingRow";
import { NumberInput } from "./NumberInput";
import type { ValueMark } from "./valueMarks";

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
  /** Values to return to, each one click away; with them come the unit and, on demand, the explanation. */
  readonly marks?: readonly ValueMark[];
  readonly onChange: (value: SettingValue) => void;
}

export function SettingControl(props: SettingControlProps) {
  const { row, value, isUnused = false, note, marks, onChange } = props;
  const id = useId();
  const tip = isUnused ? `${row.help} The chosen policy does not use it.` : row.help;
  const label = (
    <label htmlFor={id}>
      {row.label}
      {note !== undefined && <span className="setting-note">{note}</span>}
    </label>
  );
  const input = <SettingInput {...props} id={id} isUnused={isUnused} value={value} onChange={onChange} />;
  const className = `setting setting-${row.type}${isUnused ? " setting-unused" : ""}`;
  if (marks === undefined) {
    return (
      <div className={className} title={tip}>
        {label}
        {input}
      </div>
    );
  }
  return (
    <Explained className={className} name={row.label} help={row.help} label={label}>
      {input}
      {unitOf(row) !== null && <span className="setting-unit">{unitOf(row)}</span>}
      {marks.map((mark) => (
        <Mark key={mark.name} row={row} mark={mark} isNow={mark.value === value} onChange={onChange} />
      ))}
    </Explained>
  );
}

/** Behind the field; null where the label says it. */
function unitOf(row: SettingRow): string | null {
  if (row.type !== "number") return null;
  if (row.shown !== undefined) return row.shown.unit;
  return row.unit === undefined || row.label.includes(row.unit) ? null : row.unit;
}

interface ExplainedProps {
  readonly className: string;
  readonly name: string;
  readonly help: string;
  readonly label: ReactNode;
  readonly children: ReactNode;
}

/** A control whose explanation unfolds under it. */
export function Explained({ className, name, help, label, children }: ExplainedProps) {
  const [isOpen, setOpen] = useState(false);
  const noteId = useId();
  return (
    <div className={`${className} setting-explained`}>
      <span className="setting-head">
        {label}
        <button
          type="button"
          className="setting-help"
          title={help}
          aria-expanded={isOpen}
          aria-controls={isOpen ? noteId : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          ?<span className="visually-hidden"> What is “{name}”?</span>
        </button>
      </span>
      <span className="setting-inputs">{children}</span>
      {isOpen && (
        <p id={noteId} className="setting-explanation">
          {help}
        </p>
      )}
    </div>
  );
}

const markTips = { default: "what the page starts from", paper: "as in the scripts of the method’s paper" } as const;

interface MarkProps {
  readonly row: SettingRow;
  readonly mark: ValueMark;
  readonly isNow: boolean;
  readonly onChange: (value: SettingValue) => void;
}

function Mark({ row, mark: { name, value }, isNow, onChange }: MarkProps) {
  const tip = markTips[name];
  const written = row.type === "number" && row.shown !== undefined ? writtenValue(row, value) : String(value);
  if (isNow) return <span className="setting-mark" title={tip}>{`= ${name}`}</span>;
  return (
    <button type="button" className="setting-mark" title={`Set to ${written}, ${tip}`} onClick={() => onChange(value)}>
      {name} {written}
    </button>
  );
}

interface SettingInputProps extends SettingControlProps {
  readonly id: string;
}

function SettingInput({ id, row, value, isUnused, hasSlider, sliderMax, onChange }: SettingInputProps) {
  switch (row.type) {
    case "number": {
      const size = row.shown?.size ?? 1;
      const limits = row.shown === undefined ? row : inWholeUnits(row, size);
      return (
        <NumberInput
          id={id}
          label={row.label}
          limits={limits}
          value={row.shown === undefined ? Number(value) : inShownUnit(row, Number(value))}
          onChange={(shown) => onChange(shown * size)}
          {...(isUnused !== undefined && { isUnused })}
          {...(hasSlider !== undefined && { hasSlider })}
          {...(sliderMax !== undefined && { sliderMax: Math.ceil(sliderMax / size) })}
        />
      );
    }
    case "choice":
      return (
        <select id={id} value={String(value)} disabled={isUnused} onChange={(event) => onChange(event.target.value)}>
          {groupedChoices(row.choices).map(({ group, choices }) =>
            group === undefined ? (
              <Options key="" choices={choices} />
            ) : (
              <optgroup key={group} label={group}>
                <Options choices={choices} />
              </optgroup>
            ),
          )}
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
      if (row.accepts !== undefined)
        return <ListInput id={id} accepts={row.accepts} text={String(value)} onChange={onChange} />;
      return <TextInput id={id} maxLength={row.maxLength} text={String(value)} onChange={onChange} />;
    default:
      return unreachable(row);
  }
}

/** The limits of a control that counts in a larger unit. */
function inWholeUnits({ default: start, min, max }: NumberLimits, size: number): NumberLimits {
  return { default: start / size, min: Math.ceil(min / size), max: Math.floor(max / size), step: 1 };
}

type Choices = Extract<SettingRow, { type: "choice" }>["choices"];

function Options({ choices }: { readonly choices: Choices }) {
  return choices.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}

function groupedChoices(
  choices: Choices,
): readonly { readonly group: string | undefined; readonly choices: Choices }[] {
  const groups = [...new Set(choices.map(({ group }) => group))];
  return groups.map((group) => ({ group, choices: choices.filter((choice) => choice.group === group) }));
}

interface ListInputProps {
  readonly id: string;
  readonly accepts: { readonly pattern: RegExp; readonly words: string };
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** A list in one line. What is typed counts as soon as a run accepts it; until then the control says what it expects. */
function ListInput({ id, accepts, text, onChange }: ListInputProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const noteId = useId();
  const isAccepted = (list: string): boolean => list === "" || accepts.pattern.test(list);
  const take = (wanted: string): void => {
    const list = inSingleSpaces(wanted);
    setDraft(wanted);
    if (isAccepted(list)) onChange(list);
  };
  const isRefused = draft !== null && !isAccepted(inSingleSpaces(draft));
  return (
    <>
      <input
        id={id}
        type="text"
        value={draft ?? text}
        spellCheck={false}
        aria-invalid={isRefused}
        aria-describedby={isRefused ? noteId : undefined}
        onChange={(event) => take(event.target.value)}
        onBlur={() => {
          if (!isRefused) setDraft(null);
        }}
      />
      {isRefused && (
        <p id={noteId} className="setting-cut" role="status">
          Expected {accepts.words}; {text === "" ? "an empty list" : `“${text}”`} counts until then.
        </p>
      )}
    </>
  );
}

function inSingleSpaces(text: string): string {
  return text.trim().replace(/\s+/g, " ");
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
      <textarea
        id={id}
        rows={maxLength > 200 ? 3 : 1}
        value={text}
        spellCheck={false}
        onChange={(event) => take(event.target.value)}
      />
      {cut?.kept === text && (
        <p className="setting-cut" role="status">
          Kept the first {text.length.toLocaleString("en")} of {cut.length.toLocaleString("en")} characters, which is
          the most that a link can hold. Shorten the text, or run a longer one with npm run decode.
        </p>
      )}
    </>
  );
}
