// One model over a chunk of tokens, layer by layer: embedding, attention over the slots in use, SwiGLU.
// A decode step is a chunk of one. Layers are separate calls so that a long prefill can give way between them.

import { headOf } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { LayerWeights } from "../../model/weights";
import type { ReadMeasures } from "../../trace/trace";
import type { Model } from "../backend";
import type { KvStore, LayerKv } from "./kvStore";
import {
  addBias,
  addInto,
  addLogBias,
  gateByGelu,
  gateInto,
  rmsNorm,
  rotateHeads,
  scaleInto,
  softmaxInPlace,
} from "./layerOps";
import type { MatrixProducts } from "./products";
import { createRows, leadingRows, rowOf } from "./products";
import type { QueryRing } from "./queryRing";
import { rememberQuery } from "./queryRing";

export interface Chunk {
  readonly tokens: Int32Array;
  /** Of the first token: its position in the sequence and its slot in each head. */
  readonly firstPosition: number;
  /** Where it is rotated to, if not to its position. */
  readonly firstPlace?: number;
  readonly firstSlots: Int32Array; // [head]
  /** In a decode step whose queries read what they select: filled with those slots; a head that reads all has none. [head] */
  readonly readSlots?: Int32Array[];
  /** Filled with what they found, where layers are watched. */
  readonly readMeasures?: ReadMeasures;
}

/** `token` is an index into the chunk. */
export type AttentionObserver = (token: number, head: number, groupRows: readonly Float32Array[]) => void;

export interface ForwardParts {
  readonly kv: KvStore;
  readonly ring: QueryRing;
  readonly products: MatrixProducts;
  readonly ropeTables: readonly Float32Array[]; // [layer] of [position][headDim / 2][cosine, sine]
  /** Added to the logits of each head's slots; absent in a session that merges nothing. [head] of [slot] */
  readonly logBias?: readonly Float32Array[] | undefined;
  /** Slots of the longest head. */
  readonly slotCapacity: number;
  readonly chunkCapacity: number;
}

export interface Forward {
  embed(chunk: Chunk): void;
  runLayer(layer: number, chunk: Chunk, observe: AttentionObserver | null): void;
  /** Logits after the chunk's last token. The array is reused. [token of the vocabulary] */
  readLogits(chunk: Chunk): Float32Array;
  readonly scratchBytes: number;
}

export function createForward({ config, weights }: Model, parts: ForwardParts): Forward {
  const { kv, ring, products, ropeTables, logBias, slotCapacity, chunkCapacity } = parts;
  const { hiddenSize, headCount, kvHeadCount, headDim, intermediateSize, rmsNormEpsilon } = config;
  const hidden = createRows(chunkCapacity, hiddenSize);
  const normed = createRows(chunkCapacity, hiddenSize);
  const queries = createRows(chunkCapacity, headCount * headDim);
  const keys = createRows(chunkCapacity, kvHeadCount * headDim);
  const values = createRows(chunkCapacity, kvHeadCount * headDim);
  const attended = createRows(chunkCapacity, headCount * headDim);
  const gate = createRows(chunkCapacity, intermediateSize);
  const up = createRows(chunkCapacity, intermediateSize);
  const logits = createRows(1, config.vocabularySize);
  const attention = createAttention(config, slotCapacity);
  const slots = new Int32Array(kvHeadCount); // of one token in one layer
  const unrotatedKeys = kv.needsUnrotatedKeys ? new Float32Array(kvHeadCount * headDim) : null; // of the same token
  const choosesReads = kv.layers.some(({ chooseReads }) => chooseReads !== undefined);
  const unrotatedQueries = new Float32Array(choosesReads ? headCount * headDim : 0);
  const activate = config.activation === "silu" ? gateInto : gateByGelu;
  const rowSets = [hidden, normed, queries, keys, values, attended, gate, up, logits];

  const embed = ({ tokens }: Chunk): void => {
    tokens.forEach((token, at) => {
      products.copyRow(weights.embedding, token, rowOf(hidden, at));
      if (config.embeddingScale !== 1) scaleInto(rowOf(hidden, at), config.embeddingScale);
    });
  };

  const projectQkv = (layer: LayerWeights, tokenCount: number): void => {
    products.multiply(layer.query, normed, queries, tokenCount);
    products.multiply(layer.key, normed, keys, tokenCount);
    products.multiply(layer.value, normed, values, tokenCount);
    if (layer.queryBias !== null) addBias(leadingRows(queries, tokenCount), layer.queryBias);
    if (layer.keyBias !== null) addBias(leadingRows(keys, tokenCount), layer.keyBias);
    if (layer.valueBias !== null) addBias(leadingRows(values, tokenCount), layer.valueBias);
    normaliseHeads(leadingRows(queries, tokenCount), layer.queryNorm);
    normaliseHeads(leadingRows(keys, tokenCount), layer.keyNorm);
  };

  const normaliseHeads = (heads: Float32Array, weight: Float32Array | null): void => {
    if (weight !== null) rmsNorm(heads, heads, weight, rmsNormEpsilon);
  };

  const attendChunk = (layer: number, chunk: Chunk, observe: AttentionObserver | null): void => {
    const layerKv = kv.layers[layer];
    const ropeTable = ropeTables[layer];
    const { window } = config.layers[layer];
    const layerBias = logBias?.slice(headOf(config, layer, 0), headOf(config, layer + 1, 0)) ?? null;
    chunk.tokens.forEach((_, token) => {
      const position = chunk.firstPosition + token;
      const place = (chunk.firstPlace ?? chunk.firstPosition) + token;
      const angles = ropeTable.subarray(place * headDim, (place + 1) * headDim);
      const tokenQueries = rowOf(queries, token);
      const tokenKeys = rowOf(keys, token);
      unrotatedKeys?.set(tokenKeys);
      if (choosesReads) unrotatedQueries.set(tokenQueries);
      rotateHeads(tokenQueries, angles);
      rotateHeads(tokenKeys, angles);
      rememberQuery(ring, layer, position, tokenQueries);
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        slots[kvHead] = chunk.firstSlots[headOf(config, layer, kvHead)] + token;
      }
      layerKv.storeToken({ slots, keys: tokenKeys, unrotatedKeys, values: rowOf(values, token), place });
      if (chunk.readSlots !== undefined) {
        layerKv.chooseReads?.(unrotatedQueries).forEach((read, kvHead) => {
          chunk.readSlots?.splice(headOf(config, layer, kvHead), 1, read);
        });
        const found = layerKv.measureReads?.(tokenQueries);
        if (found !== undefined) {
          chunk.readMeasures?.recall.set(found.recall, headOf(config, layer, 0));
          chunk.readMeasures?.attention.set(found.attention, headOf(config, layer, 0));
        }
      }
      attention.attend(
        layerKv,
        { queries: tokenQueries, slots, window, logBias: layerBias, output: rowOf(attended, token) },
        observe && ((kvHead, groupRows) => observe(token, headOf(config, layer, kvHead), groupRows)),
      );
    });
  };

  const runLayer = (layer: number, chunk: Chunk, observe: AttentionObserver | null): void => {
    const layerWeights = weights.layers[layer];
    const tokenCount = chunk.tokens.length;
    const residual = leadingRows(hidden, tokenCount);
    const normedRows = leadingRows(normed, tokenCount);
    rmsNorm(residual, normedRows, layerWeights.attentionNorm, rmsNormEpsilon);
    projectQkv(layerWeights, tokenCount);
    attendChunk(layer, chunk, observe);
    products.multiply(layerWeights.attentionOutput, attended, normed, tokenCount);
    addBranch(residual, normedRows, layerWeights.attentionBranchNorm);
    rmsNorm(residual, normedRows, layerWeights.mlpNorm, rmsNormEpsilon);
    products.multiply(layerWeights.gate, normed, gate, tokenCount);
    products.multiply(layerWeights.up, normed, up, tokenCount);
    activate(leadingRows(gate, tokenCount), leadingRows(up, tokenCount));
    products.multiply(layerWeights.down, gate, normed, tokenCount);
    addBranch(residual, normedRows, layerWeights.mlpBranchNorm);
  };

  const addBranch = (residual: Float32Array, branch: Float32Array, norm: Float32Array | null): void => {
    if (norm !== null) rmsNorm(branch, branch, norm, rmsNormEpsilon);
    addInto(residual, branch);
  };

  const readLogits = ({ tokens }: Chunk): Float32Array => {
    rmsNorm(rowOf(hidden, tokens.length - 1), normed.first, weights.finalNorm, rmsNormEpsilon);
    products.multiply(weights.output, normed, logits, 1);
    return logits.first;
  };

  const scratchBytes =
    rowSets.reduce((bytes, rows) => bytes + rows.values.byteLength, 0) +
    (unrotatedKeys?.byteLength ?? 0) +
    unrotatedQueries.byteLength +
    attention.scratchBytes;
  return { embed, runLayer, readLogits, scratchBytes };
}

/** Sees the probabilities of a group of query heads right after their softmax. The arrays are reused: copy what is needed. */
type GroupObserver = (kvHead: number, groupRows: readonly Float32Array[]) => void;

interface TokenAttention {
  readonly queries: Float32Array; // [head][headDim], after RoPE
  /** The token's own slot in each KV head; slots behind it are not seen. [kvHead] */
  readonly slots: Int32Array;
  /** As in LayerConfig. A layer with one has lost none of the newest slots, so that they are the last. */
  readonly window: number | null;
  /** Null where no slot has one. [kvHead] of [slot] */
  readonly logBias: readonly Float32Array[] | null;
  readonly output: Float32Array; // [head][headDim]
}

interface Attention {
  attend(kv: Pick<LayerKv, "multiplyKeys" | "addUpValues">, token: TokenAttention, observe: GroupObserver | null): void;
  readonly scratchBytes: number;
}

/** Attention of one token over the slots in use: grouped query heads share the keys of their KV head. */
export function createAttention(
  config: Pick<ModelConfig, "headCount" | "kvHeadCount" | "headDim">,
  slotCapacity: number,
): Attention {
  const { kvHeadCount, headDim } = config;
  const groupSize = config.headCount / kvHeadCount;
  const scratch = Array.from({ length: groupSize }, () => new Float32Array(slotCapacity)); // [member][slot]
  const scale = 1 / Math.sqrt(headDim);
  // Heads of equal length share the views: where all are, they are made once per step.
  let groupRows = scratch;

  const attend: Attention["attend"] = (kv, token, observe) => {
    const { queries, slots, window, logBias, output } = token;
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      const seenCount = slots[kvHead] + 1;
      if (groupRows[0].length !== seenCount) groupRows = scratch.map((row) => row.subarray(0, seenCount));
      const firstSeen = window === null ? 0 : Math.max(0, seenCount - window);
      const start = kvHead * groupSize * headDim;
      const end = start + groupSize * headDim;
      kv.multiplyKeys(kvHead, queries.subarray(start, end), groupRows);
      for (const row of groupRows) {
        if (logBias !== null) addLogBias(row, logBias[kvHead], scale);
        row.fill(0, 0, firstSeen);
        softmaxInPlace(row, scale, firstSeen);
      }
      kv.addUpValues(kvHead, groupRows, output.subarray(start, end));
      observe?.(kvHead, groupRows);
    }
  };
  return { attend, scratchBytes: groupSize * slotCapacity * Float32Array.BYTES_PER_ELEMENT };
}
