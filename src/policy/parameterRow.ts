// What a row of a parameter table says (parameters.ts): its name, its limits, what it starts from.

/** What every row of a choice says, whatever its kind. */
export interface RowBase<Group extends string> {
  /** As controls name it. */
  readonly label: string;
  /** One sentence, for the control's tip, the command line's help and the docs. */
  readonly help: string;
  /** Where its control stands. */
  readonly group: Group;
  /** Shown with the main controls instead of under "More". */
  readonly isMain?: boolean;
  /** Short name in a link; never reused for another meaning within a link version. */
  readonly key: string;
}

interface ParameterBase extends RowBase<"cache" | "score" | "sampling"> {
  /** As formulas write it. */
  readonly symbol?: string;
  /** Name on the command line, without its dashes. */
  readonly flag: string;
  /** When and how much is evicted, which lanes share; who is evicted; or by which draw. */
  readonly decides: "when" | "who" | "draw";
  /** It changes what every evicting policy does. */
  readonly isOfEveryPolicy?: boolean;
  /**
   * It says how entries are stored or read, so it counts for the full cache too, which evicts nothing. The full cache that a
   * run is compared with has the row's default.
   */
  readonly isOfFullCache?: boolean;
  /** It only counts while another choice of the table has one of these values, or another number is above 0. */
  readonly onlyWith?: { readonly name: string; readonly values: readonly string[] | "above 0" };
}

/** What a control of a number offers. */
export interface NumberValues {
  readonly type: "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Values are min + a whole number of steps; 0 = any value within the limits. */
  readonly step: number;
  readonly unit?: string;
  /** A larger unit that the control counts in: so many of the row's own. */
  readonly shown?: { readonly unit: string; readonly size: number };
  /** What the scripts of G-KV's paper set, whatever the page starts from. */
  readonly inPaper?: number;
}

export interface ChoiceValues {
  readonly type: "choice";
  readonly default: string;
  /** Those of a long list stand in groups, one after the other. */
  readonly choices: readonly { readonly value: string; readonly label: string; readonly group?: string }[];
  /** The label of a text that it may say beside them; null for any other text. Absent: nothing. */
  readonly furtherLabel?: (text: string) => string | null;
}

export interface FlagValues {
  readonly type: "flag";
  readonly default: boolean;
}

export interface TextValues {
  readonly type: "text";
  readonly default: string;
  readonly maxLength: number;
  /** What a run accepts besides nothing, and in words that follow "expected". Absent: any text. */
  readonly accepts?: { readonly pattern: RegExp; readonly words: string };
}

/** A list in one text. */
interface TextParameter extends ParameterBase, Required<TextValues> {}

interface NumberParameter extends ParameterBase, NumberValues {
  /** What a run accepts, which can be more than the control offers. */
  readonly range: Range;
  /** How much of it the parameters above it leave room for. */
  readonly room?: (above: { readonly budgetSlots: number; readonly windowSlots: number }) => Room;
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly kind: "real" | "whole" | "odd";
}

export interface Room {
  readonly most: number;
  /** "a budget of 8 slots leaves the window 1 to 7" */
  readonly words: string;
}

export type ParameterRow = NumberParameter | TextParameter | (ParameterBase & (ChoiceValues | FlagValues));

/** The value type of a row: the union of a choice's values, or the plain type. */
export type RowValue<Row> = Row extends { type: "choice"; choices: readonly { value: infer Value }[] }
  ? Value
  : Row extends { type: "number" }
    ? number
    : Row extends { type: "flag" }
      ? boolean
      : string;

export const MANY = 2 ** 31 - 1;
/** From 0 to 1. */
export const share: Range = { least: 0, most: 1, kind: "real" };
