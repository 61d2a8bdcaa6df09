// A model's weights on the device: matrices that are multiplied together are joined. Each kind of matrix has one form in all
// layers, for which kernels are compiled: the blocks of the file where the device can multiply with them, else numbers, in half
// precision where it serves. What is stored in a file is read and written to the device slab by slab.
import { encodeFloat16 } from "../../lib/float16";
import type { ModelConfig } from "../../model/config";
import { slabsOf } from "../../model/readMatrix";
import { dequantiseRow } from "../../model/weightFormats";
import {
  isStored,
  rowBytesOf,
  type LayerWeights,
  type ModelWeights,
  type StoredMatrix,
  type WeightMatrix,
} from "../../model/weights";
import type { BufferPool } from "./bufferPool";
import type { MatrixForm, WeightType } from "./kernelSpec";

export interface GpuLayerWeights {
  readonly attentionNorm: GPUBuffer; // [hidden]
  readonly qkv: GPUBuffer; // [query, key and value rows][hidden]
  readonly qkvBias: GPUBuffer; // [query, key and value rows], or unused
  readonly qkNorm: GPUBuffer; // [query, key][headDim], or unused
  readonly attentionOutput: GPUBuffer; // [hidden][head · headDim]
  readonly attentionBranchNorm: GPUBuffer; // [hidden], or unused, as the next
  readonly mlpBranchNorm: GPUBuffer;
  readonly mlpNorm: GPUBuffer; // [hidden]
  readonly gateUp: GPUBuffer; // [gate, up][intermediate][hidden]
  readonly down: GPUBuffer; // [hidden][intermediate]
}

/** Rows of the embedding or the output that lie in one buffer. */
export interface RowRange {
  readonly firstRow: number;
  readonly rowCount: number;
}

export interface VocabularyParts {
  readonly embedding: readonly RowRange[];
  readonly output: readonly RowRange[];
}

/** Where a part of the logits may begin: WebGPU binds buffers at multiples of 256 bytes. */
const PART_ROWS = 64;

/** As few parts as fit into buffers that a kernel can see at once. */
export function vocabularyParts(config: ModelConfig, forms: MatrixForms, bindingBytes: number): VocabularyParts {
  const partsOf = (form: MatrixForm): RowRange[] => {
    const fitting = Math.floor(bindingBytes / (config.hiddenSize * numberBytes(form)) / PART_ROWS) * PART_ROWS;
    const most = Math.max(PART_ROWS, fitting);
    return Array.from({ length: Math.ceil(config.vocabularySize / most) }, (_, part) => {
      const firstRow = part * most;
      return { firstRow, rowCount: Math.min(most, config.vocabularySize - firstRow) };
    });
  };
  return { embedding: partsOf(forms.embedding), output: partsOf(forms.output) };
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

/** The kinds of matrices that have kernels of their own. */
export type MatrixRole = "embedding" | "qkv" | "attentionOutput" | "gateUp" | "down" | "output";
export type MatrixForms = Readonly<Record<MatrixRole, MatrixForm>>;

const blockForms: Readonly<Record<string, MatrixForm>> = { Q8_0: "q8_0", Q4_0: "q4_0", Q4_1: "q4_1" };

/** Largest finite number in half precision. */
const LARGEST_FLOAT16 = 65504;

/** Blocks where every matrix of a kind has the same; all others as numbers. */
export function matrixForms(weights: ModelWeights, weightType: WeightType): MatrixForms {
  const formOf = (matrices: readonly WeightMatrix[]): MatrixForm => {
    const [first] = matrices;
    const form = isStored(first) ? blockForms[first.format.name] : undefined;
    const isSame = matrices.every((matrix) => isStored(first) && isStored(matrix) && matrix.format === first.format);
    return isSame ? (form ?? weightType) : weightType;
  };
  const { layers } = weights;
  return {
    embedding: formOf([weights.embedding]),
    qkv: formOf(layers.flatMap(({ query, key, value }) => [query, key, value])),
    attentionOutput: formOf(layers.map(({ attentionOutput }) => attentionOutput)),
    gateUp: formOf(layers.flatMap(({ gate, up }) => [gate, up])),
    down: formOf(layers.map(({ down }) => down)),
    output: formOf([weights.output]),
  };
}

/** Bytes that a number takes; of blocks on average. */
export function numberBytes(form: MatrixForm): number {
  const bytes: Readonly<Record<MatrixForm, number>> = { f32: 4, f16: 2, q8_0: 34 / 32, q4_0: 18 / 32, q4_1: 20 / 32 };
  return bytes[form];
}

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
  const matrix = (role: MatrixRole, label: string, ...parts: readonly WeightMatrix[]): GPUBuffer => {
    const plain = parts.filter((part): part is Float32Array => !isStored(part));
    if (plain.length === parts.length) {
      const values = joined(plain);
      return pool.filled(label, forms[role] === "f16" ? encodeFloat16(values) : values);
    }
    const stored = parts.filter(isStored);
    const form = forms[role];
    const buffer = pool.storage(
      label,
      stored.reduce((bytes, part) => bytes + formBytes(part, form), 0),
    );
    fills.push(() => (form === "f32" || form === "f16" ? fillNumbers : fillPlanes)(pool, buffer, stored, form));
    return buffer;
  };
  const vector = (label: string, ...parts: readonly Float32Array[]): GPUBuffer => pool.filled(label, joined(parts));
  const unused = pool.storage("unused", 16);
  const optional = (label: string, ...parts: readonly (Float32Array | null)[]): GPUBuffer => {
    const present = parts.filter((part) => part !== null);
    return present.length === parts.length ? vector(label, ...present) : unused;
  };
  const layerWeights = (layer: LayerWeights, number: number): GpuLayerWeights => ({
    attentionNorm: vector(`layer ${number} attention norm`, layer.attentionNorm),
    qkv: matrix("qkv", `layer ${number} qkv`, layer.query, layer.key, layer.value),
    qkvBias: optional(`layer ${number} qkv bias`, layer.queryBias, layer.keyBias, layer.valueBias),
    qkNorm: optional(`layer ${number} qk norm`, layer.queryNorm, layer.keyNorm),
    attentionOutput: matrix("attentionOutput", `layer ${number} attention output`, layer.attentionOutput),
    attentionBranchNorm: optional(`layer ${number} attention output norm`, layer.attentionBranchNorm),
    mlpBranchNorm: optional(`layer ${number} mlp output norm`, layer.mlpBranchNorm),
    mlpNorm: vector(`layer ${number} mlp norm`, layer.mlpNorm),
    gateUp: matrix("gateUp", `layer ${number} gate and up`, layer.gate, layer.up),
    down: matrix("down", `layer ${number} down`, layer.down),
  });
  const inParts = (role: "embedding" | "output", whole: WeightMatrix): GPUBuffer[] =>
    split[role].map((range) => matrix(role, role, rowsOf(whole, range, config.hiddenSize)));
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

/** Exact: kernels find the planes by the length of the buffer. Scales of an odd number of blocks end with half a word. */
function formBytes({ rowCount, columnCount }: StoredMatrix, form: MatrixForm): number {
  return rowCount * columnCount * numberBytes(form);
}

async function fillNumbers(
  pool: BufferPool,
  buffer: GPUBuffer,
  parts: readonly StoredMatrix[],
  form: MatrixForm,
): Promise<void> {
  let at = 0;
  for (const part of parts) {
    const { columnCount, format } = part;
    const rowBytes = rowBytesOf(part);
    for await (const { rowCount, bytes } of slabsOf(part)) {
      const numbers = new Float32Array(rowCount * columnCount);
      for (let row = 0; row < rowCount; row++) {
        const own = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
        dequantiseRow(format, own, numbers.subarray(row * columnCount, (row + 1) * columnCount));
      }
      const content = form === "f16" ? encodeFloat16(numbers) : numbers;
      await pool.write(buffer, at, content);
      at += content.byteLength;
    }
  }
}

/** Blocks without loss in two planes, as shaders/common/weightQ*.wgsl read them: all codes, then all scales. */
async function fillPlanes(pool: BufferPool, buffer: GPUBuffer, parts: readonly StoredMatrix[]): Promise<void> {
  const [{ format }] = parts;
  const scaleBytes = format.name === "Q4_1" ? 4 : 2;
  const codeBytes = format.blockBytes - scaleBytes;
  const blockCount = parts.reduce((count, part) => count + (part.rowCount * part.columnCount) / 32, 0);
  const scales = new Uint8Array(4 * Math.ceil((blockCount * scaleBytes) / 4));
  let block = 0;
  for (const part of parts) {
    for await (const { bytes } of slabsOf(part)) {
      const codes = new Uint8Array((bytes.length / format.blockBytes) * codeBytes);
      const first = block;
      for (let at = 0; at < bytes.length; at += format.blockBytes, block++) {
        scales.set(bytes.subarray(at, at + scaleBytes), block * scaleBytes);
        codes.set(bytes.subarray(at + scaleBytes, at + format.blockBytes), (block - first) * codeBytes);
      }
      await pool.write(buffer, first * codeBytes, codes);
    }
  }
  await pool.write(buffer, blockCount * codeBytes, scales);
}

/** Whether every number of the matrices stays finite in half precision; bfloat16 files can hold larger ones. */
export async function fitsFloat16({ embedding, output, layers }: ModelWeights): Promise<boolean> {
  const fits = (values: Float32Array): boolean => values.every((value) => Math.abs(value) <= LARGEST_FLOAT16);
  const matrices = layers.flatMap(({ query, key, value, attentionOutput, gate, up, down }) => {
    return [query, key, value, attentionOutput, gate, up, down];
  });
  for (const matrix of new Set([embedding, output, ...matrices])) {
    if (!isStored(matrix)) {
      if (!fits(matrix)) return false;
    } else if (matrix.format.name !== "F16" && blockForms[matrix.format.name] === undefined) {
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
