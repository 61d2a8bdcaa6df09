// What becomes of the evicted slots of one head: each may be merged into a slot that stays, its partner. From what the
// backend measured to a sparse plan; the backend only adds up what the plan says. Methods section 21.
import { hashUniform } from "../lib/random";
import type { PolicyParameters } from "./policy";
import {
  convexParts,
  logSumExp,
  queryUnit,
  singleSlot,
  weighedParts,
  zipParts,
  type MergedSlot,
  type Mix,
} from "./zipMerge";

/** What was measured of a head before its survivors close ranks. */
export interface HeadMergeMeasures {
  /** Place among the survivors of the key that lies closest to each evicted one, by cosine. [evicted] */
  readonly partners: ArrayLike<number>;
  readonly cosines: ArrayLike<number>; // [evicted]
  /** ln ŝ: the logit of the newest query, the mean over the group, or of an average over the window. [slot] */
  readonly logScores: ArrayLike<number>;
  /** Euclidean norms of the values. [slot] */
  readonly valueNorms: ArrayLike<number>;
  /** ‖q‖² of the mean of the group's newest queries. */
  readonly querySquares: number;
  /** What each slot received since it was written. [slot]; empty unless CaM asks for it. */
  readonly received: ArrayLike<number>;
}

/** One head at an event that evicts some of its slots. */
export interface MergingHead extends HeadMergeMeasures {
  readonly survivors: ArrayLike<number>; // slots, ascending
  readonly evicted: ArrayLike<number>; // slots, ascending
  readonly votes: ArrayLike<number>; // [slot]
  readonly logBias: ArrayLike<number>; // [slot]
  readonly headDim: number;
  /** The score by which the slots were evicted; slots behind its end always stay. [candidate] */
  readonly total: ArrayLike<number>;
  /** Of the draw: event and head. */
  readonly drawKeys: readonly number[];
}

/** One source of one target. A target that takes something in is a source of itself. */
export interface MergePair {
  /** Place among the survivors. */
  readonly target: number;
  /** Slot before the event, or QUERY_SOURCE. */
  readonly source: number;
  readonly keyWeight: number;
  readonly valueWeight: number;
}

export interface HeadMergePlan {
  /** In the order of targets. */
  readonly pairs: readonly MergePair[];
  /** Added to each survivor's logit from now on. [kept] */
  readonly logBias: Float32Array;
  /** Tokens that each survivor stands for in attention. [kept] */
  readonly votes: Int32Array;
  /** Place of the survivor that took each evicted slot in, −1 = none did. CaM spreads a slot; it names the first. [evicted] */
  readonly carriers: Int32Array;
  /** 1 where a ZIP merge took its fallback. [kept] */
  readonly fallbacks: Uint8Array;
}

type MergingParameters = Pick<
  PolicyParameters,
  "merging" | "mergeThreshold" | "mergeFallback" | "mergeFraction" | "mergeSpread" | "intervalSteps" | "seed"
>;

/** By "merging"; null for none. */
export function planHeadMerges(head: MergingHead, parameters: MergingParameters): HeadMergePlan | null {
  const { mergeThreshold, mergeFallback, mergeFraction } = parameters;
  switch (parameters.merging) {
    case "none":
      return null;
    case "keepKv": {
      const unit = queryUnit(head.querySquares, head.headDim);
      const carriers = allowedPartners(head, (cosine) => cosine > mergeThreshold);
      return joinedPlan(head, carriers, (parts) => zipParts(parts, mergeFallback, unit));
    }
    case "convex":
      return joinedPlan(
        head,
        allowedPartners(head, (cosine) => cosine > mergeThreshold),
        convexParts,
      );
    case "keepKvCode":
      return joinedPlan(
        head,
        allowedPartners(head, (cosine) => cosine >= mergeThreshold),
        (parts, slots) => weighedParts(parts, publicWeights(head, slots)),
      );
    case "values":
      return valuePlan(head, mergeThreshold, mergeFraction);
    case "cam":
      return camPlan(head, parameters);
  }
}

function allowedPartners(head: MergingHead, isAllowed: (cosine: number) => boolean): Int32Array {
  const carriers = new Int32Array(head.partners.length);
  for (let place = 0; place < carriers.length; place++) {
    carriers[place] = isAllowed(head.cosines[place]) ? head.partners[place] : -1;
  }
  return carriers;
}

/** Every survivor that takes some in becomes one slot with all of them at once. */
export function joinedPlan(
  head: MergingHead,
  carriers: Int32Array,
  join: (parts: readonly MergedSlot[], slots: readonly number[]) => MergedSlot,
): HeadMergePlan {
  const plan = emptyPlan(head, carriers);
  const part = (slot: number): MergedSlot =>
    singleSlot(slot, head.logScores[slot], head.logBias[slot], head.votes[slot]);
  for (const [target, places] of takenIn(carriers)) {
    const slots = [head.survivors[target], ...places.map((place) => head.evicted[place])];
    const merged = join(slots.map(part), slots);
    plan.pairs.push(...pairsOf(target, merged.key, merged.value));
    plan.logBias[target] = merged.logBias;
    plan.votes[target] = merged.votes;
    plan.fallbacks[target] = merged.isFallback ? 1 : 0;
  }
  return plan;
}

/** Places among the evicted by their carrier, carriers ascending. */
function takenIn(carriers: Int32Array): readonly (readonly [number, readonly number[]])[] {
  const byTarget = new Map<number, number[]>();
  carriers.forEach((target, place) => {
    if (target < 0) return;
    const places = byTarget.get(target);
    if (places === undefined) byTarget.set(target, [place]);
    else places.push(place);
  });
  return [...byTarget].sort(([left], [right]) => left - right);
}

function emptyPlan(head: MergingHead, carriers: Int32Array): HeadMergePlan & { pairs: MergePair[] } {
  const { survivors, logBias, votes } = head;
  return {
    pairs: [],
    logBias: gathered(new Float32Array(survivors.length), survivors, logBias),
    votes: gathered(new Int32Array(survivors.length), survivors, votes),
    carriers,
    fallbacks: new Uint8Array(survivors.length),
  };
}

function gathered<Values extends Float32Array | Int32Array>(
  found: Values,
  slots: ArrayLike<number>,
  values: ArrayLike<number>,
): Values {
  for (let place = 0; place < found.length; place++) found[place] = values[slots[place]];
  return found;
}

function pairsOf(target: number, key: Mix, value: Mix): MergePair[] {
  return [...new Set([...key.keys(), ...value.keys()])].map((source) => ({
    target,
    source,
    keyWeight: key.get(source) ?? 0,
    valueWeight: value.get(source) ?? 0,
  }));
}

/** 2⁻¹⁴: what the public code adds to a mean weight. */
export const PUBLIC_EPSILON = 2 ** -14;

/** Lower, and ε beside the largest weight is no number any more: beside weights like these it decides alone in any case. */
const LEAST_LOG_SCORE = -600;

/** Votes × (mean weight + ε), up to a common factor; the mean is over the queries that could see a slot (kkvcache/KeepKV at a25a2b5, KV_update). */
export function publicWeights(
  { votes, logScores }: Pick<MergingHead, "votes" | "logScores">,
  slots: readonly number[],
): number[] {
  const largest = Math.max(LEAST_LOG_SCORE, ...slots.map((slot) => logScores[slot]));
  const epsilon = PUBLIC_EPSILON * Math.exp(-largest);
  return slots.map((slot) => votes[slot] * (Math.exp(logScores[slot] - largest) + epsilon));
}

/** MergingPress (NVIDIA/kvpress at 8bb29b9): values alone move, by cosine and norm; keys and votes stay. */
function valuePlan(head: MergingHead, threshold: number, fraction: number): HeadMergePlan {
  const { partners, cosines, survivors, evicted, valueNorms } = head;
  const admitted = Float64Array.from(cosines, (cosine) => (cosine >= threshold ? cosine : -Infinity));
  const least = fraction < 1 ? quantile(admitted, 1 - fraction) : -Infinity;
  const carriers = Int32Array.from(partners, (partner, place) =>
    admitted[place] > -Infinity && admitted[place] >= least ? partner : -1,
  );
  const plan = emptyPlan(head, carriers);
  for (const [target, places] of takenIn(carriers)) {
    const into = survivors[target];
    const weights = places.map((place) => {
      const norm = valueNorms[evicted[place]];
      return (Math.max(0, cosines[place]) * norm) / (norm + valueNorms[into] + 1e-6);
    });
    const total = 1 + weights.reduce((sum, weight) => sum + weight, 0);
    plan.pairs.push({ target, source: into, keyWeight: 1, valueWeight: 1 / total });
    places.forEach((place, at) => {
      plan.pairs.push({ target, source: evicted[place], keyWeight: 0, valueWeight: weights[at] / total });
    });
  }
  return plan;
}

/** Linear interpolation between the sorted values; −∞ stays −∞ beside a finite one. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return -Infinity;
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low === high || low === -Infinity ? low : low + (place - Math.floor(place)) * (high - low);
}

/** An evicted slot of CaM: over which survivors it would be spread, and how probably. */
export interface CamCandidate {
  /** Among the evicted. */
  readonly place: number;
  /** Places among the survivors. */
  readonly targets: readonly number[];
  readonly probability: number;
}

/**
 * CaM (Zhang et al. 2024, ICML) as CAMPress has it (NVIDIA/kvpress at 8bb29b9): of the evicted, the `count` of highest score
 * may be spread over the next survivors to their right. In the order of slots.
 */
export function camCandidates(
  { survivors, evicted, received, total }: Pick<MergingHead, "survivors" | "evicted" | "received" | "total">,
  count: number,
  spread: number,
): CamCandidate[] {
  const best = Array.from(evicted, (_, place) => place)
    .sort((left, right) => total[evicted[right]] - total[evicted[left]] || left - right)
    .slice(0, count)
    .sort((left, right) => left - right);
  return best.map((place) => {
    const slot = evicted[place];
    const right = Array.from(survivors, (_, at) => at).filter((at) => survivors[at] > slot);
    const targets = right.slice(0, spread);
    const mean = targets.reduce((sum, at) => sum + received[survivors[at]], 0) / Math.max(1, targets.length);
    const probability = received[slot] > 0 ? (mean > 0 ? Math.min(1, received[slot] / mean) : 1) : 0;
    return { place, targets, probability };
  });
}

function camPlan(head: MergingHead, { mergeSpread, intervalSteps, seed }: MergingParameters): HeadMergePlan {
  const candidates = camCandidates(head, intervalSteps, mergeSpread);
  const isDrawn = candidates.map(({ probability, place }) => {
    return hashUniform(seed, ...head.drawKeys, head.evicted[place]) < probability;
  });
  return spreadPlan(head, candidates, isDrawn);
}

/** Values alone: every drawn slot is divided evenly among its targets and added to them. */
export function spreadPlan(
  head: MergingHead,
  candidates: readonly CamCandidate[],
  isDrawn: readonly boolean[],
): HeadMergePlan {
  const carriers = new Int32Array(head.evicted.length).fill(-1);
  const added = new Map<number, Map<number, number>>(); // target → source → weight
  candidates.forEach(({ place, targets }, at) => {
    if (!isDrawn[at] || targets.length === 0) return;
    carriers[place] = targets[0];
    for (const target of targets) {
      const sources = added.get(target) ?? new Map<number, number>([[head.survivors[target], 1]]);
      sources.set(head.evicted[place], 1 / targets.length);
      added.set(target, sources);
    }
  });
  const plan = emptyPlan(head, carriers);
  for (const [target, sources] of [...added].sort(([left], [right]) => left - right)) {
    for (const [source, valueWeight] of sources) {
      plan.pairs.push({ target, source, keyWeight: source === head.survivors[target] ? 1 : 0, valueWeight });
    }
  }
  return plan;
}

/** Rows of queries, each weighing `decay` times the next. */
export interface AverageWeights {
  readonly logs: readonly number[]; // [row]
  readonly logTotal: number;
}

export function averageWeights(rowCount: number, decay: number): AverageWeights {
  const weights = Array.from({ length: rowCount }, (_, row) => decay ** (rowCount - 1 - row));
  return { logs: weights.map(Math.log), logTotal: Math.log(weights.reduce((sum, weight) => sum + weight, 0)) };
}

/** ln ŝ of an average over rows of queries; rows that cannot see a slot are not among them. */
export function logAverage(
  logits: readonly number[],
  decay: number,
  { logs, logTotal } = averageWeights(logits.length, decay),
): number {
  return logSumExp(logits.map((logit, row) => logit + logs[row])) - logTotal;
}
