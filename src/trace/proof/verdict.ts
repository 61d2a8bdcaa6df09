// What comparing a run with a link's proof can come to, with the figures that stand behind it.
import type { EvictionEvent, StepRecord, Trace } from "../trace";

export type ReplayVerdict =
  /** Counts of survivors are null where the proof does not tell of them. */
  | {
      readonly type: "reproduced";
      readonly tokenCount: number;
      readonly eventCount: number | null;
      readonly survivorCount: number | null;
    }
  | SameTokensVerdict
  | DivergedVerdict
  | FedVerdict
  /** Not every token of the proof is there; promisedCount is null where it does not say how many there are. */
  | {
      readonly type: "incomplete";
      readonly reason: "stopped";
      readonly stepCount: number;
      readonly promisedCount: number | null;
    }
  | { readonly type: "incomplete"; readonly reason: "otherPrompt" | "damagedProof" };

export interface SameTokensVerdict {
  readonly type: "sameTokens";
  readonly tokenCount: number;
  readonly eventCount: number;
  readonly promisedEventCount: number;
  /** Groups of events whose survivors differ; an event each where eventInterval is 1. */
  readonly otherGroupCount: number;
  readonly eventInterval: number;
  /** Null where one run only has more events than the other. */
  readonly first: {
    /** The first event that differs is at one of these steps; one step where the proof was not thinned. */
    readonly fromStep: number;
    readonly toStep: number;
    /** Its closest cut: the likeliest place of the difference. */
    readonly smallestMargin: EventMargin;
  } | null;
}

export interface DivergedVerdict {
  readonly type: "diverged";
  /** The tokens part at one of these steps; one step where the proof was not thinned. One past the last: a run ended earlier. */
  readonly from: number;
  readonly to: number;
  /** The step among them whose token was chosen by the least; null where this run has none of them. */
  readonly closest: StepMargin | null;
  /** The last event before, which is the last that could have changed them. */
  readonly lastEvent: EventMargin | null;
  /** Step of the first event before whose survivors differ already. */
  readonly otherSurvivorsSince: number | null;
}

/** Of a run on a brought model, which was fed the tokens of the proof or chose the same by itself. Its margins are relative (cutMargins.ts). */
export interface FedVerdict {
  readonly type: "fed";
  readonly tokenCount: number;
  readonly eventCount: number;
  readonly promisedEventCount: number;
  readonly survivorCount: number;
  /** Decisions that went otherwise by little, up to the first event that they do not explain. */
  readonly nearTies: readonly NearTie[];
  /** Later decisions of the same heads that went otherwise because of them. */
  readonly followingCount: number;
  /** Heads of which the proof does not tell what followed from near ties, from this step on; null where it tells all. */
  readonly untold: { readonly headCount: number; readonly fromStep: number } | null;
  /** The first event whose survivors differ by more; null where none does. */
  readonly other: OtherSurvivors | null;
  /** Steps at which this run would have chosen another token than the one it was fed; null for none. */
  readonly ownChoices: OwnChoices | null;
}

/** Two tokens that changed place in a head's cut. */
export interface NearTie {
  readonly step: number;
  readonly layer: number;
  readonly kvHead: number;
  /** Stayed in the run of the proof, in the place of `keptHere`. */
  readonly keptThere: MovedToken;
  readonly keptHere: MovedToken;
  /** By how little this run decided. */
  readonly margin: number;
  /** Of that head's cut in the run of the proof; null where the proof does not list it. */
  readonly marginThere: number | null;
}

export interface MovedToken {
  readonly position: number;
  readonly text: string;
}

export interface OtherSurvivors {
  readonly step: number;
  /** Of the heads among which the difference lies. */
  readonly layers: { readonly from: number; readonly to: number };
  /**
   * The head that decided otherwise, and by how much; where the tokens were not found, the closest cut among the heads. Null where
   * the trace no longer has their scores (recorded.ts).
   */
  readonly head: EventMargin | null;
  readonly isFound: boolean;
}

export interface OwnChoices {
  readonly count: number;
  /** The first of them: the fed token's text is `text`, the run's own the runner-up's. */
  readonly first: StepMargin;
}

/** The head of an event whose cut was the closest. */
export interface EventMargin {
  readonly step: number;
  readonly layer: number;
  readonly kvHead: number;
  readonly margin: number;
}

export interface StepMargin {
  readonly step: number;
  readonly text: string;
  readonly probability: number;
  readonly runnerUpText: string;
  readonly runnerUpProbability: number;
}

export function marginOf({ step, margin }: EvictionEvent, kvHeadCount: number): EventMargin {
  // Below 0 where protection decided, not the scores.
  const size = (head: number): number => (margin[head] >= 0 ? margin[head] : Infinity);
  let closest = 0;
  for (let head = 1; head < margin.length; head++) if (size(head) < size(closest)) closest = head;
  return {
    step,
    layer: Math.floor(closest / kvHeadCount),
    kvHead: closest % kvHeadCount,
    margin: size(closest),
  };
}

/** Of the steps from … to, the one whose token led its runner-up by the least. */
export function probabilitiesIn({ steps }: Trace, from: number, to: number): StepMargin | null {
  const margins = steps.slice(from, to + 1).map((record) => stepMargin(record, (other) => other !== record.token));
  const lead = ({ probability, runnerUpProbability }: StepMargin): number => probability - runnerUpProbability;
  if (margins.length === 0) return null;
  return margins.reduce((closest, margin) => (Math.abs(lead(margin)) < Math.abs(lead(closest)) ? margin : closest));
}

/** A step's token beside the most probable candidate that is meant. */
export function stepMargin(record: StepRecord, isMeant: (candidate: number) => boolean): StepMargin {
  const { step, text, logProbability, candidateTokens, candidateTexts, candidateLogProbabilities } = record;
  const runnerUp = candidateTokens.findIndex(isMeant);
  return {
    step,
    text,
    probability: Math.exp(logProbability),
    runnerUpText: candidateTexts[runnerUp] ?? "",
    runnerUpProbability: runnerUp < 0 ? 0 : Math.exp(candidateLogProbabilities[runnerUp]),
  };
}
