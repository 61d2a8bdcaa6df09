// The kinds of rows in the table of settings: what a row may say, and how a value of its kind is read and written.
// Controls, limits and the link derive from these records alone.
import { unreachable } from "../lib/errors";
import { shortened } from "../lib/shortened";
import type { ChoiceValues, FlagValues, NumberValues, RowBase, TextValues } from "../policy/parameterRow";

type SettingGroup = "problem" | "policy" | "cache" | "score" | "sampling" | "engine";

export type SettingRow = RowBase<SettingGroup> & (NumberValues | ChoiceValues | FlagValues | TextValues);

export type SettingValue = number | string | boolean;

/** A value that fits the row, and what had to be changed about it in plain words (null: nothing). */
export interface CheckedValue {
  readonly value: SettingValue;
  readonly complaint: string | null;
}

/** What a number may be, and what replaces one that isn't finite. */
export type NumberLimits = Pick<NumberValues, "default" | "min" | "max" | "step">;

/** The nearest value within a number's limits and on its grid. */
export function nearestValue(row: NumberLimits, value: number): number {
  if (!Number.isFinite(value)) return row.default;
  const limited = Math.min(row.max, Math.max(row.min, value));
  if (row.step === 0) return limited;
  const onGrid = row.min + Math.round((limited - row.min) / row.step) * row.step;
  // 0.1 + 0.2: a grid of tenths is written with as many digits as its step.
  return Math.min(row.max, Number(onGrid.toFixed(decimalCount(row.step))));
}

function decimalCount(step: number): number {
  const [, decimals = ""] = String(step).split(".");
  return decimals.length;
}

/** Reads what a link or a form says. Never throws: what does not fit becomes `fallback`, with a complaint. */
export function parseRowValue(row: SettingRow, text: string, fallback: SettingValue): CheckedValue {
  const refused = (expected: string): CheckedValue => ({
    value: fallback,
    complaint: `${row.label}: “${shortened(text)}” is not ${expected}; ${writtenValue(row, fallback)} is used.`,
  });
  switch (row.type) {
    case "number": {
      const number = text.trim() === "" ? NaN : Number(text);
      if (!Number.isFinite(number)) return refused("a number");
      const value = nearestValue(row, number);
      if (value === number) return { value, complaint: null };
      const isOutside = number < row.min || number > row.max;
      const expected = isOutside ? `${row.min} to ${row.max}` : `in steps of ${row.step} from ${row.min} to ${row.max}`;
      return { value, complaint: `${row.label}: ${number} is not ${expected}; ${value} is used.` };
    }
    case "choice": {
      const isKnown =
        row.choices.some((choice) => choice.value === text) || (row.furtherLabel?.(text) ?? null) !== null;
      return isKnown ? { value: text, complaint: null } : refused(`one of the choices`);
    }
    case "flag":
      if (text === "1" || text === "0") return { value: text === "1", complaint: null };
      return refused("1 (on) or 0 (off)");
    case "text": {
      if (row.accepts !== undefined && text !== "" && !row.accepts.pattern.test(text))
        return refused(row.accepts.words);
      if (text.length <= row.maxLength) return { value: text, complaint: null };
      const complaint = `${row.label}: ${text.length} characters are more than the ${row.maxLength} allowed; the end was cut off.`;
      return { value: text.slice(0, row.maxLength), complaint };
    }
    default:
      return unreachable(row);
  }
}

/** What parseRowValue reads back as the same value. */
export function formatRowValue(row: SettingRow, value: SettingValue): string {
  return row.type === "flag" ? (value === true ? "1" : "0") : String(value);
}

/** A number as its control counts it, with one decimal at most. */
export function inShownUnit({ shown }: Pick<NumberValues, "shown">, value: number): number {
  return Number((value / (shown?.size ?? 1)).toFixed(1));
}

/** A value as a sentence shows it. */
export function writtenValue(row: SettingRow, value: SettingValue): string {
  switch (row.type) {
    case "flag":
      return value === true ? "on" : "off";
    case "choice":
      return (
        row.choices.find((choice) => choice.value === value)?.label ??
        row.furtherLabel?.(String(value)) ??
        String(value)
      );
    case "number":
      if (row.shown !== undefined) return `${inShownUnit(row, Number(value))} ${row.shown.unit}`;
      // Units are plurals.
      return row.unit === undefined ? String(value) : `${value} ${value === 1 ? row.unit.replace(/s$/, "") : row.unit}`;
    case "text":
      return value === "" ? "nothing" : `“${shortened(String(value))}”`;
    default:
      return unreachable(row);
  }
}
