// The search for the bits of each layer: which strips are tried and in which order, and which of those tried is best. TaDA
// (arXiv 2506.04642) draws strips at random; here the trials so far also say what each layer adds, and every batch holds the
// most promising strips beside a random one. How a trial is measured: state/storageTrials.ts.

import { hashWords, randomStream } from "../lib/random";

export const layerBitChoices = [2, 3, 4, 8] as const;

/** Bits of each number of a layer's keys and values. [layer] */
export type BitStrip = readonly number[];

/** A strip, measured on the tokens that the cache as computed generates, nothing evicted. */
export interface BitsTrial {
  readonly strip: BitStrip;
  /** Mean over the steps of KL(as computed ‖ stored), in nats. */
  readonly klNats: number;
  /** Share of the steps with the same most probable token. */
  readonly agreedShare: number;
  /** Keys and values at the end, as stored. */
  readonly bytes: number;
  /** The same text as computed. */
  readonly bytesAsComputed: number;
}

export type BitsTarget =
  | { readonly type: "fewestBytes"; readonly mostKlNats: number }
  | { readonly type: "leastKl"; readonly mostBytes: number };

export function uniformStrip(layerCount: number, bits: number): BitStrip {
  return Array<number>(layerCount).fill(bits);
}

/** As the setting has it: "4 4 2 8". */
export function stripText(strip: BitStrip): string {
  return strip.join(" ");
}

/** Exact, as layers are alike but for their bits; null before a trial of as many bits in all layers. */
export function stripBytes(strip: BitStrip, trials: readonly BitsTrial[]): number | null {
  const uniform = new Map<number, number>(); // [bits] → bytes of a layer
  for (const trial of trials) {
    const [bits] = trial.strip;
    if (trial.strip.every((other) => other === bits)) uniform.set(bits, trial.bytes / trial.strip.length);
  }
  let sum = 0;
  for (const bits of strip) sum += uniform.get(bits) ?? NaN;
  return Number.isNaN(sum) ? null : sum;
}

/** Of those that meet the target; null where none does. */
export function bestTrial(trials: readonly BitsTrial[], target: BitsTarget): BitsTrial | null {
  const isFewer = target.type === "fewestBytes";
  const met = trials.filter(({ klNats, bytes }) => (isFewer ? klNats <= target.mostKlNats : bytes <= target.mostBytes));
  const isBetter = (one: BitsTrial, other: BitsTrial): boolean =>
    isFewer
      ? one.bytes < other.bytes || (one.bytes === other.bytes && one.klNats < other.klNats)
      : one.klNats < other.klNats || (one.klNats === other.klNats && one.bytes < other.bytes);
  return met.reduce<BitsTrial | null>((best, trial) => (best === null || isBetter(trial, best) ? trial : best), null);
}

/** Trials that no other beats in both bytes and KL, by bytes. */
export function undominatedTrials(trials: readonly BitsTrial[]): readonly BitsTrial[] {
  const sorted = [...trials].sort((one, other) => one.bytes - other.bytes || one.klNats - other.klNats);
  let least = Infinity;
  return sorted.filter(({ klNats }) => {
    const isLower = klNats < least;
    if (isLower) least = klNats;
    return isLower;
  });
}

export interface BitsSearch {
  readonly layerCount: number;
  readonly target: BitsTarget;
  readonly seed: number;
}

/** How many trials a search makes: all layers alike, each layer alone, and then some. */
export function searchLength(layerCount: number): number {
  return layerBitChoices.length + layerCount + 16;
}

/** Strips to try next, at most so many; none once no other can be better than the best so far. */
export function nextStrips(trials: readonly BitsTrial[], search: BitsSearch, count: number): readonly BitStrip[] {
  const { layerCount, target, seed } = search;
  const tried = new Set(trials.map(({ strip }) => stripText(strip)));
  const isNew = (strip: BitStrip): boolean => !tried.has(stripText(strip));
  const first = openingStrips(layerCount).filter(isNew);
  if (first.length > 0) return first.slice(0, count);

  const best = bestTrial(trials, target);
  const bytesOf = (strip: BitStrip): number => stripBytes(strip, trials) ?? Infinity;
  const mayBeBetter = (strip: BitStrip): boolean => {
    if (!isNew(strip)) return false;
    if (target.type === "leastKl") return bytesOf(strip) <= target.mostBytes;
    return best === null || bytesOf(strip) < best.bytes;
  };
  const costs = layerCosts(trials, layerCount);
  const near = best === null ? [] : neighbours(best.strip);
  const promising = unique([...efficientStrips(costs), ...near])
    .filter(mayBeBetter)
    .map((strip) => ({ strip, bytes: bytesOf(strip), klNats: predictedKl(costs, strip) }))
    .sort((one, other) => {
      if (target.type === "leastKl") return one.klNats - other.klNats;
      const [isOneMet, isOtherMet] = [one, other].map(({ klNats }) => klNats <= target.mostKlNats);
      if (isOneMet !== isOtherMet) return isOneMet ? -1 : 1;
      return isOneMet ? one.bytes - other.bytes || one.klNats - other.klNats : one.klNats - other.klNats;
    })
    .map(({ strip }) => strip);
  const drawn = drawnStrips({ layerCount, seed, draw: trials.length }).filter(mayBeBetter);
  // The last place of a batch is for a random one.
  return unique([
    ...promising.slice(0, count - 1),
    ...drawn.slice(0, 1),
    ...promising.slice(count - 1),
    ...drawn,
  ]).slice(0, count);
}

/** All layers alike, then each layer alone at the fewest bits. */
function openingStrips(layerCount: number): readonly BitStrip[] {
  const [fewest, most] = [layerBitChoices[0], layerBitChoices[layerBitChoices.length - 1]];
  const uniform = layerBitChoices.map((bits) => uniformStrip(layerCount, bits));
  const alone = Array.from({ length: layerCount }, (_, layer) =>
    Array.from({ length: layerCount }, (_other, at) => (at === layer ? fewest : most)),
  );
  return unique([...uniform, ...alone]);
}

/** Nats that each layer is taken to add, as if they added up. [layer][choice] */
type LayerCosts = readonly number[][];

const FIT_SWEEPS = 24;
const LEAST_KL = 1e-12;

/** Each trial, in turn, scales the layers' costs so that they add up to its KL, most where a layer adds most. */
function layerCosts(trials: readonly BitsTrial[], layerCount: number): LayerCosts {
  const costs = Array.from({ length: layerCount }, () => layerBitChoices.map((bits) => 4 ** -bits));
  for (let sweep = 0; sweep < FIT_SWEEPS; sweep++) {
    for (const { strip, klNats } of trials) {
      const predicted = predictedKl(costs, strip);
      const ratio = Math.max(klNats, LEAST_KL) / predicted;
      strip.forEach((bits, layer) => {
        const choice = choiceOf(bits);
        costs[layer][choice] *= ratio ** (costs[layer][choice] / predicted);
      });
    }
  }
  return costs;
}

function predictedKl(costs: LayerCosts, strip: BitStrip): number {
  return strip.reduce((sum, bits, layer) => sum + costs[layer][choiceOf(bits)], 0);
}

function choiceOf(bits: number): number {
  return layerBitChoices.findIndex((choice) => choice === bits);
}

/** For prices of a bit from dear to cheap, the strip of the least cost: the lower hull of cost against bits. */
function efficientStrips(costs: LayerCosts): readonly BitStrip[] {
  const exponents = Array.from({ length: 65 }, (_, at) => 2 - at / 4);
  return exponents.map((exponent) => {
    const price = 10 ** exponent;
    return costs.map((ofLayer) => {
      const whole = layerBitChoices.map((bits, choice) => ofLayer[choice] + price * bits);
      return layerBitChoices[whole.indexOf(Math.min(...whole))];
    });
  });
}

/** One layer one choice up or down. */
function neighbours(strip: BitStrip): readonly BitStrip[] {
  return strip.flatMap((bits, layer) =>
    [-1, 1].flatMap((way) => {
      const moved: number | undefined = layerBitChoices[choiceOf(bits) + way];
      return moved === undefined ? [] : [strip.map((other, at) => (at === layer ? moved : other))];
    }),
  );
}

const DRAWS = 32;

function drawnStrips({ layerCount, seed, draw }: { layerCount: number; seed: number; draw: number }): BitStrip[] {
  const stream = randomStream(hashWords(seed, draw));
  return Array.from({ length: DRAWS }, () => Array.from({ length: layerCount }, () => stream.pick(layerBitChoices)));
}

function unique(strips: readonly BitStrip[]): readonly BitStrip[] {
  return [...new Map(strips.map((strip) => [stripText(strip), strip])).values()];
}
