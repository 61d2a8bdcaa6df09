// One sequence on the CPU backend. Forwards run at once when they are started; their results wait in a queue.

import {
  emptyRows,
  evenLength,
  headCountOf,
  headRow,
  joinRows,
  kvHeadOf,
  layerOf,
  rowLengths,
  type HeadRows,
} from "../../cache/headRows";
import { assert } from "../../lib/errors";
import { sampleToken } from "../../model/sampler";
import type { KeyBasis } from "../../model/keyBasis";
import { isStored, type ModelWeights, type WeightMatrix } from "../../model/weights";
import type { TermName } from "../../policy/policy";
import { CHANNEL_QUERIES } from "../../policy/storageParameters";
import type { MemorySummary, ReadMeasures } from "../../trace/trace";
import {
  requireRewindable,
  type CacheEntries,
  type CompactionPlan,
  type ForwardResult,
  type Measured,
  type SessionMerges,
  type Model,
  type Session,
  type SessionRequest,
} from "../backend";
import { packingOf } from "../storage/storageFormat";
import { layerRopeTables } from "../ropeTable";
import { evenPools } from "../slotPools";
import type { TappedAttention, Taps } from "./attentionSinks";
import { createHeadTaps, createPromptSums, createTaps } from "./attentionSinks";
import type { AttentionObserver, Chunk } from "./forward";
import { createForward } from "./forward";
import { createCpuMerges } from "./cpuMerges";
import { createBreather } from "../giveWay";
import { createLatentCodec } from "./latentKv";
import { createKvStore, keepSlotsInPlace, roomsOf } from "./kvStore";
import type { CacheTermName } from "../terms/headTerms";
import { drawnMatrices } from "../terms/termMatrices";
import { addReceived } from "../terms/observedAttention";
import { queryRowCount, rotatedPositionCount } from "../terms/queryRows";
import { measureTerms, type PresentCache } from "./measureTerms";
import type { MatrixProducts } from "./products";
import { createChunk, storageCodec } from "./storageCodec";
import { clearWeakChannels } from "./weakChannels";
import { createQueryRing, turnQueriesBack } from "./queryRing";

/** Tokens of the prompt that go through a layer together. */
const CHUNK_TOKENS = 32;
/** Prefill gives way between layers after this much work: well inside the 100 ms in which a stop must be felt. */
const SLICE_MS = 25;

interface SessionParts {
  readonly model: Model;
  readonly products: MatrixProducts;
  /** The directions of the model's keys, for a session that reads through latents. */
  readonly basis: KeyBasis | null;
}

export function createCpuSession({ model, products, basis }: SessionParts, request: SessionRequest): Session {
  const { config } = model;
  const { slotCapacity, positionCapacity, sampling } = request;
  const headCount = headCountOf(config);
  const ring = createQueryRing(config, queryRowCount(request));
  const ropeTables = layerRopeTables(config, rotatedPositionCount(request));
  const { reading = null } = request;
  const latents =
    reading === null || basis === null
      ? null
      : createLatentCodec({
          basis,
          reading,
          ...config,
          slotCapacity,
          ropeTables,
          parameters: request.parameters,
          isWatched: request.hasTaps,
        });
  const codec = latents ?? storageCodec(request.parameters);
  const kv = createKvStore(config, request.layerSlots ?? evenPools(config, slotCapacity), codec);
  const { merging } = request;
  const merges =
    merging && createCpuMerges({ config, kv, ring, chunk: createChunk(config.headDim), demand: merging, slotCapacity });
  const logBias = merges?.logBias;
  const parts = { kv, ring, products, ropeTables, logBias, slotCapacity, chunkCapacity: CHUNK_TOKENS };
  const forward = createForward(model, parts);
  const matrices = drawnMatrices(request.parameters.seed, config, model.filters ?? null);
  const taps = request.hasTaps ? createTaps(headCount, slotCapacity) : null;
  const groupSize = config.headCount / config.kvHeadCount;
  const headTaps = request.hasHeadTaps === true ? createHeadTaps(headCount, groupSize, slotCapacity) : null;
  const promptSums = request.terms.includes("promptAttention")
    ? createPromptSums(headCount, slotCapacity, request.parameters.groupPooling)
    : null;
  const isReceived = request.terms.includes("observedAttention") || merging?.needsReceived === true;
  const receivedSums = Array.from({ length: isReceived ? headCount : 0 }, () => new Float64Array(slotCapacity)); // [head][slot]
  const queue: ForwardResult[] = [];
  let promptCount = 0;
  let startedCount = 0;
  let nextPosition = 0; // of the next token in the sequence
  let lengths: Int32Array = new Int32Array(headCount); // a new array whenever they change: results hold it
  let lastToken = -1;
  let logits: Float32Array = new Float32Array(0);

  const noAttention: TappedAttention = {
    attention: emptyRows(headCount, Uint8Array),
    attentionScale: new Float32Array(0),
  };

  const nothingMeasured = (): ReadMeasures => ({
    recall: new Float32Array(headCount).fill(NaN),
    attention: new Float32Array(headCount).fill(NaN),
  });

  const noReads = (): Int32Array[] => Array.from({ length: headCount }, () => new Int32Array(0));

  const recordTaps = (head: number, groupRows: readonly Float32Array[]): void => {
    taps?.record(head, groupRows);
    headTaps?.record(head, groupRows);
  };

  const finishForward = (chunk: Chunk): void => {
    logits = forward.readLogits(chunk);
    lengths = chunk.firstSlots.map((slot) => slot + chunk.tokens.length);
    const sampled = sampleToken(logits, sampling, startedCount);
    lastToken = sampled.token;
    const watchedHeads = request.watchedHeads?.() ?? null;
    const attention = taps?.quantise(lengths, watchedHeads) ?? noAttention;
    const headAttention = quantisedHeads(headTaps, lengths, watchedHeads);
    // Nothing is selected in the prefill: empty rows.
    const readSlots = latents === null ? null : joinRows(chunk.readSlots ?? noReads(), Int32Array);
    queue.push({
      step: startedCount,
      ...sampled,
      lengths,
      ...attention,
      ...headAttention,
      ...(readSlots && { readSlots }),
      ...(latents !== null && taps !== null && { readMeasures: chunk.readMeasures ?? nothingMeasured() }),
      readBackMs: 0,
    });
    startedCount++;
  };

  const prefill = async (promptTokens: Int32Array, signal?: AbortSignal): Promise<void> => {
    assert(startedCount === 0, "prefill comes first");
    assert(promptTokens.length > 0, "the prompt is empty");
    const room = Math.min(...roomsOf(kv));
    assert(promptTokens.length <= room, `${promptTokens.length} prompt tokens in ${room} slots`);
    promptCount = promptTokens.length;
    const chunk = await runTokens(promptTokens, true, signal);
    const { storage, weakChannels } = request.parameters;
    if (storage === "thin") {
      clearWeakChannels({ config, kv, ring, promptCount }, { queryRows: CHANNEL_QUERIES, share: weakChannels });
    }
    nextPosition = promptCount;
    finishForward(chunk);
  };

  /** In chunks, behind the slots in use; lengths stay as they are. */
  const runTokens = async (tokens: Int32Array, isPrompt: boolean, signal?: AbortSignal): Promise<Chunk> => {
    const breather = createBreather(SLICE_MS);
    let chunk: Chunk = { tokens, firstPosition: nextPosition, firstSlots: lengths };
    for (let start = 0; start < tokens.length; start += CHUNK_TOKENS) {
      const part = tokens.subarray(start, start + CHUNK_TOKENS);
      const place = request.isRerotated === true ? { firstPlace: lengths[0] + start } : {};
      const firstSlots = lengths.map((length) => length + start);
      chunk = { tokens: part, firstPosition: nextPosition + start, ...place, firstSlots };
      const newest = isPrompt && start + part.length === tokens.length ? part.length - 1 : -1;
      const observe: AttentionObserver = (token, head, groupRows) => {
        promptSums?.add(head, groupRows);
        if (isReceived) addReceived(receivedSums[head], groupRows);
        if (token === newest) recordTaps(head, groupRows);
      };
      forward.embed(chunk);
      for (let layer = 0; layer < config.layerCount; layer++) {
        await breather.breathe(signal);
        forward.runLayer(layer, chunk, isPrompt || isReceived ? observe : null);
      }
    }
    return chunk;
  };

  const append = async (tokens: Int32Array): Promise<void> => {
    assert(startedCount > 0 && queue.length === 0, "more tokens come behind a prefill, with no forward in flight");
    requireRewindable(request);
    requireRoom(tokens.length);
    await runTokens(tokens, false);
    lengths = lengths.map((length) => length + tokens.length);
    nextPosition += tokens.length;
  };

  const rewind = (slotCount: number): void => {
    requireRewindable(request);
    assert(queue.length === 0, "nothing is rewound while a forward is in flight");
    lengths.forEach((length) => assert(slotCount < length, `${slotCount} slots cannot go of ${length}`));
    lengths = lengths.map((length) => length - slotCount);
    nextPosition -= slotCount;
  };

  const readEntries = (): Promise<CacheEntries> => {
    const rowsOf = (pool: "keys" | "values"): HeadRows<Float32Array> =>
      joinRows(
        Array.from(lengths, (length, head) => kv.layers[layerOf(config, head)][pool](kvHeadOf(config, head), length)),
        Float32Array,
      );
    return Promise.resolve({ keys: rowsOf("keys"), values: rowsOf("values") });
  };

  /** Slots, and positions that can be rotated to. */
  const requireRoom = (count: number): void => {
    const rooms = roomsOf(kv);
    lengths.forEach((length, head) => assert(length + count <= rooms[head], `all ${rooms[head]} slots are in use`));
    const place = (request.isRerotated === true ? lengths[0] : nextPosition) + count - 1;
    assert(place < positionCapacity, `position ${place} is beyond ${positionCapacity}`);
  };

  const isObserved = taps !== null || headTaps !== null || isReceived;
  const observeStep: AttentionObserver = (_, head, groupRows) => {
    if (isReceived) addReceived(receivedSums[head], groupRows);
    recordTaps(head, groupRows);
  };
  const stepTokens = new Int32Array(1);
  const decode = (forcedToken?: number): void => {
    assert(startedCount > 0, "decode comes after prefill");
    requireRoom(1);
    stepTokens[0] = forcedToken ?? lastToken;
    const place = request.isRerotated === true ? { firstPlace: lengths[0] } : {};
    const selected = latents === null ? {} : { readSlots: noReads(), readMeasures: nothingMeasured() };
    const chunk: Chunk = {
      tokens: stepTokens,
      firstPosition: nextPosition,
      ...place,
      firstSlots: lengths,
      ...selected,
    };
    forward.embed(chunk);
    for (let layer = 0; layer < config.layerCount; layer++)
      forward.runLayer(layer, chunk, isObserved ? observeStep : null);
    nextPosition++;
    finishForward(chunk);
  };

  const collect = (): Promise<ForwardResult> => {
    const result = queue.shift();
    assert(result !== undefined, "no forward is in flight");
    return Promise.resolve(result);
  };

  const measure = async (positions = allPositions()): Promise<Measured> => {
    const newestPosition = nextPosition - 1;
    const { windowSlots, parameters, hasEvidence = false } = request;
    const cache: PresentCache = {
      ...{ model, kv, ring, ropeTables, lengths, positions, newestPosition, receivedSums, logBias },
      ...{ windowSlots, parameters, hasEvidence, products: products.rows, copyRow: products.copyRow, matrices },
    };
    const measured = await measureTerms(cache, request.terms.filter(isCacheTerm));
    if (promptSums === null) return measured;
    return { ...measured, terms: { ...measured.terms, promptAttention: promptSums.read(promptCount) } };
  };

  /** Of a cache that has lost nothing. */
  const allPositions = (): HeadRows<Int32Array> =>
    joinRows(
      Array.from(lengths, (length) => Int32Array.from({ length }, (_, slot) => slot)),
      Int32Array,
    );

  const present = (): { lengths: Int32Array; newestPosition: number } => {
    return { lengths, newestPosition: nextPosition - 1 };
  };

  const sessionMerges: SessionMerges | undefined = merges && {
    measure: (survivors) => merges.measure(survivors, present(), receivedSums),
    mixNorms: (weights, mixCount) => Promise.resolve(merges.mixNorms(weights, mixCount)),
  };

  const compact = (plan: CompactionPlan): void => {
    const { survivors } = plan;
    const kept = rowLengths(survivors);
    assert(kept.length === headCount, "survivors of every layer and KV head");
    kept.forEach((count, head) => assert(count <= lengths[head], `${count} slots cannot stay of ${lengths[head]}`));
    assert(merges !== undefined || plan.merges === undefined, "this session merges nothing");
    merges?.apply(plan, present());
    keepSlotsInPlace(kv, survivors, request.isRerotated === true ? anglesOf : null);
    if (request.isRerotated === true) rerotate(survivors, lengths[0] - kept[0]);
    receivedSums.forEach((sums, head) => headRow(survivors, head).forEach((slot, kept) => (sums[kept] = sums[slot])));
    lengths = kept;
  };

  const anglesOf = (layer: number, distance: number): Float32Array =>
    ropeTables[layer].subarray(distance * config.headDim, (distance + 1) * config.headDim);

  /** Heads keep the same number of slots, or the newest queries would have to stand at several places at once. */
  const rerotate = (survivors: HeadRows<Int32Array>, evictedCount: number): void => {
    assert(evenLength(survivors) !== null, "heads whose keys are rotated again keep the same number of slots");
    turnQueriesBack(ring, (layer) => anglesOf(layer, evictedCount));
  };

  const packing = packingOf(request.parameters, config, Float32Array.BYTES_PER_ELEMENT);
  const memory: MemorySummary = {
    slotCapacity,
    bytesPerSlot: kv.bytesPerSlot,
    kvBytes: kv.kvBytes,
    ...(packing && { packing: { ...packing, fullBytesPerSlot: kv.fullBytesPerSlot } }),
    weightBytes: weightBytes(model.weights) + products.copyBytes,
    otherBytes:
      ring.layers.reduce((bytes, rows) => bytes + rows.byteLength, 0) +
      [...new Set(ropeTables)].reduce((bytes, table) => bytes + table.byteLength, 0) +
      products.scratchBytes +
      forward.scratchBytes +
      (latents?.scratchBytes ?? 0) +
      kv.workBytes +
      (taps?.scratchBytes ?? 0) +
      (headTaps?.scratchBytes ?? 0) +
      (promptSums?.scratchBytes ?? 0) +
      receivedSums.reduce((bytes, sums) => bytes + sums.byteLength, 0) +
      (logBias?.reduce((bytes, bias) => bytes + bias.byteLength, 0) ?? 0),
  };

  return {
    memory,
    ringDepth: 1,
    get lengths() {
      return lengths;
    },
    get inFlightCount() {
      return queue.length;
    },
    prefill,
    decode,
    append,
    rewind,
    readEntries,
    collect,
    measureTerms: measure,
    merges: sessionMerges,
    compact,
    readLogits: () => Promise.resolve(logits.slice()),
    dispose: () => {
      queue.length = 0;
    },
  };
}

function isCacheTerm(name: TermName): name is CacheTermName {
  return name !== "promptAttention";
}

function quantisedHeads(
  headTaps: Taps | null,
  lengths: Int32Array,
  watchedHeads: readonly number[] | null,
): Pick<ForwardResult, "headAttention" | "headAttentionScale"> {
  if (headTaps === null) return {};
  const { attention, attentionScale } = headTaps.quantise(lengths, watchedHeads);
  return { headAttention: attention, headAttentionScale: attentionScale };
}

/** What a model's plain weights occupy, a tied output counted once. */
function weightBytes(weights: ModelWeights): number {
  const { layers, ...whole } = weights;
  const arrays = new Set<WeightMatrix | null>(Object.values(whole));
  for (const layer of layers) {
    for (const array of Object.values<WeightMatrix | null>({ ...layer })) arrays.add(array);
  }
  return [...arrays].reduce((bytes, array) => bytes + (array === null || isStored(array) ? 0 : array.byteLength), 0);
}
