// What a run whose scores were rounded says wherever they are shown with all their digits. Pure.
import type { TraceHeader } from "../trace/trace";
import type { FigureTable } from "../ui/figure/figureTable";

/** Null where scores are as measured. */
export function termNote({ termBits }: Pick<TraceHeader, "termBits">): string | null {
  if (termBits === undefined) return null;
  const digits = decimalDigits(termBits);
  return `This file holds scores to ${digits} ${digits === 1 ? "digit" : "digits"}; survivors are as they were.`;
}

/** Decimal digits that so many bits are sure to tell, but at least one. */
export function decimalDigits(bits: number): number {
  return Math.max(1, Math.floor(bits * Math.log10(2)));
}

/** The table with the note behind its caption. */
export function notedTable(table: FigureTable, header: TraceHeader): FigureTable {
  const note = termNote(header);
  return note === null ? table : { ...table, caption: `${table.caption.replace(/\.$/, "")}. ${note}` };
}
