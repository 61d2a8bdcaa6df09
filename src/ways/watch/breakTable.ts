// The strip as a table: the state of each cell, what the rows come to in words, and where the arrow keys lead.
import type { BreakStripState, Outcome, StripCell, StripRow } from "../../state/breakStrip";
import { breakWords as words, squeezeWords } from "../../words/en/watch";

export type CellState = Outcome | "computing" | "open";

export function cellState(
  { key }: StripCell,
  { outcomes, computedKey }: Omit<BreakStripState, "stripFailure">,
): CellState {
  return outcomes[key] ?? (key === computedKey ? "computing" : "open");
}

export function cellWords({ rule, budgetSlots }: StripCell, state: CellState): string {
  const { label } = squeezeWords.rules[rule];
  const outcome = words.outcomes[state];
  return rule === "fullCache" ? words.wholeTextCell(label, outcome) : words.cell(label, budgetSlots, outcome);
}

/** The strip in sentences: one for each row that is known, or how far it has come. */
export function stripWords(rows: readonly StripRow[], outcomes: BreakStripState["outcomes"]): string {
  const keys = [...new Set(rows.flatMap(({ cells }) => cells.map(({ key }) => key)))];
  const known = keys.filter((key) => key in outcomes).length;
  const sentences = rows.flatMap((row) => rowWords(row, outcomes));
  return [...sentences, ...(known < keys.length ? [words.incomplete(known, keys.length)] : [])].join(" ");
}

/** Empty until every run of the row is known. */
function rowWords({ rule, cells }: StripRow, outcomes: BreakStripState["outcomes"]): readonly string[] {
  if (cells.some(({ key }) => !(key in outcomes))) return [];
  const { short } = squeezeWords.rules[rule];
  const isRight = cells.map(({ key }) => outcomes[key] === "right");
  const rightCount = isRight.filter(Boolean).length;
  if (rightCount === 0) return [words.neverRight(short)];
  if (rightCount === cells.length) return [words.alwaysRight(short)];
  const from = isRight.lastIndexOf(false) + 1;
  const isClean = rightCount === cells.length - from;
  return [
    isClean ? words.rightFrom(short, cells[from].budgetSlots) : words.sometimesRight(short, rightCount, cells.length),
  ];
}

export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads from a cell; null for a key that is none of the strip's. */
export function movedPlace(
  { row, column }: CellPlace,
  key: string,
  { rowCount, columnCount }: { readonly rowCount: number; readonly columnCount: number },
): CellPlace | null {
  const within = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));
  switch (key) {
    case "ArrowLeft":
      return { row, column: within(column - 1, columnCount) };
    case "ArrowRight":
      return { row, column: within(column + 1, columnCount) };
    case "ArrowUp":
      return { row: within(row - 1, rowCount), column };
    case "ArrowDown":
      return { row: within(row + 1, rowCount), column };
    case "Home":
      return { row, column: 0 };
    case "End":
      return { row, column: columnCount - 1 };
    default:
      return null;
  }
}
