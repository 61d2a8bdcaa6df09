// A GGUF file's tensors under the names of our weights. Matrices stay in the file and are read in slabs of whole rows; norms
// and biases, which are small, are read at once. Shapes are checked against the config before anything is read.

import { InputError } from "../../lib/errors";
import type { ModelConfig } from "../config";
import { describe, excerpt } from "../fields";
import type { ByteSource } from "../source/byteSource";
import { brokenBlock, dequantiseRow, weightFormat, weightFormats, type WeightFormat } from "../weightFormats";
import { scaledQueryNorm } from "../loadWeights";
import { branchNorms, layerPrefix, mlpNormName, weightLayout } from "../weightLayout";
import { rowBytesOf, type LayerWeights, type ModelWeights, type StoredMatrix, type WeightMatrix } from "../weights";
import type { GgufTensor } from "./ggufFile";

/** A tensor, and the file of a split model that it lies in. */
export interface PlacedTensor extends GgufTensor {
  readonly source: ByteSource;
}

/** Names in the file by those of transformers. */
const outerNames: Readonly<Record<string, string>> = {
  "model.embed_tokens.weight": "token_embd.weight",
  "model.norm.weight": "output_norm.weight",
  "lm_head.weight": "output.weight",
};
const layerNames: Readonly<Record<string, string>> = {
  "input_layernorm.weight": "attn_norm.weight",
  "self_attn.q_proj.weight": "attn_q.weight",
  "self_attn.k_proj.weight": "attn_k.weight",
  "self_attn.v_proj.weight": "attn_v.weight",
  "self_attn.o_proj.weight": "attn_output.weight",
  "self_attn.q_proj.bias": "attn_q.bias",
  "self_attn.k_proj.bias": "attn_k.bias",
  "self_attn.v_proj.bias": "attn_v.bias",
  "self_attn.q_norm.weight": "attn_q_norm.weight",
  "self_attn.k_norm.weight": "attn_k_norm.weight",
  "post_attention_layernorm.weight": "ffn_norm.weight",
  "post_feedforward_layernorm.weight": "post_ffw_norm.weight",
  "mlp.gate_proj.weight": "ffn_gate.weight",
  "mlp.up_proj.weight": "ffn_up.weight",
  "mlp.down_proj.weight": "ffn_down.weight",
};

/** Converters of these architectures store the rows of queries and keys in another order: see originalRow. */
const permuted: readonly ModelConfig["architecture"][] = ["llama", "smollm3"];

export const ropeDivisorsName = "rope_freqs.weight";

/** Where attention's output has a norm, the MLP's norm has another name than elsewhere. */
const branchLayerNames: Readonly<Record<string, string>> = {
  ...layerNames,
  "post_attention_layernorm.weight": "post_attention_norm.weight",
  "pre_feedforward_layernorm.weight": "ffn_norm.weight",
};

function ggufName(name: string, { hasBranchNorms }: Pick<ModelConfig, "hasBranchNorms">): string {
  const [, layer, part] = /^model\.layers\.(\d+)\.(.*)$/.exec(name) ?? [];
  return part === undefined
    ? outerNames[name]
    : `blk.${layer}.${(hasBranchNorms ? branchLayerNames : layerNames)[part]}`;
}

/** Throws InputError naming the tensor that is missing, unknown, of another shape, or of a type that cannot be computed with. */
export async function ggufWeights(
  tensors: ReadonlyMap<string, PlacedTensor>,
  config: ModelConfig,
  file: string,
): Promise<ModelWeights> {
  const layout = weightLayout(config);
  const known = new Set([...layout.keys()].map((name) => ggufName(name, config)).concat(ropeDivisorsName));
  for (const [name, { type }] of tensors) {
    if (!known.has(name)) {
      throw new InputError(
        `${file}: tensor ${excerpt(name)} is not part of the model that the metadata describe; choose another model`,
      );
    }
    formatOf(name, type, file);
  }
  for (const [name, shape] of layout) checkTensor(ggufName(name, config), tensors, shape, file);

  const take = (name: string): PlacedTensor => {
    const tensor = tensors.get(ggufName(name, config));
    if (tensor === undefined) throw new Error(`tensor ${name} was checked to be there`);
    return tensor;
  };
  const headsOf = (name: string): number | null => {
    if (!permuted.includes(config.architecture)) return null;
    return /\.[qk]_proj\./.test(name) ? config.headDim : null;
  };
  const matrix = (name: string): WeightMatrix => storedMatrix(take(name), headsOf(name), file);
  const vector = async (name: string): Promise<Float32Array> => readVector(take(name), headsOf(name), file);
  const layers: LayerWeights[] = [];
  for (let layer = 0; layer < config.layerCount; layer++) {
    const named = (part: string): string => layerPrefix(layer) + part;
    const bias = (part: string) => (config.hasQkvBias ? vector(named(part)) : null);
    // Converters have added the 1 to Gemma's norms.
    const branch = (part: string) => (config.hasBranchNorms ? vector(named(part)) : null);
    const norm = (part: string) => (config.hasQkNorm ? vector(named(part)) : null);
    layers.push({
      attentionNorm: await vector(named("input_layernorm.weight")),
      query: matrix(named("self_attn.q_proj.weight")),
      key: matrix(named("self_attn.k_proj.weight")),
      value: matrix(named("self_attn.v_proj.weight")),
      queryBias: await bias("self_attn.q_proj.bias"),
      keyBias: await bias("self_attn.k_proj.bias"),
      valueBias: await bias("self_attn.v_proj.bias"),
      queryNorm: scaledQueryNorm(await norm("self_attn.q_norm.weight"), config),
      keyNorm: await norm("self_attn.k_norm.weight"),
      attentionOutput: matrix(named("self_attn.o_proj.weight")),
      attentionBranchNorm: await branch(branchNorms.attention),
      mlpBranchNorm: await branch(branchNorms.mlp),
      mlpNorm: await vector(named(mlpNormName(config))),
      gate: matrix(named("mlp.gate_proj.weight")),
      up: matrix(named("mlp.up_proj.weight")),
      down: matrix(named("mlp.down_proj.weight")),
    });
  }
  const embedding = matrix("model.embed_tokens.weight");
  return {
    embedding,
    layers,
    finalNorm: await vector("model.norm.weight"),
    output: config.isTied ? embedding : matrix("lm_head.weight"),
  };
}

function formatOf(name: string, type: string, file: string): WeightFormat {
  const format = weightFormat(type);
  if (format !== undefined) return format;
  const supported = weightFormats.map((each) => each.name).join(", ");
  throw new InputError(
    `${file}: tensor ${name} is of type ${type}; supported are ${supported}: take Q8_0, Q5_K_M or Q4_K_M of the same model`,
  );
}

function checkTensor(
  name: string,
  tensors: ReadonlyMap<string, PlacedTensor>,
  shape: readonly number[],
  file: string,
): void {
  const tensor = tensors.get(name);
  const expected = shape.toReversed();
  if (tensor === undefined) {
    throw new InputError(
      `${file}: tensor ${name} of dimensions ${describe(expected)} is missing; download the model again`,
    );
  }
  const { dims } = tensor;
  if (dims.length !== expected.length || dims.some((size, axis) => size !== expected[axis])) {
    throw new InputError(
      `${file}: tensor ${name} has dimensions ${describe(dims)}, expected ${describe(expected)}; convert the model again`,
    );
  }
}

/**
 * Where a row of ours lies in the file. The converters of Llama put the two halves of a head, whose rows RoPE turns in pairs,
 * side by side: 0, d/2, 1, d/2 + 1, …
 */
function originalRow(row: number, headDim: number | null): number {
  if (headDim === null) return row;
  const inHead = row % headDim;
  const half = headDim / 2;
  return row - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1);
}

/** `headDim` of matrices whose rows are stored in the other order, else null. */
function storedMatrix(tensor: PlacedTensor, headDim: number | null, file: string): StoredMatrix {
  const { name, source, begin, dims } = tensor;
  const [columnCount, rowCount] = dims;
  const format = formatOf(name, tensor.type, file);
  const rowBytes = rowBytesOf({ format, columnCount });
  return {
    ...{ name, format, rowCount, columnCount },
    readRows: async (firstRow, count) => {
      // Whole heads, so that every row of the slab has its place in what was read.
      const unit = headDim ?? 1;
      const first = Math.floor(firstRow / unit) * unit;
      const end = Math.min(rowCount, Math.ceil((firstRow + count) / unit) * unit);
      const found = await source.read(begin + first * rowBytes, (end - first) * rowBytes);
      refuseBroken({ name, format, rowBytes }, found, { first, file });
      if (headDim === null) return found;
      const ordered = new Uint8Array(count * rowBytes);
      for (let row = 0; row < count; row++) {
        const at = (originalRow(firstRow + row, headDim) - first) * rowBytes;
        ordered.set(found.subarray(at, at + rowBytes), row * rowBytes);
      }
      return ordered;
    },
  };
}

async function readVector(tensor: PlacedTensor, headDim: number | null, file: string): Promise<Float32Array> {
  const { name, source, begin, byteCount, dims } = tensor;
  const format = formatOf(name, tensor.type, file);
  const bytes = await source.read(begin, byteCount);
  refuseBroken({ name, format, rowBytes: byteCount }, bytes, { first: 0, file });
  const stored = new Float32Array(dims[0]);
  dequantiseRow(format, bytes, stored);
  return stored.map((_, row) => stored[originalRow(row, headDim)]);
}

interface CheckedTensor {
  readonly name: string;
  readonly format: WeightFormat;
  readonly rowBytes: number;
}

function refuseBroken(
  { name, format, rowBytes }: CheckedTensor,
  bytes: Uint8Array,
  { first, file }: { first: number; file: string },
): void {
  const at = format.type === "blocks" ? brokenBlock(format, bytes) : brokenNumber(format.name, bytes);
  if (at < 0) return;
  const row = first + Math.floor((at * format.blockBytes) / rowBytes);
  const what = format.type === "blocks" ? "a scale" : "a number";
  throw new InputError(
    `${file}: tensor ${name} has ${what} in row ${row} that is infinite or not a number; download the model again`,
  );
}

/** The first number whose exponent has all bits set, or −1. */
function brokenNumber(name: string, bytes: Uint8Array): number {
  const width = name === "F32" ? 4 : 2;
  for (let at = 0; at < bytes.length; at += width) {
    const top = bytes[at + width - 1];
    const isBroken = name === "F16" ? (top & 0x7c) === 0x7c : (top & 0x7f) === 0x7f && bytes[at + width - 2] >= 0x80;
    if (isBroken) return at / width;
  }
  return -1;
}
