// How much of a run goes into its file.
import { lightTrace, type TraceExtras } from "../../trace/file/lightTrace";
import { roundTerms, TRAVEL_BITS } from "../../trace/file/roundTerms";
import type { Trace } from "../../trace/trace";
import { decimalDigits } from "../termNote";

export const fileContents = ["everything", "noAttention", "exactScores", "decisions"] as const;
export type FileContent = (typeof fileContents)[number];

interface ContentOffer {
  readonly label: string;
  readonly extras: TraceExtras;
  /** Terms are rounded where the run's scores follow from them. */
  readonly isRounding: boolean;
}

const withoutAttention: TraceExtras = { hasAttention: false, hasLoyalty: true, hasTerms: true };

export const contentTable: Readonly<Record<FileContent, ContentOffer>> = {
  everything: {
    label: "Everything",
    extras: { hasAttention: true, hasLoyalty: true, hasTerms: true },
    isRounding: false,
  },
  noAttention: { label: "Without attention rows", extras: withoutAttention, isRounding: true },
  exactScores: { label: "Without attention rows, scores exact", extras: withoutAttention, isRounding: false },
  decisions: {
    label: "Tokens and decisions only",
    extras: { hasAttention: false, hasLoyalty: false, hasTerms: false },
    isRounding: false,
  },
};

/** Pauses where it takes long. */
export async function traceWith(trace: Trace, content: FileContent): Promise<Trace> {
  const { extras, isRounding } = contentTable[content];
  const light = lightTrace(trace, extras);
  return isRounding ? ((await roundTerms(light, { pause: nextTask })) ?? light) : light;
}

/** Lets the page do what has come up meanwhile. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** What the file will be good for. `madeOf`: the runs as they go into it, null until they are known. */
export function contentHelp(content: FileContent, traces: readonly Trace[], madeOf: readonly Trace[] | null): string {
  switch (content) {
    case "everything":
      return "all panels as they are here";
    case "noAttention":
      return madeOf === null || madeOf.some(isRounded)
        ? `the attention panel stays empty, scores to ${decimalDigits(TRAVEL_BITS)} digits, every decision as it was`
        : "the attention panel stays empty, scores as they are: this run has none that could be shortened";
    case "exactScores":
      return traces.some(isRounded)
        ? "the attention panel stays empty, scores as they came in the file that was opened"
        : "the attention panel stays empty, scores with all their digits";
    case "decisions":
      return "who stayed, totals, cut-offs and margins; not what they were computed from";
  }
}

function isRounded({ header }: Trace): boolean {
  return header.termBits !== undefined;
}
