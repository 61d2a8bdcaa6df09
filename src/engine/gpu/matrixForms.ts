// In which form each matrix of a model lies on the device: the blocks of its file where there are kernels for them, else numbers,
// in half precision where it serves. Chosen for every layer by itself; of queries, keys and values also for each of them, so
// that a joint matrix may lie in several buffers.
import type { ModelConfig } from "../../model/config";
import { affine4, affine8 } from "../../model/weightFormats";
import { isStored, type LayerWeights, type ModelWeights, type WeightMatrix } from "../../model/weights";
import type { BlockForm, MatrixForm, WeightType } from "./kernelSpec";

/** Rows of a matrix that lie in one buffer. */
export interface RowRange {
  readonly firstRow: number;
  readonly rowCount: number;
}

export interface FormedRows extends RowRange {
  readonly form: MatrixForm;
}

export interface LayerForms {
  /** In order; together all rows of queries, keys and values. */
  readonly qkv: readonly FormedRows[];
  readonly attentionOutput: MatrixForm;
  readonly gateUp: MatrixForm;
  readonly down: MatrixForm;
}

export interface MatrixForms {
  readonly embedding: MatrixForm;
  readonly layers: readonly LayerForms[];
  readonly output: MatrixForm;
}

const blockForms: Readonly<Record<string, BlockForm>> = {
  ...{ Q8_0: "q8_0", Q5_1: "q5_1", Q5_0: "q5_0", Q4_1: "q4_1", Q4_0: "q4_0" },
  ...{ Q6_K: "q6_k", Q5_K: "q5_k", Q4_K: "q4_k" },
  ...{ [affine8.name]: "affine8", [affine4.name]: "affine4" },
};

/** Null of a matrix whose blocks have no kernels, or that is no blocks. */
export function blockFormOf(matrix: WeightMatrix): BlockForm | null {
  return (isStored(matrix) ? blockForms[matrix.format.name] : undefined) ?? null;
}

export function matrixForms(
  { embedding, layers, output }: ModelWeights,
  config: Pick<ModelConfig, "headCount" | "kvHeadCount" | "headDim">,
  weightType: WeightType,
): MatrixForms {
  const formOf = (matrix: WeightMatrix): MatrixForm => blockFormOf(matrix) ?? weightType;
  const layerForms = ({ query, key, value, attentionOutput, gate, up, down }: LayerWeights): LayerForms => {
    const kvRows = config.kvHeadCount * config.headDim;
    const parts = [
      { form: formOf(query), rowCount: config.headCount * config.headDim },
      { form: formOf(key), rowCount: kvRows },
      { form: formOf(value), rowCount: kvRows },
    ];
    return {
      qkv: joinedRows(parts),
      attentionOutput: formOf(attentionOutput),
      // One kernel multiplies with both.
      gateUp: formOf(gate) === formOf(up) ? formOf(gate) : weightType,
      down: formOf(down),
    };
  };
  return { embedding: formOf(embedding), layers: layers.map(layerForms), output: formOf(output) };
}

/** Neighbours of one form lie in one buffer. */
function joinedRows(parts: readonly { readonly form: MatrixForm; readonly rowCount: number }[]): FormedRows[] {
  const joined: FormedRows[] = [];
  for (const { form, rowCount } of parts) {
    const last = joined.at(-1);
    if (last?.form === form) joined[joined.length - 1] = { ...last, rowCount: last.rowCount + rowCount };
    else joined.push({ form, firstRow: last === undefined ? 0 : last.firstRow + last.rowCount, rowCount });
  }
  return joined;
}

/** Bytes that a number takes; of blocks on average. */
export function numberBytes(form: MatrixForm): number {
  const bytes: Readonly<Record<MatrixForm, number>> = {
    ...{ f32: 4, f16: 2 },
    ...{ q8_0: 34 / 32, q5_1: 24 / 32, q5_0: 22 / 32, q4_1: 20 / 32, q4_0: 18 / 32 },
    ...{ q6_k: 210 / 256, q5_k: 176 / 256, q4_k: 144 / 256 },
    ...{ affine8: 40 / 32, affine4: 24 / 32 },
  };
  return bytes[form];
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
