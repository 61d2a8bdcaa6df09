// The kinds of rows in the table of settings: what a row may say, and how a value of its kind is read and written.
// Controls, limits and the link derive from these records alone.

import type { ChoiceValues, FlagValues, NumberValues } from "../policy/parameters";

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

export type NumberRow = RowBase & NumberValues;
export type ChoiceRow<Value extends string = string> = RowBase & ChoiceValues<Value>;
export type FlagRow = RowBase & FlagValues;

export interface TextRow extends RowBase {
  readonly type: "text";
  readonly default: string;
  readonly maxLength: number;
}

export type SettingRow = NumberRow | ChoiceRow | FlagRow | TextRow;

export type SettingValue = number | string | boolean;

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
