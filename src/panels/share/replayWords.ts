// What opening a link came to, over all lanes: one headline, a line for each lane that says more, and where to look.
import { counted } from "../../lib/counted";
import { unreachable } from "../../lib/errors";
import type { FedVerdict, NearTie, ReplayVerdict } from "../../trace/proof/verdict";
import { fedSurvivorWords, nearTieWords, ownChoiceWords, verdictWords } from "../../trace/proof/verdictWords";

/** Where the difference shows. */
export interface ReplayPlace {
  readonly lane: number;
  readonly step: number;
  /** null if it concerns all heads. */
  readonly focus: { readonly layer: number; readonly kvHead: number } | null;
  /** "chosen": the token that the step chose. */
  readonly pinned: number | "chosen" | null;
}

export interface ReplayLine {
  /** From 1; null if there is only one lane. */
  readonly laneNumber: number | null;
  readonly words: string;
  readonly place: ReplayPlace | null;
}

export interface Replayed {
  /** near: it differs by near ties alone. open: the run cannot say, because it was stopped or is another one. */
  readonly tone: "reproduced" | "near" | "differs" | "open";
  readonly headline: string;
  readonly lines: readonly ReplayLine[];
}

/** null if the link vouches for nothing. `verdicts`: null for a lane that it does not vouch for. [lane] */
export function replayReport(verdicts: readonly (ReplayVerdict | null)[]): Replayed | null {
  const given = verdicts.filter((verdict) => verdict !== null);
  if (given.length === 0) return null;
  const tones = given.map(toneOf);
  const tone = (["differs", "open", "near"] as const).find((one) => tones.includes(one)) ?? "reproduced";
  const hasLanes = verdicts.length > 1;
  const unvouched = verdicts.length - given.length;
  // If every lane came out as promised, one line with the sums is enough.
  if (tone === "reproduced" && unvouched === 0 && given.every(isWholeProof)) {
    return { tone, headline: `Reproduced exactly: ${sums(given)}${laneWords(given.length)}.`, lines: [] };
  }
  return {
    tone,
    headline: hasLanes ? overview(given, verdicts.length) : headlineOf(given[0]),
    lines: verdicts.flatMap((verdict, lane) => [
      {
        laneNumber: hasLanes ? lane + 1 : null,
        words: verdict === null ? "The link has no proof for this lane." : laneVerdict(verdict),
        place: verdict === null ? null : placeOf(verdict, lane),
      },
      ...(verdict?.type === "fed" ? [...nearTieLines(verdict.nearTies, lane), ...ownChoiceLines(verdict, lane)] : []),
    ]),
  };
}

/** Where a fed run would have chosen other tokens is a line of its own. */
function laneVerdict(verdict: ReplayVerdict): string {
  return verdict.type === "fed" && verdict.ownChoices !== null ? fedSurvivorWords(verdict) : verdictWords(verdict);
}

function ownChoiceLines(verdict: FedVerdict, lane: number): readonly ReplayLine[] {
  if (verdict.ownChoices === null) return [];
  const { step } = verdict.ownChoices.first;
  return [{ laneNumber: null, words: ownChoiceWords(verdict), place: { lane, step, focus: null, pinned: "chosen" } }];
}

/** As many near ties are listed. */
const MOST_TIES = 6;

function nearTieLines(nearTies: readonly NearTie[], lane: number): readonly ReplayLine[] {
  const rest = nearTies.length - MOST_TIES;
  return [
    ...nearTies.slice(0, MOST_TIES).map((tie) => ({
      laneNumber: null,
      words: nearTieWords(tie),
      place: { lane, step: tie.step, focus: tie, pinned: tie.keptHere.position },
    })),
    ...(rest > 0 ? [{ laneNumber: null, words: `And ${counted(rest, "more near tie")}.`, place: null }] : []),
  ];
}

function toneOf(verdict: ReplayVerdict): Replayed["tone"] {
  switch (verdict.type) {
    case "reproduced":
      return "reproduced";
    case "fed":
      if (verdict.other !== null || verdict.eventCount !== verdict.promisedEventCount) return "differs";
      return verdict.nearTies.length > 0 || verdict.ownChoices !== null ? "near" : "reproduced";
    case "sameTokens":
    case "diverged":
      return "differs";
    case "incomplete":
      return "open";
    default:
      return unreachable(verdict);
  }
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
  const same = given.filter((verdict) => toneOf(verdict) === "reproduced").length;
  const near = given.filter((verdict) => toneOf(verdict) === "near").length;
  const lanes = `of ${laneCount} lanes`;
  if (same === laneCount) return `Reproduced in all ${laneCount} lanes.`;
  if (same === given.length) return `Reproduced in ${same} ${lanes}; the link has no full proof for the rest.`;
  const nearly = near === 0 ? "" : `, in ${near} but for near ties`;
  return `Reproduced in ${same === 0 ? "none" : same} ${lanes}${nearly}.`;
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
    case "fed":
      return fedHeadline(verdict);
    case "incomplete":
      return verdict.reason === "stopped" ? "Not compared to the end." : "Not compared.";
    default:
      return unreachable(verdict);
  }
}

function fedHeadline(verdict: FedVerdict): string {
  const tokens = `the same ${counted(verdict.tokenCount, "token")}`;
  switch (toneOf(verdict)) {
    case "reproduced":
      return `Reproduced: ${tokens} and survivors.`;
    case "near":
      return verdict.nearTies.length === 0
        ? "The same survivors; by itself this device chooses other tokens."
        : `The same survivors but for ${counted(verdict.nearTies.length, "near tie")}${verdict.untold === null ? "" : ", as far as the link tells"}.`;
    default:
      return `Fed ${tokens}, but other tokens were kept.`;
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
    case "fed": {
      const { other } = verdict;
      return other === null ? null : { lane, step: other.step, focus: other.head, pinned: null };
    }
    case "reproduced":
    case "incomplete":
      return null;
    default:
      return unreachable(verdict);
  }
}
