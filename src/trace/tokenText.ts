// Tokens as texts: of a position, and as labels.
import type { Trace } from "./trace";

/** The text of a position, prompt or generated. */
export function tokenText(trace: Trace, position: number): string {
  const { promptTexts } = trace.header;
  return position < promptTexts.length ? promptTexts[position] : trace.steps[position - promptTexts.length].text;
}

/** A token as a label: without the space around it, white space itself made visible; ⋯ for the first parts of a character. */
export function tokenLabel(text: string): string {
  if (text === "") return "⋯";
  return text.trim() || (text.includes("\n") ? "⏎" : "␣");
}
