// Divides the text into lines, and lines into slices, which are drawn or left plain as a whole. Pure. Each token is read
// once: a trace that grew is divided further from its last slice.
//
//   slice  ├────────────── 80 tokens or more ─────────────┤
//   lines  ├── The cat sat. ──┤├── It slept. ──┤├── … ────┤
import { latestOf } from "../../trace/latest";
import type { Trace } from "../../trace/trace";
import { tokenText } from "../../trace/tokenText";

/** One sentence, which makes reasoning easier to follow; in a text with line breaks of its own, one of its lines. */
export interface TextLine {
  /** Its positions, `to` not included. */
  readonly from: number;
  readonly to: number;
  /** Continues a sentence that is too long for one line. */
  readonly isContinued: boolean;
}

export interface TextSlice {
  readonly part: "prompt" | "reasoning";
  readonly lines: readonly TextLine[];
}

/** A slice ends with the line that reaches this many tokens: about a third of a screenful. */
const SLICE_TOKENS = 80;

/** Longer sentences are cut: a text may have no full stop at all. */
const LONGEST_LINE = 160;

/** The slices of the text up to the token that a step generated. Complete slices are the same objects at every step. */
export function textSlices(trace: Trace, step: number): readonly TextSlice[] {
  const end = trace.header.promptTokens.length + step + 1;
  const all = allSlices(trace);
  const count = all.findLastIndex(({ lines }) => lines[0].from < end) + 1;
  const shown = all.slice(0, count);
  const last = shown.at(-1);
  if (last !== undefined && endOf(last) > end) shown[count - 1] = cutSlice(last, end);
  return shown;
}

/** All slices of the trace so far. */
function allSlices(trace: Trace): readonly TextSlice[] {
  const promptCount = trace.header.promptTokens.length;
  const end = promptCount + trace.steps.length;
  return latestOf<readonly TextSlice[]>(trace, ["textSlices", end], (before = []) => {
    // The last one may have been cut off by the end of the text.
    const kept = before.slice(0, -1);
    const from = kept.length === 0 ? 0 : endOf(kept[kept.length - 1]);
    return [
      ...kept,
      ...slicesBetween(trace, "prompt", { from, to: promptCount }),
      ...slicesBetween(trace, "reasoning", { from: Math.max(from, promptCount), to: end }),
    ];
  });
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

function slicesBetween(trace: Trace, part: TextSlice["part"], { from, to }: Stretch): readonly TextSlice[] {
  const slices: TextSlice[] = [];
  let lines: TextLine[] = [];
  let lineFrom = from;
  const partFrom = part === "prompt" ? 0 : trace.header.promptTokens.length;
  // Known from the prompt, so that lines stay as they are while the text grows.
  const hasBreaks = trace.header.promptText.includes("\n");
  const endsLine = (position: number): boolean => {
    const text = tokenText(trace, position);
    return text.includes("\n") || (!hasBreaks && text.trim() === ".");
  };
  let isContinued = from > partFrom && !endsLine(from - 1);
  for (let position = from; position < to; position++) {
    const isEnd = endsLine(position);
    if (!isEnd && position + 1 < to && position + 1 - lineFrom < LONGEST_LINE) continue;
    lines.push({ from: lineFrom, to: position + 1, isContinued });
    lineFrom = position + 1;
    isContinued = !isEnd;
    if (lineFrom - lines[0].from < SLICE_TOKENS && lineFrom < to) continue;
    slices.push({ part, lines });
    lines = [];
  }
  return slices;
}

function endOf({ lines }: TextSlice): number {
  return lines[lines.length - 1].to;
}

/** The slice up to a position within it. */
function cutSlice({ part, lines }: TextSlice, end: number): TextSlice {
  const shown = lines.filter(({ from }) => from < end);
  const last = shown[shown.length - 1];
  return { part, lines: [...shown.slice(0, -1), last.to > end ? { ...last, to: end } : last] };
}
