// Stretches of a text, in tokens: from `start` up to but not including `end`. As text "3-9,12" names 3 … 9 and 12.
import { InputError } from "./errors";

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The spans that a run's prompt names. */
export interface PromptSpans {
  /** Their tokens always stay. */
  readonly kept: readonly Span[];
  /** Each is an instruction: figures count them one by one, and they can share the budget fairly. */
  readonly instructions: readonly Span[];
}

export const noSpans: PromptSpans = { kept: [], instructions: [] };

/** What formatSpans wrote, and anything else: throws InputError. */
export function parseSpans(text: string): Span[] {
  const parts = text.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "").map(parseSpan);
}

function parseSpan(text: string): Span {
  const match = /^(\d{1,7})(?:\s*[-–]\s*(\d{1,7}))?$/.exec(text);
  const [start, last] = match === null ? [0, -1] : [Number(match[1]), Number(match[2] ?? match[1])];
  if (last >= start) return { start, end: last + 1 };
  throw new InputError(
    `“${text}” names no tokens; write first and last, counted from 0, such as 3-9, or several: 3-9,12`,
  );
}

export function formatSpans(spans: readonly Span[]): string {
  return spans.map(({ start, end }) => (end === start + 1 ? String(start) : `${start}-${end - 1}`)).join(",");
}

/** Every position of the spans once, ascending. */
export function positionsOf(spans: readonly Span[]): number[] {
  const positions = new Set<number>();
  for (const { start, end } of spans) for (let position = start; position < end; position++) positions.add(position);
  return [...positions].sort((left, right) => left - right);
}

export function isInSpans(spans: readonly Span[], position: number): boolean {
  return spans.some(({ start, end }) => position >= start && position < end);
}

/** Without whatever else they carry. */
export function bareSpans(spans: readonly Span[]): Span[] {
  return spans.map(({ start, end }) => ({ start, end }));
}
