// A model's weights on the device, in the forms that matrixForms.ts chose: matrices that are multiplied together are joined where
// their forms are equal. What is stored in a file is read and written to the device slab by slab.
import { assert } from "../../lib/errors";
import { encodeFloat16 } from "../../lib/float16";
import type { ModelConfig } from "../../model/config";
import { slabsOf } from "../../model/readMatrix";
import { dequantiseRow, weightFormat } from "../../model/weightFormats";
import {
  isStored,
  rowBytesOf,
  type LayerWeights,
  type ModelWeights,
  type StoredMatrix,
  type WeightMatrix,
} from "../../model/weights";
import type { BufferPool } from "./bufferPool";
import { fillMatrix } from "./fillMatrix";
import type { MatrixForm } from "./kernelSpec";
import { blockFormOf, numberBytes, type MatrixForms, type RowRange, type VocabularyParts } from "./matrixForms";

export interface GpuLayerWeights {
  readonly attentionNorm: GPUBuffer; // [hidden]
  readonly qkv: readonly GPUBuffer[]; // [query, key and value rows][hidden], in the ranges of LayerForms
  readonly qkvBias: GPUBuffer; // [query, key and value rows], or unused
  readonly qkNorm: GPUBuffer; // [query, key][headDim], or unused
  readonly attentionOutput: GPUBuffer; // [hidden][head · headDim]
  readonly attentionBranchNorm: GPUBuffer; // [hidden], or unused, as the next
  readonly mlpBranchNorm: GPUBuffer;
  readonly mlpNorm: GPUBuffer; // [hidden]
  readonly gateUp: GPUBuffer; // [gate, up][intermediate][hidden]
  readonly down: GPUBuffer; // [hidden][intermediate]
}

export interface GpuWeights {
  /** In parts, as in VocabularyParts. */
  readonly embedding: readonly GPUBuffer[]; // [vocabulary][hidden]
  readonly layers: readonly GpuLayerWeights[];
  readonly finalNorm: GPUBuffer; // [hidden]
  /** The same buffers as `embedding` when tied. */
  readonly output: readonly GPUBuffer[]; // [vocabulary][hidden]
  /** Bound where a kernel's option is off. */
  readonly unused: GPUBuffer;
}

/** Largest finite number in half precision. */
const LARGEST_FLOAT16 = 65504;

export interface UploadedWeights {
  readonly weights: GpuWeights;
  /** Reads what is still in the model's file into its buffers. Rejects with InputError where that fails. */
  readonly fill: () => Promise<void>;
}

export function uploadWeights(
  pool: BufferPool,
  { weights, config }: { weights: ModelWeights; config: ModelConfig },
  { forms, parts: split }: { readonly forms: MatrixForms; readonly parts: VocabularyParts },
): UploadedWeights {
  const fills: (() => Promise<void>)[] = [];
  const matrix = (form: MatrixForm, label: string, ...parts: readonly WeightMatrix[]): GPUBuffer => {
    const plain = parts.filter((part): part is Float32Array => !isStored(part));
    if (plain.length === parts.length) {
      const values = joined(plain);
      return pool.filled(label, form === "f16" ? encodeFloat16(values) : values);
    }
    const width = parts.find(isStored)?.columnCount ?? 0;
    const stored = parts.map((part) => (isStored(part) ? part : storedNumbers(part, width)));
    const buffer = pool.storage(
      label,
      VECTOR_BYTES * Math.ceil(stored.reduce((bytes, part) => bytes + formBytes(part, form), 0) / VECTOR_BYTES),
    );
    fills.push(() => fillMatrix(pool, buffer, stored, form));
    return buffer;
  };
  const vector = (label: string, ...parts: readonly Float32Array[]): GPUBuffer => pool.filled(label, joined(parts));
  const unused = pool.storage("unused", 16);
  const optional = (label: string, ...parts: readonly (Float32Array | null)[]): GPUBuffer => {
    const present = parts.filter((part) => part !== null);
    return present.length === parts.length ? vector(label, ...present) : unused;
  };
  /** Each buffer has whole matrices. */
  const qkvMatrices = ({ query, key, value }: LayerWeights, layer: number): GPUBuffer[] => {
    const matrices = [query, key, value];
    const heads = [config.headCount, config.kvHeadCount, config.kvHeadCount];
    let next = 0;
    return forms.layers[layer].qkv.map(({ form, rowCount }) => {
      const first = next;
      for (let rows = 0; rows < rowCount; next++) rows += heads[next] * config.headDim;
      return matrix(form, `layer ${layer} qkv`, ...matrices.slice(first, next));
    });
  };
  const layerWeights = (layer: LayerWeights, number: number): GpuLayerWeights => ({
    attentionNorm: vector(`layer ${number} attention norm`, layer.attentionNorm),
    qkv: qkvMatrices(layer, number),
    qkvBias: optional(`layer ${number} qkv bias`, layer.queryBias, layer.keyBias, layer.valueBias),
    qkNorm: optional(`layer ${number} qk norm`, layer.queryNorm, layer.keyNorm),
    attentionOutput: matrix(
      forms.layers[number].attentionOutput,
      `layer ${number} attention output`,
      layer.attentionOutput,
    ),
    attentionBranchNorm: optional(`layer ${number} attention output norm`, layer.attentionBranchNorm),
    mlpBranchNorm: optional(`layer ${number} mlp output norm`, layer.mlpBranchNorm),
    mlpNorm: vector(`layer ${number} mlp norm`, layer.mlpNorm),
    gateUp: matrix(forms.layers[number].gateUp, `layer ${number} gate and up`, layer.gate, layer.up),
    down: matrix(forms.layers[number].down, `layer ${number} down`, layer.down),
  });
  const inParts = (role: "embedding" | "output", whole: WeightMatrix): GPUBuffer[] =>
    split[role].map((range) => matrix(forms[role], role, rowsOf(whole, range, config.hiddenSize)));
  const embedding = inParts("embedding", weights.embedding);
  const made: GpuWeights = {
    embedding,
    layers: weights.layers.map(layerWeights),
    finalNorm: vector("final norm", weights.finalNorm),
    output: config.isTied ? embedding : inParts("output", weights.output),
    unused,
  };
  return {
    weights: made,
    fill: async () => {
      for (const each of fills) await each();
    },
  };
}

function rowsOf(matrix: WeightMatrix, { firstRow, rowCount }: RowRange, columnCount: number): WeightMatrix {
  if (!isStored(matrix)) return matrix.subarray(firstRow * columnCount, (firstRow + rowCount) * columnCount);
  return { ...matrix, rowCount, readRows: (first, count) => matrix.readRows(firstRow + first, count) };
}

/** Numbers among matrices that are stored. */
function storedNumbers(numbers: Float32Array, columnCount: number): StoredMatrix {
  const format = weightFormat("F32");
  assert(format !== undefined, "F32 is a format");
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const rowBytes = 4 * columnCount;
  return {
    ...{ name: "numbers", format, rowCount: numbers.length / columnCount, columnCount },
    readRows: (first, count) => Promise.resolve(bytes.subarray(first * rowBytes, (first + count) * rowBytes)),
  };
}

function formBytes({ rowCount, columnCount }: StoredMatrix, form: MatrixForm): number {
  return rowCount * columnCount * numberBytes(form);
}

/** Kernels find planes by the length of the buffer, which leaves room for whole vectors and for no further block. */
const VECTOR_BYTES = 16;

/** Whether every number of the matrices stays finite in half precision; bfloat16 files can hold larger ones. */
export async function fitsFloat16({ embedding, output, layers }: ModelWeights): Promise<boolean> {
  const fits = (values: Float32Array): boolean => values.every((value) => Math.abs(value) <= LARGEST_FLOAT16);
  const matrices = layers.flatMap(({ query, key, value, attentionOutput, gate, up, down }) => {
    return [query, key, value, attentionOutput, gate, up, down];
  });
  const widened = new Set(layers.flatMap(({ gate, up }) => (blockFormOf(gate) === blockFormOf(up) ? [] : [gate, up])));
  for (const matrix of new Set([embedding, output, ...matrices])) {
    if (!isStored(matrix)) {
      if (!fits(matrix)) return false;
    } else if (matrix.format.name !== "F16" && (blockFormOf(matrix) === null || widened.has(matrix))) {
      const rowBytes = rowBytesOf(matrix);
      const numbers = new Float32Array(matrix.columnCount);
      for await (const { rowCount, bytes } of slabsOf(matrix)) {
        for (let row = 0; row < rowCount; row++) {
          dequantiseRow(matrix.format, bytes.subarray(row * rowBytes, (row + 1) * rowBytes), numbers);
          if (!fits(numbers)) return false;
        }
      }
    }
  }
  return true;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
