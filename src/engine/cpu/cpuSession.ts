// One sequence on the CPU backend. Forwards run at once when they are started; their results wait in a queue.

import { assert } from "../../lib/errors";
import { sampleToken } from "../../model/sampler";
import type { TermName } from "../../policy/policy";
import type { HeadAttention, MemorySummary } from "../../trace/trace";
import type { ForwardResult, Measured, Model, Session, SessionRequest } from "../backend";
import { createRopeTable } from "../ropeTable";
import type { Taps } from "./attentionSinks";
import { createHeadTaps, createPromptSums, createTaps } from "./attentionSinks";
import type { AttentionObserver, Chunk } from "./forward";
import { createForward } from "./forward";
import { createBreather } from "../giveWay";
import { createKvStore, keepSlotsInPlace } from "./kvStore";
import type { CacheTermName } from "./measureTerms";
import { measureTerms } from "./measureTerms";
import type { MatrixProducts } from "./products";
import { createQueryRing } from "./queryRing";
import { weightBytes } from "./weightBytes";

/** Tokens of the prompt that go through a layer together. */
const CHUNK_TOKENS = 32;
/** Prefill gives way between layers after this much work: well inside the 100 ms in which a stop must be felt. */
const SLICE_MS = 25;

export function createCpuSession(model: Model, products: MatrixProducts, request: SessionRequest): Session {
  const { config } = model;
  const { slotCapacity, positionCapacity, sampling } = request;
  const headCount = config.layerCount * config.kvHeadCount;
  const kv = createKvStore(config, slotCapacity);
  const ring = createQueryRing(config, request.windowSlots);
  const ropeTable = createRopeTable(config, positionCapacity);
  const forward = createForward(model, { kv, ring, products, ropeTable, chunkCapacity: CHUNK_TOKENS });
  const taps = request.hasTaps ? createTaps(headCount, slotCapacity) : null;
  const groupSize = config.headCount / config.kvHeadCount;
  const headTaps = request.hasHeadTaps === true ? createHeadTaps(headCount, groupSize, slotCapacity) : null;
  const promptSums = request.terms.includes("promptAttention")
    ? createPromptSums(headCount, slotCapacity, request.groupPooling)
    : null;
  const queue: ForwardResult[] = [];
  let promptCount = 0;
  let startedCount = 0;
  let lengthSlots = 0;
  let lastToken = -1;
  let logits: Float32Array = new Float32Array(0);

  const recordTaps = (head: number, groupRows: readonly Float32Array[]): void => {
    taps?.record(head, groupRows);
    headTaps?.record(head, groupRows);
  };

  const finishForward = (chunk: Chunk): void => {
    logits = forward.readLogits(chunk);
    lengthSlots = chunk.firstSlot + chunk.tokens.length;
    const sampled = sampleToken(logits, sampling, startedCount);
    lastToken = sampled.token;
    const attention = { ...quantisedTaps(taps, lengthSlots), ...quantisedHeads(headTaps, lengthSlots) };
    queue.push({ step: startedCount, ...sampled, lengthSlots, ...attention, readBackMs: 0 });
    startedCount++;
  };

  const prefill = async (promptTokens: Int32Array, signal?: AbortSignal): Promise<void> => {
    assert(startedCount === 0, "prefill comes first");
    assert(promptTokens.length > 0, "the prompt is empty");
    assert(promptTokens.length <= slotCapacity, `${promptTokens.length} prompt tokens in ${slotCapacity} slots`);
    const breather = createBreather(SLICE_MS);
    promptCount = promptTokens.length;
    let chunk: Chunk = { tokens: promptTokens, firstPosition: 0, firstSlot: 0 };
    for (let start = 0; start < promptCount; start += CHUNK_TOKENS) {
      const tokens = promptTokens.subarray(start, start + CHUNK_TOKENS);
      chunk = { tokens, firstPosition: start, firstSlot: start };
      const newest = start + tokens.length === promptCount ? tokens.length - 1 : -1;
      const observe: AttentionObserver = (token, head, groupRows) => {
        promptSums?.add(head, groupRows);
        if (token === newest) recordTaps(head, groupRows);
      };
      forward.embed(chunk);
      for (let layer = 0; layer < config.layerCount; layer++) {
        await breather.breathe(signal);
        forward.runLayer(layer, chunk, observe);
      }
    }
    finishForward(chunk);
  };

  const isTapped = taps !== null || headTaps !== null;
  const observeStep: AttentionObserver | null = isTapped ? (_, head, groupRows) => recordTaps(head, groupRows) : null;
  const stepTokens = new Int32Array(1);
  const decode = (forcedToken?: number): void => {
    assert(startedCount > 0, "decode comes after prefill");
    const firstPosition = promptCount + startedCount - 1;
    assert(lengthSlots < slotCapacity, `all ${slotCapacity} slots are in use`);
    assert(firstPosition < positionCapacity, `position ${firstPosition} is beyond ${positionCapacity}`);
    stepTokens[0] = forcedToken ?? lastToken;
    const chunk: Chunk = { tokens: stepTokens, firstPosition, firstSlot: lengthSlots };
    forward.embed(chunk);
    for (let layer = 0; layer < config.layerCount; layer++) forward.runLayer(layer, chunk, observeStep);
    finishForward(chunk);
  };

  const collect = (): Promise<ForwardResult> => {
    const result = queue.shift();
    assert(result !== undefined, "no forward is in flight");
    return Promise.resolve(result);
  };

  const measure = async (): Promise<Measured> => {
    const newestPosition = promptCount + startedCount - 2;
    const { groupPooling, hasEvidence = false } = request;
    const cache = { config, kv, ring, lengthSlots, newestPosition, groupPooling, hasEvidence, products: products.rows };
    const measured = await measureTerms(cache, request.terms.filter(isCacheTerm));
    if (promptSums === null) return measured;
    return { ...measured, terms: { ...measured.terms, promptAttention: promptSums.read(promptCount) } };
  };

  const compact = (survivors: Int32Array, keptCount: number): void => {
    assert(survivors.length === headCount * keptCount, "survivors of every layer and KV head");
    assert(keptCount <= lengthSlots, `${keptCount} slots cannot stay of ${lengthSlots}`);
    keepSlotsInPlace(kv, survivors, keptCount);
    lengthSlots = keptCount;
  };

  const slotBytes = 2 * headCount * config.headDim * Float32Array.BYTES_PER_ELEMENT;
  const memory: MemorySummary = {
    slotCapacity,
    bytesPerSlot: slotBytes,
    kvBytes: slotBytes * slotCapacity,
    weightBytes: weightBytes(model.weights) + products.copyBytes,
    otherBytes:
      ring.layers.reduce((bytes, rows) => bytes + rows.byteLength, 0) +
      ropeTable.byteLength +
      forward.scratchBytes +
      (taps?.scratchBytes ?? 0) +
      (headTaps?.scratchBytes ?? 0) +
      (promptSums?.scratchBytes ?? 0),
  };

  return {
    memory,
    ringDepth: 1,
    get lengthSlots() {
      return lengthSlots;
    },
    get inFlightCount() {
      return queue.length;
    },
    prefill,
    decode,
    collect,
    measureTerms: measure,
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

function quantisedTaps(
  taps: Taps | null,
  lengthSlots: number,
): { attention: Uint8Array; attentionScale: Float32Array } {
  return taps?.quantise(lengthSlots) ?? { attention: new Uint8Array(0), attentionScale: new Float32Array(0) };
}

function quantisedHeads(headTaps: Taps | null, lengthSlots: number): HeadAttention {
  if (headTaps === null) return {};
  const { attention, attentionScale } = headTaps.quantise(lengthSlots);
  return { headAttention: attention, headAttentionScale: attentionScale };
}
