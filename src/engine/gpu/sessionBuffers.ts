// Everything one sequence keeps on the device, allocated once: slots of fixed capacity, activations of one chunk (decode
// uses the first row), the rows of attention, the results of a step.
import { headCountOf, kvHeadOf, layerOf, type HeadGrid } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { SessionRequest } from "../backend";
import { layerRopeTables } from "../ropeTable";
import { queryRowCount, rotatedPositionCount } from "../terms/queryRows";
import { evenPools } from "../slotPools";
import { packingOf } from "../storage/storageFormat";
import type { MemorySummary } from "../../trace/trace";
import type { BufferPool } from "./bufferPool";
import type { BufferBinding } from "./kernelCache";
import { kvEntryBytes } from "./kernelSpec";
import { RECORD_LINES, type PackedStorage } from "./packedStorage";
import { PARAM_BYTES } from "./params";
import { rowPlacesOf } from "./kernels/attentionKernels";
import { stepResultBytes, tapBytes } from "./stepResults";

/** Rows of a prefill chunk: enough to use a weight often once it is loaded, few enough to leave room for the page. */
const CHUNK_ROWS = 64;
/** Scores of a chunk against all slots may take this much; a longer cache gets shorter chunks. */
const SCORE_BYTES = 64 * 2 ** 20;
/** Two words for each KV head. */
const SLOT_ENTRY_BYTES = 8;

export interface SessionLayout {
  readonly chunkRows: number;
  /** Rows of the query ring; 0 where no term needs it. */
  readonly ringRows: number;
  /** Bytes from one layer to the next; multiples of 256, so that a layer can be bound alone. */
  readonly slotTableLayerBytes: number;
  readonly queryLayerBytes: number;
  readonly scoreLayerBytes: number;
  readonly receivedLayerBytes: number;
  readonly resultBytes: number;
  /** Rows of taps of query heads: layers × heads, 0 where the run does not ask for them. */
  readonly headTapRowCount: number;
  readonly headResultBytes: number;
}

export interface SessionBuffers {
  readonly params: GPUBuffer;
  readonly tokens: GPUBuffer; // [row]
  /** Every table that some layer uses: [row][headDim / 2][cosine, sine], a row for each position. */
  readonly ropeTable: GPUBuffer;
  /** The row at which a layer's table begins. [layer] */
  readonly tableRows: GPUBuffer;
  /** Of one layer. */
  readonly layerRopeTable: (layer: number) => BufferBinding;
  readonly hidden: GPUBuffer; // [row][hidden]
  readonly branch: GPUBuffer; // [row][hidden], outputs that have a norm of their own; empty where they have none
  readonly normed: GPUBuffer; // [row][hidden], prefill only
  readonly qkv: GPUBuffer; // [row][query, key and value rows]
  readonly queries: GPUBuffer; // [row][head][headDim]
  readonly mixed: GPUBuffer; // [row][head][headDim]
  readonly gateUp: GPUBuffer; // [row][gate, up][intermediate], prefill only
  readonly gated: GPUBuffer; // [row][intermediate]
  readonly chunkScores: GPUBuffer; // [head][row][slot of n], prefill only
  readonly probabilities: GPUBuffer; // [layer][head][slotCapacity], of the newest query
  readonly peaks: GPUBuffer; // [layer][head]
  readonly slotTable: GPUBuffer; // [layer][kvHead] → first row of keys and values, slots in use; see shaders/common/kvSlots.wgsl
  readonly keys: GPUBuffer; // [row][headDim]; packed, see shaders/common/kvPacked.wgsl
  readonly values: GPUBuffer; // the same
  readonly movingSlots: GPUBuffer | null; // [slot of one layer][headDim]: heads on their way to new places; null where they stay
  readonly receivedSums: GPUBuffer; // [layer][kvHead][slotCapacity], see shaders/common/receivedRow.wgsl; empty where no term asks for it
  readonly slotBiases: GPUBuffer; // [row], see shaders/common/slotBias.wgsl; empty where nothing is merged
  readonly queryRing: GPUBuffer; // [layer][position % ringRows][head][headDim]
  readonly logits: GPUBuffer; // [vocabulary]
  readonly rowPlaces: GPUBuffer; // [layer][kvHead], see shaders/attentionTaps.wgsl
  readonly headRowPlaces: GPUBuffer; // [layer][head], the same for query heads
  readonly results: GPUBuffer; // words, see shaders/attentionTaps.wgsl
  readonly headResults: GPUBuffer; // words: the taps alone
  readonly survivors: GPUBuffer; // see shaders/compact.wgsl
  /** [layer] of [kvHead][position]; empty where the run does not ask for it. */
  readonly promptSums: readonly GPUBuffer[];
}

export function sessionLayout(config: ModelConfig, request: SessionRequest): SessionLayout {
  const { headCount, kvHeadCount, headDim, layerCount } = config;
  const { slotCapacity, hasTaps, hasHeadTaps = false } = request;
  const ringRows = queryRowCount(request);
  const rowBytes = headCount * slotCapacity * 4;
  const headTapRowCount = hasHeadTaps ? layerCount * headCount : 0;
  return {
    chunkRows: Math.max(1, Math.min(CHUNK_ROWS, slotCapacity, Math.floor(SCORE_BYTES / rowBytes))),
    ringRows,
    slotTableLayerBytes: alignedBytes((kvHeadCount + recordLines(request)) * SLOT_ENTRY_BYTES),
    queryLayerBytes: alignedBytes(Math.max(1, ringRows) * headCount * headDim * 4),
    scoreLayerBytes: alignedBytes(rowBytes),
    resultBytes: stepResultBytes(slotCapacity, { config, hasTaps, watchedHeads: null }),
    receivedLayerBytes: alignedBytes(kvHeadCount * slotCapacity * 4),
    headTapRowCount,
    headResultBytes: tapBytes(headTapRowCount, slotCapacity, null),
  };
}

/** Behind the heads of a layer, where entries are packed. */
function recordLines({ parameters }: Pick<SessionRequest, "parameters">): number {
  return parameters.storage === "asComputed" || parameters.storage === "thin" ? 0 : RECORD_LINES;
}

export function createSessionBuffers(
  pool: BufferPool,
  config: ModelConfig,
  request: SessionRequest,
  { layout, packed }: { readonly layout: SessionLayout; readonly packed: PackedStorage | null },
): SessionBuffers {
  const { headCount, kvHeadCount, headDim, layerCount, hiddenSize, intermediateSize } = config;
  const { chunkRows, slotTableLayerBytes, queryLayerBytes, scoreLayerBytes } = layout;
  const { slotCapacity } = request;
  const queryWidth = headCount * headDim;
  const kvHeadTotal = headCountOf(config);
  const entryBytes = kvEntryBytes(headDim) / 2;
  const { layerSlots = evenPools(config, slotCapacity) } = request;
  const kvBytes = entryBytes * sumOf(layerSlots);
  const hasMoves = request.layerSlots !== undefined && packed === null;
  const rows = (label: string, width: number): GPUBuffer => pool.storage(label, chunkRows * width * 4);
  const isReceived = sumsReceived(request);
  const hasPromptSums = request.terms.includes("promptAttention");
  return {
    params: pool.uniform("params", PARAM_BYTES),
    tokens: rows("tokens", 1),
    ...ropeBuffers(pool, config, rotatedPositionCount(request)),
    hidden: rows("hidden", hiddenSize),
    branch: rows("branch", config.hasBranchNorms ? hiddenSize : 0),
    normed: rows("normed", hiddenSize),
    qkv: rows("qkv", queryWidth + 2 * kvHeadCount * headDim),
    queries: rows("queries", queryWidth),
    mixed: rows("mixed values", queryWidth),
    gateUp: rows("gate and up", 2 * intermediateSize),
    gated: rows("gated", intermediateSize),
    chunkScores: rows("chunk scores", headCount * slotCapacity),
    probabilities: pool.storage("probabilities", layerCount * scoreLayerBytes),
    peaks: pool.storage("peaks", layerCount * peakLayerBytes(config)),
    slotTable: pool.storage("slot table", layerCount * slotTableLayerBytes),
    keys: pool.storage("keys", packed?.keys.bytes ?? kvBytes),
    values: pool.storage("values", packed?.values.bytes ?? kvBytes),
    movingSlots: hasMoves ? pool.storage("moving slots", entryBytes * Math.max(...layerSlots)) : null,
    slotBiases: pool.storage("slot biases", request.merging === undefined ? 0 : 4 * sumOf(layerSlots)),
    receivedSums: pool.storage("received sums", isReceived ? layerCount * layout.receivedLayerBytes : 0),
    queryRing: pool.storage("query ring", layerCount * queryLayerBytes),
    logits: pool.storage("logits", config.vocabularySize * 4),
    rowPlaces: pool.filled("row places", rowPlacesOf(kvHeadTotal, null)),
    headRowPlaces: pool.filled("row places of query heads", rowPlacesOf(layout.headTapRowCount, null)),
    results: pool.storage("results", layout.resultBytes),
    headResults: pool.storage("results of query heads", layout.headResultBytes),
    survivors: pool.storage("survivors", (kvHeadTotal + 1 + kvHeadTotal * slotCapacity) * 4),
    promptSums: Array.from({ length: hasPromptSums ? layerCount : 0 }, (_, layer) =>
      pool.storage(`prompt sums of layer ${layer}`, kvHeadCount * slotCapacity * 4),
    ),
  };
}

/** Tables begin at multiples of 256 bytes, so that one can be bound alone. */
function ropeBuffers(
  pool: BufferPool,
  config: ModelConfig,
  positionCount: number,
): Pick<SessionBuffers, "ropeTable" | "tableRows" | "layerRopeTable"> {
  const { headDim } = config;
  const layerTables = layerRopeTables(config, positionCount);
  const tables = [...new Set(layerTables)];
  const rows = tables.length === 1 ? positionCount : 64 * Math.ceil(positionCount / 64);
  const joined = new Float32Array(tables.length * rows * headDim);
  tables.forEach((table, place) => joined.set(table, place * rows * headDim));
  const firstRows = Uint32Array.from(layerTables, (table) => tables.indexOf(table) * rows);
  const ropeTable = pool.filled("rope table", joined);
  const rowBytes = headDim * Float32Array.BYTES_PER_ELEMENT;
  return {
    ropeTable,
    tableRows: pool.filled("table rows", firstRows),
    layerRopeTable: (layer) => {
      if (tables.length === 1) return ropeTable;
      return { buffer: ropeTable, offset: firstRows[layer] * rowBytes, size: rows * rowBytes };
    },
  };
}

interface AllocatedSession {
  readonly buffers: Pick<SessionBuffers, "keys" | "values">;
  /** As in GpuLatents; null where every slot is read. */
  readonly latents: { readonly latentBytes: number; readonly workBytes: number; readonly bytesPerSlot: number } | null;
  readonly packed: PackedStorage | null;
  readonly bytes: number;
}

/** What a session shows of its memory. The keys of layers that keep latents are reconstructed in passing. */
export function sessionMemory(
  config: ModelConfig,
  { parameters, slotCapacity }: SessionRequest,
  { buffers, latents, packed, bytes }: AllocatedSession,
): Omit<MemorySummary, "weightBytes"> {
  const { keys, values } = buffers;
  const plainBytes = keys.size + values.size + (latents === null ? 0 : latents.latentBytes - latents.workBytes);
  const kvBytes = packed?.cacheBytes ?? plainBytes;
  const packing = packingOf(parameters, config, Float32Array.BYTES_PER_ELEMENT);
  const plainSlotBytes = headCountOf(config) * kvEntryBytes(config.headDim);
  return {
    slotCapacity,
    bytesPerSlot: packed?.bytesPerSlot ?? latents?.bytesPerSlot ?? plainSlotBytes,
    kvBytes,
    ...(packing !== null && { packing }),
    otherBytes: bytes - kvBytes,
  };
}

/** Whether a session adds up what every slot receives. */
export function sumsReceived({ terms, merging }: Pick<SessionRequest, "terms" | "merging">): boolean {
  return terms.includes("observedAttention") || merging?.needsReceived === true;
}

/** The slot table. `firstRows` and `lengths`: [head]; records of layers where entries are packed. */
export function slotTableOf(
  { layerCount, kvHeadCount }: HeadGrid,
  { slotTableLayerBytes }: Pick<SessionLayout, "slotTableLayerBytes">,
  { firstRows, lengths }: { readonly firstRows: Int32Array; readonly lengths: Int32Array },
  recordOf: ((layer: number) => Uint32Array) | null = null,
): Uint32Array<ArrayBuffer> {
  const layerWords = slotTableLayerBytes / Uint32Array.BYTES_PER_ELEMENT;
  const table = new Uint32Array(layerCount * layerWords);
  for (let head = 0; head < lengths.length; head++) {
    const at = layerOf({ kvHeadCount }, head) * layerWords + 2 * kvHeadOf({ kvHeadCount }, head);
    table[at] = firstRows[head];
    table[at + 1] = lengths[head];
  }
  for (let layer = 0; recordOf !== null && layer < layerCount; layer++) {
    const record = recordOf(layer);
    table.set(record, (layer + 1) * layerWords - record.length);
  }
  return table;
}

function sumOf(counts: Int32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Bytes from the peaks of one layer to the next. */
export function peakLayerBytes({ headCount }: ModelConfig): number {
  return alignedBytes(headCount * 4);
}

/** Bindings start at multiples of 256 bytes. */
export function alignedBytes(byteCount: number): number {
  return Math.ceil(byteCount / 256) * 256;
}
