// Test data: safetensors files and tiny checkpoints made in memory.

import { encodeFloat16 } from "../lib/float16";
import { randomStream } from "../lib/random";
import { parseModelConfig } from "./config";
import type { TensorType } from "./safetensors";
import type { Shape } from "./weightLayout";
import { weightLayout } from "./weightLayout";

export interface DrawnTensor {
  readonly type: TensorType;
  readonly shape: Shape;
  readonly values: readonly number[] | Float32Array;
}

/** A well-formed file; values are rounded to the type (BF16 towards zero). */
export function encodeSafetensors(tensors: Readonly<Record<string, DrawnTensor>>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { type, shape, values }] of Object.entries(tensors)) {
    const part = encodeValues(Float32Array.from(values), type);
    header[name] = { dtype: type, shape, data_offsets: [offset, offset + part.length] };
    parts.push(part);
    offset += part.length;
  }
  return joinSafetensors(JSON.stringify(header), joinBytes(parts));
}

/** Any header text before any data, the length field telling the truth. */
export function joinSafetensors(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return joinBytes([length, text, data]);
}

/** A folder of a two-layer Llama of 12 words with seeded weights; `config` changes fields of config.json. */
export function drawCheckpoint(config: Readonly<Record<string, unknown>> = {}, seed = 1): Record<string, Uint8Array> {
  const configText = JSON.stringify({
    architectures: ["LlamaForCausalLM"],
    vocab_size: 12,
    hidden_size: 8,
    intermediate_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    rms_norm_eps: 1e-5,
    max_position_embeddings: 64,
    tie_word_embeddings: true,
    eos_token_id: 1,
    ...config,
  });
  const stream = randomStream(seed);
  const tensors: Record<string, DrawnTensor> = {};
  for (const [name, shape] of weightLayout(parseModelConfig(configText, "config.json", null))) {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length: count }, () => stream.uniform() - 0.5);
    tensors[name] = { type: "F32", shape, values };
  }
  return {
    "config.json": encodeText(configText),
    "tokenizer.json": encodeText(JSON.stringify(drawTokenizer("<unk> <eos> a b c d e f g h i j"))),
    "model.safetensors": encodeSafetensors(tensors),
  };
}

/** A word-level tokenizer.json; words in angle brackets are special. */
export function drawTokenizer(words: string): Record<string, unknown> {
  const vocabulary = words.split(" ");
  return {
    version: "1.0",
    added_tokens: vocabulary.flatMap((content, id) =>
      content.startsWith("<") ? [{ id, content, special: true, normalized: false }] : [],
    ),
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: null,
    decoder: null,
    model: {
      type: "WordLevel",
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
      unk_token: "<unk>",
    },
  };
}

export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function encodeValues(values: Float32Array, type: TensorType): Uint8Array {
  switch (type) {
    case "F32":
      return new Uint8Array(values.buffer);
    case "F16":
      return new Uint8Array(encodeFloat16(values).buffer);
    case "BF16": {
      const words = new Uint32Array(values.buffer);
      return new Uint8Array(Uint16Array.from(words, (word) => word >>> 16).buffer);
    }
  }
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
