// What opening a link came to, over all lanes: one headline, a line for each lane that says more, and where to look.
import { counted } from "../../lib/counted";
import { unreachable } from "../../lib/errors";
import type { ReplayVerdict } from "../../trace/proof/verdict";
import { verdictWords } from "../../trace/proof/verdictWords";

/** Where the difference shows. */
export interface ReplayPlace {
  readonly lane: number;
  readonly step: number;
  /** null if it concerns all heads. */
  readonly focus: { readonly layer: number; readonly kvHead: number } | null;
  /** "chosen": the token that the step chose. */
  readonly pinned: "chosen" | null;
}

export interface ReplayLine {
  /** From 1; null if there is only one lane. */
  readonly laneNumber: number | null;
  readonly words: string;
  readonly place: ReplayPlace | null;
}

export interface Replayed {
  /** open: the run cannot say, because it was stopped or is another one. */
  readonly tone: "reproduced" | "differs" | "open";
  readonly headline: string;
  readonly lines: readonly ReplayLine[];
}

/** null if the link vouches for nothing. `verdicts`: null for a lane that it does not vouch for. [lane] */
export function replayReport(verdicts: readonly (ReplayVerdict | null)[]): Replayed | null {
  const given = verdicts.filter((verdict) => verdict !== null);
  if (given.length === 0) return null;
  const tone = given.some(({ type }) => type === "diverged" || type === "sameTokens")
    ? "differs"
    : given.some(({ type }) => type === "incomplete")
      ? "open"
      : "reproduced";
  const hasLanes = verdicts.length > 1;
  const unvouched = verdicts.length - given.length;
  // If every lane came out as promised, one line with the sums is enough.
  if (tone === "reproduced" && unvouched === 0 && given.every(isWholeProof)) {
    return { tone, headline: `Reproduced exactly: ${sums(given)}${laneWords(given.length)}.`, lines: [] };
  }
  return {
    tone,
    headline: hasLanes ? overview(given, verdicts.length) : headlineOf(given[0]),
    lines: verdicts.map((verdict, lane) => ({
      laneNumber: hasLanes ? lane + 1 : null,
      words: verdict === null ? "The link has no proof for this lane." : verdictWords(verdict),
      place: verdict === null ? null : placeOf(verdict, lane),
    })),
  };
}

type Reproduced = ReplayVerdict & { readonly type: "reproduced" };

function isWholeProof(verdict: ReplayVerdict): verdict is Reproduced {
  return verdict.type === "reproduced" && verdict.eventCount !== null;
}

function sums(verdicts: readonly Reproduced[]): string {
  const tokenCount = verdicts.reduce((sum, verdict) => sum + verdict.tokenCount, 0);
  const eventCount = verdicts.reduce((sum, verdict) => sum + (verdict.eventCount ?? 0), 0);
  return `${counted(tokenCount, "token")} and ${counted(eventCount, "event")}`;
}

function laneWords(laneCount: number): string {
  return laneCount === 1 ? "" : ` in ${laneCount} lanes`;
}

function overview(given: readonly ReplayVerdict[], laneCount: number): string {
  const same = given.filter(({ type }) => type === "reproduced").length;
  const lanes = `of ${laneCount} lanes`;
  if (same === given.length) return `Reproduced in ${same} ${lanes}; the link has no full proof for the rest.`;
  return `Reproduced in ${same === 0 ? "none" : same} ${lanes}.`;
}

function headlineOf(verdict: ReplayVerdict): string {
  switch (verdict.type) {
    case "reproduced":
      return `Reproduced: the same ${counted(verdict.tokenCount, "token")}.`;
    case "sameTokens":
      return `The same ${counted(verdict.tokenCount, "token")}, but other tokens were kept.`;
    case "diverged":
      return verdict.from === verdict.to
        ? `Diverged at step ${verdict.to}.`
        : `Diverged between steps ${verdict.from} and ${verdict.to}.`;
    case "incomplete":
      return verdict.reason === "stopped" ? "Not compared to the end." : "Not compared.";
    default:
      return unreachable(verdict);
  }
}

function placeOf(verdict: ReplayVerdict, lane: number): ReplayPlace | null {
  switch (verdict.type) {
    case "sameTokens": {
      if (verdict.first === null) return null;
      const { fromStep, smallestMargin } = verdict.first;
      return { lane, step: fromStep, focus: smallestMargin, pinned: null };
    }
    case "diverged": {
      const { closest, to, lastEvent } = verdict;
      return { lane, step: closest?.step ?? to, focus: lastEvent, pinned: closest === null ? null : "chosen" };
    }
    case "reproduced":
    case "incomplete":
      return null;
    default:
      return unreachable(verdict);
  }
}
