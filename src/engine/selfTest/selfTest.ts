// The self-test: before a GPU is used, a few fixed tokens go through the loaded model on it and on the CPU, and the keys and
// values of every layer compared, the logits and the sampled tokens must agree. The tokens come as a prompt and as decode
// steps, because those are different kernels. Of a large model the CPU computes a part (modelPart.ts); the GPU then also runs
// all of it, whose numbers must be finite and not all zero.

import type { HeadRows } from "../../cache/headRows";
import { errorMessage, InputError } from "../../lib/errors";
import { greedySampling } from "../../model/sampling";
import { baseParameters } from "../../policy/parameters";
import type { BackendCheck } from "../../trace/trace";
import type { Backend, CacheEntries, CreateBackend, ForwardResult, Model, SessionRequest } from "../backend";
import { PART_BYTES, partToTest, takePart, type ModelPart } from "./modelPart";

/** Enough for two tiles of four rows in a chunk of the prompt, the second not full. */
const PROMPT_TOKENS = 8;
/** With decode steps behind it. */
const ALL_TOKENS = 10;

const request: SessionRequest = {
  ...{ slotCapacity: ALL_TOKENS, positionCapacity: ALL_TOKENS, windowSlots: 1, terms: [] },
  ...{ sampling: greedySampling, stopTokens: [], hasTaps: false, parameters: baseParameters },
};

/**
 * Sums in another order and a coarser exponential differ by about 1e-5 after thirty layers. Where matrices are rounded to half
 * precision, each number is off by up to 5e-4 of itself, and the sums by some 1e-3.
 */
const TOLERANCE = { f32: 1e-3, f16: 2e-2 } as const;

/** What a session computed from the tokens. */
interface Followed {
  /** After each forward. */
  readonly logits: readonly Float32Array[];
  /** Of the forwards before the first whose logits are not finite. */
  readonly results: readonly ForwardResult[];
  readonly entries: CacheEntries;
}

type Comparison = Pick<BackendCheck, "largestDifference" | "place">;

/** Rejects where the backend fails instead of computing wrongly, and with InputError where the model itself does. */
export async function checkBackend(
  suspect: Backend,
  model: Model,
  createTwin: CreateBackend,
  partBytes = PART_BYTES,
): Promise<BackendCheck> {
  const startedMs = performance.now();
  const tolerance = TOLERANCE[suspect.summary.weightType];
  const part = partToTest(model, partBytes);
  const places = tokenPlaces(part);
  const tokens = places.map((place) => part.rows[place]);
  const test = async (): Promise<Comparison> => {
    const found = await followSuspect(suspect, { ...request, layers: part.layers }, tokens);
    const expected = await followTwin(createTwin, takePart(model, part), places);
    const compared = compare(found, expected, part, model);
    const wrong = compared.find(({ largestDifference }) => !(largestDifference <= tolerance));
    if (wrong !== undefined) return wrong;
    const unsound = part.layers.length === model.config.layerCount ? null : await checkWhole(suspect, model, tokens);
    return unsound ?? compared.reduce((most, each) => (each.largestDifference > most.largestDifference ? each : most));
  };
  const lost = suspect.lost.then((reason) => Promise.reject(new Error(reason)));
  const { largestDifference, place } = await Promise.race([test(), lost]);
  const elapsedMs = performance.now() - startedMs;
  return { largestDifference, place, tolerance, layerCount: part.layers.length, elapsedMs };
}

/** Of the tokens among the part's rows, evenly spread, so that every buffer of a split embedding is asked. */
function tokenPlaces({ rows }: ModelPart): Int32Array {
  return Int32Array.from({ length: ALL_TOKENS }, (_, at) => Math.floor((at * (rows.length - 1)) / (ALL_TOKENS - 1)));
}

/** A GPU that has no room, say, is no fault of the model. */
async function followSuspect(suspect: Backend, wanted: SessionRequest, tokens: Int32Array): Promise<Followed> {
  try {
    return await follow(suspect, wanted, tokens);
  } catch (error) {
    throw new Error(errorMessage(error), { cause: error });
  }
}

async function followTwin(createTwin: CreateBackend, model: Model, tokens: Int32Array): Promise<Followed> {
  try {
    const twin = await createTwin(model);
    const followed = await follow(twin, request, tokens);
    twin.dispose();
    return followed;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `the CPU cannot compute this model: ${errorMessage(error)}; its file may be damaged: choose another`,
    );
  }
}

async function follow(backend: Backend, wanted: SessionRequest, tokens: Int32Array): Promise<Followed> {
  const session = await backend.createSession(wanted);
  const logits: Float32Array[] = [];
  const results: ForwardResult[] = [];
  try {
    await session.prefill(tokens.subarray(0, PROMPT_TOKENS));
    for (let next = PROMPT_TOKENS; next <= tokens.length; next++) {
      logits.push(await session.readLogits());
      // A session gives no result of logits that are not finite.
      if (logits.every((each) => each.every(Number.isFinite))) results.push(await session.collect());
      if (next < tokens.length) session.decode(tokens[next]);
    }
    return { logits, results, entries: await session.readEntries() };
  } finally {
    session.dispose();
  }
}

/** In the order of computation, so that the first that is wrong is where the fault lies. */
function compare(found: Followed, expected: Followed, { layers, rows }: ModelPart, { config }: Model): Comparison[] {
  const compared: Comparison[] = [];
  const note = (place: string, largestDifference: number): void => void compared.push({ place, largestDifference });
  layers.forEach((layer, at) => {
    for (const name of ["keys", "values"] as const) {
      const [own, other] = [found, expected].map(({ entries }) => layerNumbers(entries[name], at, config));
      note(`${name} of layer ${layer}`, differenceOf(own, other));
    }
  });
  found.logits.forEach((logits, step) => {
    const sampled = Float32Array.from(rows, (row) => logits[row]);
    note(`logits after token ${PROMPT_TOKENS + step}`, differenceOf(sampled, expected.logits[step]));
  });
  found.results.forEach((result, step) => {
    note(`the sample after token ${PROMPT_TOKENS + step}`, sampleError(result, found.logits[step]));
  });
  return compared;
}

function layerNumbers(
  entries: HeadRows<Float32Array>,
  layer: number,
  { kvHeadCount }: { readonly kvHeadCount: number },
): Float32Array {
  const { offsets, values } = entries;
  return values.subarray(offsets[layer * kvHeadCount], offsets[(layer + 1) * kvHeadCount]);
}

/** Infinity where a number is not finite, or there are not as many. */
function differenceOf(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length || !found.every(Number.isFinite)) return Infinity;
  let largest = 0;
  let squares = 0;
  expected.forEach((number, at) => {
    largest = Math.max(largest, Math.abs(number - found[at]));
    squares += number * number;
  });
  if (largest === 0) return 0;
  return largest / Math.sqrt(squares / expected.length);
}

/** Greedy: the token of the highest logit. How far the probability said of it is from the logits' own. */
function sampleError({ token, logProbability }: ForwardResult, logits: Float32Array): number {
  const highest = logits.reduce((most, each) => Math.max(most, each), -Infinity);
  if (logits[token] !== highest) return Infinity;
  const sum = logits.reduce((all, each) => all + Math.exp(each - highest), 0);
  return Math.abs(logProbability + Math.log(sum));
}

/** All layers of a model of which the CPU computed a part: what is wrong with their numbers by themselves; null if nothing is. */
async function checkWhole(suspect: Backend, { config }: Model, tokens: Int32Array): Promise<Comparison | null> {
  const { logits, entries } = await followSuspect(suspect, request, tokens);
  const isSound = (numbers: Float32Array): boolean =>
    numbers.every(Number.isFinite) && numbers.some((number) => number !== 0);
  const wrong = (place: string): Comparison => ({ place, largestDifference: Infinity });
  for (let layer = 0; layer < config.layerCount; layer++) {
    for (const name of ["keys", "values"] as const) {
      if (!isSound(layerNumbers(entries[name], layer, config))) return wrong(`${name} of layer ${layer}`);
    }
  }
  return logits.every(isSound) ? null : wrong("logits of all layers");
}
