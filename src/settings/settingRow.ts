// The kinds of rows in the table of settings: what a row may say, and how a value of its kind is read and written.
// Controls, limits and the link derive from these records alone.

export type SettingGroup = "problem" | "policy" | "cache" | "score" | "sampling" | "engine";

interface RowBase {
  readonly label: string;
  /** One sentence for the control's tip. */
  readonly help: string;
  readonly group: SettingGroup;
  /** Short name in the link; never reused for another meaning within a version. */
  readonly key: string;
  /** Shown beside the main controls instead of under "More". */
  readonly isMain?: boolean;
}

export interface NumberRow extends RowBase {
  readonly type: "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Values are min + a whole number of steps; 0 = any value within the limits. */
  readonly step: number;
  readonly unit?: string;
}

export interface ChoiceRow<Value extends string = string> extends RowBase {
  readonly type: "choice";
  readonly default: Value;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
}

export interface FlagRow extends RowBase {
  readonly type: "flag";
  readonly default: boolean;
}

export interface TextRow extends RowBase {
  readonly type: "text";
  readonly default: string;
  readonly maxLength: number;
}

export type SettingRow = NumberRow | ChoiceRow | FlagRow | TextRow;

export type SettingValue = number | string | boolean;

/** The value type of a row: the union of a choice's values, or the plain type. */
export type RowValue<Row> = Row extends { type: "choice"; choices: readonly { value: infer Value }[] }
  ? Value
  : Row extends { type: "number" }
    ? number
    : Row extends { type: "flag" }
      ? boolean
      : string;

export function numberRow(row: Omit<NumberRow, "type">): NumberRow {
  return { type: "number", ...row };
}

export function choiceRow<Value extends string>(row: Omit<ChoiceRow<Value>, "type">): ChoiceRow<Value> {
  return { type: "choice", ...row };
}

export function flagRow(row: Omit<FlagRow, "type">): FlagRow {
  return { type: "flag", ...row };
}

export function textRow(row: Omit<TextRow, "type">): TextRow {
  return { type: "text", ...row };
}
