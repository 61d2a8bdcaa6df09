// Writes small GGUF files for tests: any metadata, tensors of any type.

import { encodeFloat16, halfNearest } from "../../lib/float16";
import { randomStream } from "../../lib/random";
import type { ModelConfig } from "../config";
import { weightFormat, type BlockFormat } from "../weightFormats";
import type { MetadataItem, MetadataValue, ValueType } from "./ggufFile";

export interface DrawnTensor {
  readonly name: string;
  /** Innermost first. */
  readonly dims: readonly number[];
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface DrawnGguf {
  readonly version?: number;
  readonly alignment?: number;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  readonly tensors: readonly DrawnTensor[];
}

const valueTypes: readonly ValueType[] = [
  ...(["u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64"] as const),
];

export function ggufBytes({ version = 3, alignment = 32, metadata, tensors }: DrawnGguf): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const put = (bytes: Uint8Array): void => {
    parts.push(bytes);
    length += bytes.length;
  };
  const pad = (): void => put(new Uint8Array((alignment - (length % alignment)) % alignment));
  const put32 = (value: number): void => put(new Uint8Array(Uint32Array.of(value).buffer));
  const put64 = (value: number | bigint): void => put(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  const putText = (text: string): void => {
    const bytes = new TextEncoder().encode(text);
    put64(bytes.length);
    put(bytes);
  };
  const putItem = (type: ValueType, item: MetadataItem): void => {
    if (typeof item === "object") putArray(item);
    else if (typeof item === "string") putText(item);
    else put(numberBytes(type, item));
  };
  const putArray = ({ of, items }: Extract<MetadataValue, { type: "array" }>): void => {
    put32(valueTypes.indexOf(of));
    put64(items.length);
    for (const item of items) putItem(of, item);
  };

  put(new TextEncoder().encode("GGUF"));
  put32(version);
  put64(tensors.length);
  put64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    putText(key);
    put32(valueTypes.indexOf(value.type));
    if (value.type === "array") putArray(value);
    else putItem(value.type, value.value);
  }
  let offset = 0;
  for (const { name, dims, type, bytes } of tensors) {
    putText(name);
    put32(dims.length);
    dims.forEach(put64);
    put32(weightFormat(type)?.id ?? 9999);
    put64(offset);
    offset += Math.ceil(bytes.length / alignment) * alignment;
  }
  for (const { bytes } of tensors) {
    pad();
    put(bytes);
  }
  const file = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

function numberBytes(type: ValueType, item: number | bigint | boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  const value = Number(item);
  switch (type) {
    case "u8":
    case "i8":
    case "bool":
      view.setUint8(0, value);
      return new Uint8Array(view.buffer, 0, 1);
    case "u16":
    case "i16":
      view.setUint16(0, value, true);
      return new Uint8Array(view.buffer, 0, 2);
    case "u32":
    case "i32":
      view.setUint32(0, value, true);
      return new Uint8Array(view.buffer, 0, 4);
    case "f32":
      view.setFloat32(0, value, true);
      return new Uint8Array(view.buffer, 0, 4);
    case "f64":
      view.setFloat64(0, value, true);
      return new Uint8Array(view.buffer);
    default:
      view.setBigUint64(0, BigInt.asUintN(64, BigInt(item)), true);
      return new Uint8Array(view.buffer);
  }
}

/** Values as the type stores them: exactly for F32, rounded for F16 and BF16. */
export function numberTensor(name: string, dims: readonly number[], values: Float32Array, type = "F32"): DrawnTensor {
  const bytes =
    type === "F16"
      ? encodeFloat16(values)
      : type === "BF16"
        ? Uint16Array.from(new Uint32Array(values.slice().buffer), (word) => word >>> 16)
        : values.slice();
  return { name, dims, type, bytes: new Uint8Array(bytes.buffer) };
}

/** A matrix of random codes, whose numbers have about the given size. */
export function codeTensor(
  name: string,
  dims: readonly number[],
  { type, size, seed }: { readonly type: string; readonly size: number; readonly seed: number },
): DrawnTensor {
  const format = weightFormat(type) as BlockFormat;
  const blockCount = dims.reduce((product, each) => product * each, 1) / format.blockValues;
  const stream = randomStream(seed);
  const bytes = Uint8Array.from({ length: blockCount * format.blockBytes }, () => stream.integer(0, 255));
  for (let block = 0; block < blockCount; block++) {
    format.halfOffsets.forEach((offset, place) => {
      const half = halfNearest(
        (size * (0.5 + stream.uniform()) * (place === 0 ? 1 : halfLow(format))) / codeSize(format),
      );
      const at = block * format.blockBytes + offset;
      bytes[at] = half & 255;
      bytes[at + 1] = half >> 8;
    });
  }
  return { name, dims, type, bytes };
}

/** How large codes times group scales are, roughly. */
function codeSize({ name }: BlockFormat): number {
  const sizes: Readonly<Record<string, number>> = { Q8_0: 64, Q4_0: 4, Q4_1: 4, Q5_0: 8, Q5_1: 8, IQ4_NL: 64 };
  return sizes[name] ?? { Q6_K: 1200, Q4_K: 250, Q5_K: 500, Q2_K: 12, Q3_K: 40 }[name] ?? 1;
}

/** Lows that put zero in the middle of the codes. */
function halfLow({ name }: BlockFormat): number {
  const lows: Readonly<Record<string, number>> = { Q4_1: -7.5, Q5_1: -15.5, Q4_K: 7.5, Q5_K: 15.5, Q2_K: 1.5 };
  return lows[name] ?? 1;
}

const architectureNames: Readonly<Record<string, string>> = { mistral: "llama" };

/** Names in the file by those of transformers, both without the layer. */
const ggufNames: readonly (readonly [string, string])[] = [
  ["model.embed_tokens", "token_embd"],
  ["model.norm", "output_norm"],
  ["lm_head", "output"],
  ["input_layernorm", "attn_norm"],
  ["post_attention_layernorm", "ffn_norm"],
  ["pre_feedforward_layernorm", "ffn_norm"],
  ["post_feedforward_layernorm", "post_ffw_norm"],
  ["self_attn.q_proj", "attn_q"],
  ["self_attn.k_proj", "attn_k"],
  ["self_attn.v_proj", "attn_v"],
  ["self_attn.o_proj", "attn_output"],
  ["self_attn.q_norm", "attn_q_norm"],
  ["self_attn.k_norm", "attn_k_norm"],
  ["mlp.gate_proj", "ffn_gate"],
  ["mlp.up_proj", "ffn_up"],
  ["mlp.down_proj", "ffn_down"],
];

/** A model's metadata and tokenizer: words of single letters, byte-level, so that a few tokens suffice. */
export function modelMetadata(config: ModelConfig): Record<string, MetadataValue> {
  const name = architectureNames[config.architecture] ?? config.architecture;
  const whole = (value: number): MetadataValue => ({ type: "u32", value });
  const globalLayer = config.layers.find(({ window }) => window === null);
  const window = config.layers.find((layer) => layer.window !== null)?.window ?? null;
  const tokens = Array.from({ length: config.vocabularySize }, (_, token) => drawnToken(token));
  return {
    "general.architecture": { type: "string", value: name },
    "general.name": { type: "string", value: "Drawn" },
    [`${name}.block_count`]: whole(config.layerCount),
    [`${name}.context_length`]: whole(config.maxPositions),
    [`${name}.embedding_length`]: whole(config.hiddenSize),
    [`${name}.feed_forward_length`]: whole(config.intermediateSize),
    [`${name}.attention.head_count`]: whole(config.headCount),
    [`${name}.attention.head_count_kv`]: whole(config.kvHeadCount),
    [`${name}.attention.key_length`]: whole(config.headDim),
    [`${name}.attention.layer_norm_rms_epsilon`]: { type: "f32", value: config.rmsNormEpsilon },
    [`${name}.rope.freq_base`]: { type: "f32", value: globalLayer?.rope?.ropeTheta ?? 10000 },
    ...(window !== null && { [`${name}.attention.sliding_window`]: whole(window) }),
    "tokenizer.ggml.model": { type: "string", value: "gpt2" },
    "tokenizer.ggml.pre": { type: "string", value: "gpt-2" },
    "tokenizer.ggml.tokens": { type: "array", of: "string", items: tokens },
    "tokenizer.ggml.token_type": { type: "array", of: "i32", items: tokens.map((text) => (text === "<e>" ? 3 : 1)) },
    "tokenizer.ggml.merges": { type: "array", of: "string", items: [] },
    "tokenizer.ggml.eos_token_id": whole(0),
  };
}

function drawnToken(token: number): string {
  if (token === 0) return "<e>";
  return token < 95 ? String.fromCharCode(32 + token) : `[${token}]`;
}

/** Tensors by transformers' names as a GGUF file: rows of queries and keys in the order of llama's converters where it is one. */
export function modelTensors(
  config: ModelConfig,
  tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: ArrayLike<number> }>>,
): DrawnTensor[] {
  const isPermuted = ["llama", "mistral", "smollm3"].includes(config.architecture);
  return Object.entries(tensors).map(([name, { shape, values }]) => {
    const stored = Float32Array.from(values);
    if (isPermuted && /[qk]_proj/.test(name)) {
      const width = shape.length === 2 ? shape[1] : 1;
      const { headDim } = config;
      for (let row = 0; row < shape[0]; row++) {
        const inHead = row % headDim;
        // As the converter writes it: reshape(heads, 2, headDim / 2).swapaxes(1, 2)
        const from = row - inHead + (inHead % 2) * (headDim / 2) + Math.floor(inHead / 2);
        for (let column = 0; column < width; column++) stored[row * width + column] = values[from * width + column];
      }
    }
    const isGemma = config.architecture === "gemma3";
    // The converter adds the 1 that Gemma's norms leave out.
    if (isGemma && name.endsWith("norm.weight")) stored.forEach((weight, at) => (stored[at] = 1 + weight));
    return numberTensor(ggufTensorName(name, isGemma), shape.toReversed(), stored);
  });
}

function ggufTensorName(name: string, isGemma: boolean): string {
  const [, layer, part] = /^model\.layers\.(\d+)\.(.*)$/.exec(name) ?? [];
  const own = part ?? name;
  if (isGemma && own === "post_attention_layernorm.weight") return `blk.${layer}.post_attention_norm.weight`;
  const [, short] = ggufNames.find(([long]) => own.startsWith(`${long}.`)) ?? ["", own];
  const kind = own.slice(own.lastIndexOf("."));
  return layer === undefined ? short + kind : `blk.${layer}.${short}${kind}`;
}
