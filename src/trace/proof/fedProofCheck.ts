// A run against the proof of another one on a brought model. Fed the same tokens, the two can differ only in survivors; where they do,
// the tokens that changed place are named, and by how little it was decided.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { areScoresRecorded } from "../recorded";
import { candidateCountOf, type EvictionEvent, type StepRecord, type Trace } from "../trace";
import { relativeMargin } from "./cutMargins";
import type { FedProof } from "./fedProof";
import { carriedDifference, changeOf, findMoves, possibleMoves, withMoves } from "./movedTokens";
import type { HeadDifference, Move } from "./movedTokens";
import { eventSums, modulo, promptHashOf } from "./proof";
import { marginOf, probabilitiesIn, stepMargin } from "./verdict";
import type {
  DivergedVerdict,
  EventMargin,
  FedVerdict,
  MovedToken,
  NearTie,
  OtherSurvivors,
  ReplayVerdict,
} from "./verdict";

/** Up to this share of the usual distance from the cut, a decision is a near tie: rounding may turn it round. */
const NEAR_TIE = 0.05;

export function checkFedProof(proof: FedProof, trace: Trace): ReplayVerdict {
  const { header, steps, events } = trace;
  if (promptHashOf(header.promptTokens) !== proof.promptHash || headCountOf(header.model) !== proof.headCount) {
    return { type: "incomplete", reason: "otherPrompt" };
  }
  const parting = steps.findIndex(({ step, token }) => token !== proof.tokens[step]);
  if (parting >= 0) return partedAt(proof, trace, parting);
  if (steps.length < proof.tokens.length) {
    if (trace.end === "stopToken" || trace.end === "length") return partedAt(proof, trace, steps.length);
    return { type: "incomplete", reason: "stopped", stepCount: steps.length, promisedCount: proof.tokens.length };
  }
  return {
    type: "fed",
    tokenCount: steps.length,
    eventCount: events.length,
    promisedEventCount: proof.sums.length,
    survivorCount: events.reduce((sum, { survivors }) => sum + survivors.values.length, 0),
    ...compareSurvivors(proof, trace, Infinity),
    ownChoices: ownChoicesOf(steps),
  };
}

/** Of a run that was left to itself. */
function partedAt(proof: FedProof, trace: Trace, step: number): DivergedVerdict {
  const { nearTies, other } = compareSurvivors(proof, trace, step);
  const lastEvent = trace.events.findLast((event) => event.step < step);
  return {
    type: "diverged",
    from: step,
    to: step,
    closest: probabilitiesIn(trace, step, step),
    lastEvent: lastEvent === undefined ? null : marginOf(lastEvent, trace.header.model.kvHeadCount),
    otherSurvivorsSince: nearTies[0]?.step ?? other?.step ?? null,
  };
}

function ownChoicesOf(steps: readonly StepRecord[]): FedVerdict["ownChoices"] {
  const others = steps.filter(({ ownToken }) => ownToken !== undefined);
  const [first] = others;
  if (first === undefined) return null;
  return { count: others.length, first: stepMargin(first, (candidate) => candidate === first.ownToken) };
}

type ComparedSurvivors = Pick<FedVerdict, "nearTies" | "followingCount" | "untold" | "other">;

/** Of the events before a step. Ends at the first event that near ties do not explain. */
function compareSurvivors(proof: FedProof, trace: Trace, stepLimit: number): ComparedSurvivors {
  const { sums, headInterval, headCount } = proof;
  const { model } = trace.header;
  let differences: readonly HeadDifference[] = Array.from({ length: headCount }, () => ({ there: [], here: [] }));
  const nearTies: NearTie[] = [];
  const untoldHeads = new Map<number, number>(); // head → since which step
  const untold = (): FedVerdict["untold"] =>
    untoldHeads.size === 0 ? null : { headCount: untoldHeads.size, fromStep: Math.min(...untoldHeads.values()) };
  let followingCount = 0;
  for (const [place, event] of trace.events.slice(0, sums.length).entries()) {
    if (event.step >= stepLimit) break;
    const met = differences;
    const next = met.map((difference, head) => carriedDifference(difference, event, head));
    for (const [group, sum] of eventSums(event, headInterval).entries()) {
      const first = group * headInterval;
      const heads = Array.from({ length: Math.min(headInterval, headCount - first) }, (_, place) => first + place);
      if (untoldHeads.has(first)) continue;
      const assumed = heads.reduce((total, head) => modulo(total + changeOf(next[head], head)), sum);
      const missing = modulo(sums[place][group] - assumed);
      if (missing === 0) continue;
      const possible = heads.flatMap((head) => possibleMoves(event, head, met[head]));
      const moves = findMoves(possible, missing);
      // A head that has held other tokens since an earlier event may decide otherwise because of them.
      const isFollowing = ({ head }: Move): boolean => met[head].here.length > 0;
      if (moves === null && heads.some((head) => met[head].here.length > 0)) {
        for (const head of heads) untoldHeads.set(head, event.step);
        continue;
      }
      if (moves === null || moves.some((move) => move.margin > NEAR_TIE && !isFollowing(move))) {
        return {
          nearTies,
          followingCount,
          untold: untold(),
          other: otherSurvivors(event, { heads, moves, kvHeadCount: model.kvHeadCount }),
        };
      }
      for (const head of heads) {
        next[head] = withMoves(
          next[head],
          moves.filter((move) => move.head === head),
        );
      }
      const ties = moves.filter((move) => !isFollowing(move));
      followingCount += moves.length - ties.length;
      const cutsThere = proof.cuts.filter((cut) => cut.event === place);
      nearTies.push(
        ...ties.map((move): NearTie => ({
          step: event.step,
          layer: layerOf(model, move.head),
          kvHead: kvHeadOf(model, move.head),
          keptThere: movedToken(trace, move.inward),
          keptHere: movedToken(trace, move.outward),
          margin: move.margin,
          marginThere: cutsThere.find(({ head }) => head === move.head)?.margin ?? null,
        })),
      );
    }
    differences = next;
  }
  return { nearTies, followingCount, untold: untold(), other: null };
}

function movedToken({ header, steps }: Trace, position: number): MovedToken {
  const promptCount = header.promptTexts.length;
  const text = position < promptCount ? header.promptTexts[position] : steps[position - promptCount].text;
  return { position, text };
}

interface DifferingGroup {
  readonly heads: readonly number[];
  /** Those that explain the difference, if any do. */
  readonly moves: readonly Move[] | null;
  readonly kvHeadCount: number;
}

function otherSurvivors(event: EvictionEvent, { heads, moves, kvHeadCount }: DifferingGroup): OtherSurvivors {
  const eventMargin = (head: number, margin: number): EventMargin => ({
    step: event.step,
    layer: layerOf({ kvHeadCount }, head),
    kvHead: kvHeadOf({ kvHeadCount }, head),
    margin,
  });
  const isLeftOut = heads.some((head) => !areScoresRecorded(event, head) && candidateCountOf(event, head) > 0);
  const margins = heads.map((head) => eventMargin(head, relativeMargin(event, head)));
  const widest = moves?.reduce((one, other) => (other.margin > one.margin ? other : one));
  return {
    step: event.step,
    layers: {
      from: layerOf({ kvHeadCount }, heads[0]),
      to: layerOf({ kvHeadCount }, heads[heads.length - 1]),
    },
    head:
      widest !== undefined
        ? eventMargin(widest.head, widest.margin)
        : isLeftOut
          ? null
          : margins.reduce((one, other) => (other.margin < one.margin ? other : one)),
    isFound: widest !== undefined,
  };
}
