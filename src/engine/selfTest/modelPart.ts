// A part of a model that is a model itself: some of its layers, one behind the other, and some rows of its vocabulary. The
// self-test computes it twice, so that a large model needs neither the time nor the memory of a whole forward on the CPU.

import type { ModelConfig } from "../../model/config";
import { isStored, matricesOf, rowBytesOf, type ModelWeights, type WeightMatrix } from "../../model/weights";
import type { Model } from "../backend";

export interface ModelPart {
  /** Of the whole model, ascending. */
  readonly layers: readonly number[];
  /** Of the whole model's embedding and output, ascending. A row's place is its token in the part. */
  readonly rows: Int32Array;
}

/** What the part may take on the CPU; it holds one layer at least. */
export const PART_BYTES = 128 * 2 ** 20;
/** A small vocabulary is taken whole. */
const MOST_ROWS = 1024;
const SAMPLED_ROWS = 256;

/** The whole model where it is small enough, else layers and rows spread evenly over it, the first and the last among them. */
export function partToTest(model: Model, partBytes: number): ModelPart {
  const { layerCount, vocabularySize } = model.config;
  const layerBytes = heldBytes(model.weights) / layerCount;
  const count = Math.max(1, Math.min(layerCount, Math.floor(partBytes / layerBytes)));
  return {
    layers: Array.from(spread(layerCount, count)),
    rows: spread(vocabularySize, vocabularySize <= MOST_ROWS ? vocabularySize : SAMPLED_ROWS),
  };
}

function isWhole({ config }: Model, { layers, rows }: ModelPart): boolean {
  return layers.length === config.layerCount && rows.length === config.vocabularySize;
}

export function takePart(model: Model, part: ModelPart): Model {
  if (isWhole(model, part)) return model;
  const { config, weights } = modelOfLayers(model, part.layers);
  const rowsOf = (matrix: WeightMatrix): WeightMatrix => pickRows(matrix, part.rows, config.hiddenSize);
  const embedding = rowsOf(weights.embedding);
  const output = weights.output === weights.embedding ? embedding : rowsOf(weights.output);
  return {
    config: { ...config, vocabularySize: part.rows.length },
    weights: { ...weights, embedding, output },
  };
}

/** The same model with fewer layers. What was measured on all of them stays behind. */
export function modelOfLayers({ config, weights }: Model, layers: readonly number[]): Model {
  return {
    config: configOfLayers(config, layers),
    weights: { ...weights, layers: layers.map((layer) => weights.layers[layer]) },
  };
}

export function configOfLayers(config: ModelConfig, layers: readonly number[]): ModelConfig {
  return { ...config, layerCount: layers.length, layers: layers.map((layer) => config.layers[layer]) };
}

/** Whole numbers from 0 to the last, evenly spread: the first and the last, where there is room for both. [place] */
function spread(total: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, at) =>
    count === 1 ? 0 : Math.round((at * (total - 1)) / (count - 1)),
  );
}

/** Of all layers, as the CPU would hold them: as wide as their file has them, plain arrays as they are. */
function heldBytes(weights: ModelWeights): number {
  const vocabulary = [weights.embedding, weights.output];
  let bytes = 0;
  for (const matrix of matricesOf(weights).keys()) {
    if (vocabulary.includes(matrix)) continue;
    bytes += isStored(matrix) ? matrix.rowCount * rowBytesOf(matrix) : matrix.byteLength;
  }
  return bytes;
}

function pickRows(matrix: WeightMatrix, rows: Int32Array, columnCount: number): WeightMatrix {
  if (!isStored(matrix)) {
    const picked = new Float32Array(rows.length * columnCount);
    rows.forEach((row, at) => {
      picked.set(matrix.subarray(row * columnCount, (row + 1) * columnCount), at * columnCount);
    });
    return picked;
  }
  const rowBytes = rowBytesOf(matrix);
  return {
    ...matrix,
    rowCount: rows.length,
    readRows: async (first, count) => {
      const picked = new Uint8Array(count * rowBytes);
      for (let at = 0; at < count; at++) picked.set(await matrix.readRows(rows[first + at], 1), at * rowBytes);
      return picked;
    },
  };
}
