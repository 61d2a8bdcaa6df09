// How much of a run goes into its file.
import { lightTrace, type TraceExtras } from "../../trace/lightTrace";
import type { Trace } from "../../trace/trace";

export const fileContents = ["everything", "noAttention", "decisions"] as const;
export type FileContent = (typeof fileContents)[number];

interface ContentWords {
  readonly label: string;
  readonly help: string;
  readonly extras: TraceExtras;
}

export const contentTable: Readonly<Record<FileContent, ContentWords>> = {
  everything: {
    label: "Everything",
    help: "all panels as they are here",
    extras: { hasAttention: true, hasLoyalty: true, hasTerms: true },
  },
  noAttention: {
    label: "Without attention rows",
    help: "the attention panel stays empty, scores and reasons are there",
    extras: { hasAttention: false, hasLoyalty: true, hasTerms: true },
  },
  decisions: {
    label: "Tokens and decisions only",
    help: "who stayed, totals, cut-offs and margins; not what they were computed from",
    extras: { hasAttention: false, hasLoyalty: false, hasTerms: false },
  },
};

export function traceWith(trace: Trace, content: FileContent): Trace {
  return lightTrace(trace, contentTable[content].extras);
}
