// The weights of a model: vectors as float32, matrices [output][input] as float32 or as their file stores them.

import { assert } from "../lib/errors";
import type { WeightFormat } from "./weightFormats";

/** A matrix that stays in its file until a backend asks for rows, so that it never exists as float32. */
export interface StoredMatrix {
  /** For messages. */
  readonly name: string;
  readonly format: WeightFormat;
  readonly rowCount: number;
  readonly columnCount: number;
  /**
   * The bytes of whole rows, in the model's order. The array is the caller's until it reads again. Rejects with InputError
   * where the file cannot be read, or holds a scale or a number that is not finite.
   */
  readRows(firstRow: number, rowCount: number): Promise<Uint8Array>;
}

export type WeightMatrix = Float32Array | StoredMatrix;

export interface LayerWeights {
  readonly attentionNorm: Float32Array; // [hidden]
  readonly query: WeightMatrix; // [head · headDim][hidden]
  readonly key: WeightMatrix; // [kvHead · headDim][hidden]
  readonly value: WeightMatrix; // [kvHead · headDim][hidden]
  readonly queryBias: Float32Array | null; // [head · headDim]
  readonly keyBias: Float32Array | null; // [kvHead · headDim]
  readonly valueBias: Float32Array | null; // [kvHead · headDim]
  readonly queryNorm: Float32Array | null; // [headDim]
  readonly keyNorm: Float32Array | null; // [headDim]
  readonly attentionOutput: WeightMatrix; // [hidden][head · headDim]
  /** Of the output of attention before it is added; null where there is none, as the next. [hidden] */
  readonly attentionBranchNorm: Float32Array | null;
  readonly mlpBranchNorm: Float32Array | null;
  readonly mlpNorm: Float32Array; // [hidden]
  readonly gate: WeightMatrix; // [intermediate][hidden]
  readonly up: WeightMatrix; // [intermediate][hidden]
  readonly down: WeightMatrix; // [hidden][intermediate]
}

export interface ModelWeights {
  readonly embedding: WeightMatrix; // [vocabulary][hidden]
  readonly layers: readonly LayerWeights[];
  readonly finalNorm: Float32Array; // [hidden]
  /** The same as `embedding` when tied. */
  readonly output: WeightMatrix; // [vocabulary][hidden]
}

export function isStored(matrix: WeightMatrix): matrix is StoredMatrix {
  return !(matrix instanceof Float32Array);
}

/** For code that meets plain matrices only. */
export function plainMatrix(matrix: WeightMatrix): Float32Array {
  assert(!isStored(matrix), "the matrix is plain");
  return matrix;
}

export function rowBytesOf({ format, columnCount }: Pick<StoredMatrix, "format" | "columnCount">): number {
  return (columnCount / format.blockValues) * format.blockBytes;
}

/** Every matrix that a forward multiplies with, and its number of columns. A tied output counts once. */
export function matricesOf({ layers, output, finalNorm }: ModelWeights): ReadonlyMap<WeightMatrix, number> {
  const hiddenSize = finalNorm.length;
  const matrices = new Map<WeightMatrix, number>([[output, hiddenSize]]);
  for (const layer of layers) {
    for (const matrix of [layer.query, layer.key, layer.value, layer.gate, layer.up]) matrices.set(matrix, hiddenSize);
    for (const matrix of [layer.attentionOutput, layer.down]) {
      matrices.set(matrix, isStored(matrix) ? matrix.columnCount : matrix.length / hiddenSize);
    }
  }
  return matrices;
}

/** The same model with other matrices; a tied output stays tied. */
export function mapMatrices(weights: ModelWeights, change: (matrix: WeightMatrix) => WeightMatrix): ModelWeights {
  const embedding = change(weights.embedding);
  const layers = weights.layers.map((layer) => ({
    ...layer,
    query: change(layer.query),
    key: change(layer.key),
    value: change(layer.value),
    attentionOutput: change(layer.attentionOutput),
    gate: change(layer.gate),
    up: change(layer.up),
    down: change(layer.down),
  }));
  const output = weights.output === weights.embedding ? embedding : change(weights.output);
  return { ...weights, embedding, layers, output };
}

/** A tensor as its file says it: its type, and the bytes of its data. */
export interface StoredTensor {
  readonly type: string;
  readonly byteCount: number;
}

/** The type that most bytes have: what people call a model's weights by. */
export function commonestType(tensors: Iterable<StoredTensor>): string {
  const bytes = new Map<string, number>();
  for (const { type, byteCount } of tensors) bytes.set(type, (bytes.get(type) ?? 0) + byteCount);
  return [...bytes].sort(([, one], [, other]) => other - one).at(0)?.[0] ?? "F32";
}
