// Marks on the words of a prompt: spans that always stay, and spans that are instructions. Pure.
import { formatSpans, type PromptSpans, type Span } from "../../lib/spans";
import { settingTable } from "../../settings/settings";

/** From one word to another, in either direction, both included. */
export interface WordRange {
  readonly anchor: number;
  readonly focus: number;
}

export function spanOf({ anchor, focus }: WordRange): Span {
  return { start: Math.min(anchor, focus), end: Math.max(anchor, focus) + 1 };
}

/** Kept spans that touch become one: only their tokens count. */
export function withKept({ kept, instructions }: PromptSpans, added: Span): PromptSpans {
  const joined = kept.reduce(
    (whole, span) =>
      span.start > whole.end || span.end < whole.start
        ? whole
        : { start: Math.min(whole.start, span.start), end: Math.max(whole.end, span.end) },
    added,
  );
  return { kept: inOrder([...without(kept, joined), joined]), instructions };
}

/** A word belongs to one instruction, the newest that was marked; neighbours stay apart. */
export function withInstruction({ kept, instructions }: PromptSpans, added: Span): PromptSpans {
  return { kept, instructions: inOrder([...without(instructions, added), added]) };
}

export function withoutMarks({ kept, instructions }: PromptSpans, removed: Span): PromptSpans {
  return { kept: without(kept, removed), instructions: without(instructions, removed) };
}

/** What is left of the spans outside of one. */
function without(spans: readonly Span[], hole: Span): Span[] {
  return spans.flatMap(({ start, end }) =>
    [
      { start, end: Math.min(end, hole.start) },
      { start: Math.max(start, hole.end), end },
    ].filter((rest) => rest.start < rest.end),
  );
}

function inOrder(spans: readonly Span[]): Span[] {
  return [...spans].sort((left, right) => left.start - right.start);
}

/** The settings that make a run with these marks; instructions that the problem itself names are not written down. */
export function markChoices(
  { kept, instructions }: PromptSpans,
  ofProblem: readonly Span[],
): { readonly keptSpans: string; readonly instructionSpans: string } {
  const written = formatSpans(instructions);
  return { keptSpans: formatSpans(kept), instructionSpans: written === formatSpans(ofProblem) ? "" : written };
}

/** Why these marks cannot be run; null where they can. */
export function objectionToMarks(marks: PromptSpans): string | null {
  const { maxLength } = settingTable.keptSpans;
  const isTooLong = [marks.kept, marks.instructions].some((spans) => formatSpans(spans).length > maxLength);
  return isTooLong
    ? `These are too many spans for a link (${maxLength} characters each); mark fewer, longer ones.`
    : null;
}
