// Everything one sequence keeps on the device, allocated once: slots of fixed capacity, activations of one chunk (decode
// uses the first row), the rows of attention, the results of a step.
import type { ModelConfig } from "../../model/config";
import type { SessionRequest } from "../backend";
import { createRopeTable } from "../ropeTable";
import type { BufferPool } from "./bufferPool";
import { PARAM_BYTES } from "./params";
import { RESULT_WORDS } from "./kernels/sample";
import { tapBytes } from "./tapRows";

/** Rows of a prefill chunk: enough to use a weight often once it is loaded, few enough to leave room for the page. */
const CHUNK_ROWS = 64;
/** Scores of a chunk against all slots may take this much; a longer cache gets shorter chunks. */
const SCORE_BYTES = 64 * 2 ** 20;

export interface SessionLayout {
  readonly chunkRows: number;
  /** Rows of the query ring; 0 where no term needs it. */
  readonly ringRows: number;
  /** Bytes from one layer to the next; multiples of 256, so that a layer can be bound alone. */
  readonly keyLayerBytes: number;
  readonly queryLayerBytes: number;
  readonly scoreLayerBytes: number;
  /** Rows of taps: layers × KV heads. */
  readonly tapRowCount: number;
  readonly resultBytes: number;
  /** Rows of taps of query heads: layers × heads, 0 where the run does not ask for them. */
  readonly headTapRowCount: number;
  readonly headResultBytes: number;
}

export interface SessionBuffers {
  readonly params: GPUBuffer;
  readonly tokens: GPUBuffer; // [row]
  readonly ropeTable: GPUBuffer; // [position][headDim / 2][cosine, sine]
  readonly hidden: GPUBuffer; // [row][hidden]
  readonly normed: GPUBuffer; // [row][hidden], prefill only
  readonly qkv: GPUBuffer; // [row][query, key and value rows]
  readonly queries: GPUBuffer; // [row][head][headDim]
  readonly mixed: GPUBuffer; // [row][head][headDim]
  readonly gateUp: GPUBuffer; // [row][gate, up][intermediate], prefill only
  readonly gated: GPUBuffer; // [row][intermediate]
  readonly chunkScores: GPUBuffer; // [head][row][slot of n], prefill only
  readonly probabilities: GPUBuffer; // [layer][head][slotCapacity], of the newest query
  readonly peaks: GPUBuffer; // [layer][head]
  readonly keys: GPUBuffer; // [layer][kvHead][slotCapacity][headDim]
  readonly values: GPUBuffer; // [layer][kvHead][slotCapacity][headDim]
  readonly queryRing: GPUBuffer; // [layer][position % ringRows][head][headDim]
  readonly logits: GPUBuffer; // [vocabulary]
  readonly results: GPUBuffer; // words, see shaders/attentionTaps.wgsl
  readonly headResults: GPUBuffer; // words: the taps alone
  readonly survivors: GPUBuffer; // [layer][kvHead][kept]
  /** [layer] of [kvHead][position]; empty where the run does not ask for it. */
  readonly promptSums: readonly GPUBuffer[];
}

export function sessionLayout(config: ModelConfig, request: SessionRequest): SessionLayout {
  const { headCount, kvHeadCount, headDim, layerCount } = config;
  const { slotCapacity, windowSlots, terms, hasTaps, hasHeadTaps = false } = request;
  const needsRing = terms.includes("windowAttention") || terms.includes("attentionShift");
  const ringRows = needsRing ? windowSlots : 0;
  const rowBytes = headCount * slotCapacity * 4;
  const tapRowCount = layerCount * kvHeadCount;
  const headTapRowCount = hasHeadTaps ? layerCount * headCount : 0;
  return {
    chunkRows: Math.max(1, Math.min(CHUNK_ROWS, slotCapacity, Math.floor(SCORE_BYTES / rowBytes))),
    ringRows,
    keyLayerBytes: alignedBytes(kvHeadCount * slotCapacity * headDim * 4),
    queryLayerBytes: alignedBytes(Math.max(1, ringRows) * headCount * headDim * 4),
    scoreLayerBytes: alignedBytes(rowBytes),
    tapRowCount,
    resultBytes: RESULT_WORDS * 4 + (hasTaps ? tapBytes(tapRowCount, slotCapacity) : 0),
    headTapRowCount,
    headResultBytes: tapBytes(headTapRowCount, slotCapacity),
  };
}

export function createSessionBuffers(
  pool: BufferPool,
  config: ModelConfig,
  request: SessionRequest,
  layout: SessionLayout,
): SessionBuffers {
  const { headCount, kvHeadCount, headDim, layerCount, hiddenSize, intermediateSize } = config;
  const { chunkRows, keyLayerBytes, queryLayerBytes, scoreLayerBytes, tapRowCount } = layout;
  const { slotCapacity } = request;
  const queryWidth = headCount * headDim;
  const rows = (label: string, width: number): GPUBuffer => pool.storage(label, chunkRows * width * 4);
  const hasPromptSums = request.terms.includes("promptAttention");
  return {
    params: pool.uniform("params", PARAM_BYTES),
    tokens: rows("tokens", 1),
    ropeTable: pool.filled("rope table", createRopeTable(config, request.positionCapacity)),
    hidden: rows("hidden", hiddenSize),
    normed: rows("normed", hiddenSize),
    qkv: rows("qkv", queryWidth + 2 * kvHeadCount * headDim),
    queries: rows("queries", queryWidth),
    mixed: rows("mixed values", queryWidth),
    gateUp: rows("gate and up", 2 * intermediateSize),
    gated: rows("gated", intermediateSize),
    chunkScores: rows("chunk scores", headCount * slotCapacity),
    probabilities: pool.storage("probabilities", layerCount * scoreLayerBytes),
    peaks: pool.storage("peaks", layerCount * peakLayerBytes(config)),
    keys: pool.storage("keys", layerCount * keyLayerBytes),
    values: pool.storage("values", layerCount * keyLayerBytes),
    queryRing: pool.storage("query ring", layerCount * queryLayerBytes),
    logits: pool.storage("logits", config.vocabularySize * 4),
    results: pool.storage("results", layout.resultBytes),
    headResults: pool.storage("results of query heads", layout.headResultBytes),
    survivors: pool.storage("survivors", tapRowCount * slotCapacity * 4),
    promptSums: Array.from({ length: hasPromptSums ? layerCount : 0 }, (_, layer) =>
      pool.storage(`prompt sums of layer ${layer}`, kvHeadCount * slotCapacity * 4),
    ),
  };
}

/** Bytes from the peaks of one layer to the next. */
export function peakLayerBytes({ headCount }: ModelConfig): number {
  return alignedBytes(headCount * 4);
}

/** Bindings start at multiples of 256 bytes. */
export function alignedBytes(byteCount: number): number {
  return Math.ceil(byteCount / 256) * 256;
}
