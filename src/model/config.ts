// The shape of a model, as read from config.json. parseModelConfig refuses by name what is not supported.

import { InputError } from "../lib/errors";
import type { Fields } from "./fields";
import { describe, fieldError, flagField, hasField, numberField, parseFields, wholeNumberField } from "./fields";
import { parseQuantisation, type AffineQuantisation } from "./quantisation";
import type { RopeSettings } from "./ropeConfig";
import { parseRope } from "./ropeConfig";

export type Architecture = "llama" | "qwen2" | "qwen3" | "smollm3" | "mistral";

export interface ModelConfig extends RopeSettings {
  readonly architecture: Architecture;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layerCount: number;
  /** Query heads; head h belongs to KV head floor(h / (headCount / kvHeadCount)). */
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly rmsNormEpsilon: number;
  readonly maxPositions: number;
  /** SmolLM3: queries and keys of these layers are not rotated. Absent: all layers are. */
  readonly layersWithoutRope?: readonly number[];
  /** Qwen2: q, k and v projections have a bias. */
  readonly hasQkvBias: boolean;
  /** Qwen3: RMSNorm of each query and key head before RoPE. */
  readonly hasQkNorm: boolean;
  /** The output projection is the embedding. */
  readonly isTied: boolean;
  readonly stopTokens: readonly number[];
  /** How the matrices of a folder are quantised; absent: they are not. */
  readonly quantisation?: AffineQuantisation;
}

// Far above any model that a browser could hold. Nothing is allocated from these numbers before the weight file
// has shown tensors of just these shapes; the limits keep products of them exact.
export const limits = {
  vocabulary: { low: 2, high: 2 ** 20 },
  hidden: { low: 1, high: 2 ** 15 },
  intermediate: { low: 1, high: 2 ** 17 },
  layers: { low: 1, high: 256 },
  heads: { low: 1, high: 256 },
  headDim: { low: 2, high: 1024 },
  positions: { low: 1, high: 2 ** 24 },
};

const architectures: ReadonlyMap<unknown, Architecture> = new Map([
  ["LlamaForCausalLM", "llama"],
  ["Qwen2ForCausalLM", "qwen2"],
  ["Qwen3ForCausalLM", "qwen3"],
  ["SmolLM3ForCausalLM", "smollm3"],
  ["MistralForCausalLM", "mistral"],
]);

/** Defaults of transformers (5.24), which leaves out fields that have their default. */
const commonDefaults = {
  ...{ hidden_size: 4096, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 32 },
  rms_norm_eps: 1e-6,
};
const qwenDefaults = {
  ...commonDefaults,
  ...{ vocab_size: 151_936, intermediate_size: 22_016, max_position_embeddings: 32_768 },
};
const defaults: Readonly<Record<Architecture, Readonly<Record<string, number>>>> = {
  llama: {
    ...commonDefaults,
    ...{ vocab_size: 32_000, intermediate_size: 11_008, max_position_embeddings: 2048, eos_token_id: 2 },
  },
  qwen2: qwenDefaults,
  smollm3: {
    ...{ vocab_size: 128_256, hidden_size: 2048, intermediate_size: 11_008, num_hidden_layers: 36 },
    ...{ num_attention_heads: 16, num_key_value_heads: 4, max_position_embeddings: 32_768, rms_norm_eps: 1e-6 },
  },
  mistral: {
    ...commonDefaults,
    ...{ vocab_size: 32_000, intermediate_size: 14_336, num_key_value_heads: 8, max_position_embeddings: 131_072 },
  },
  qwen3: { ...qwenDefaults, head_dim: 128 },
};

/**
 * The model's shape from the texts of config.json and, where there is one, generation_config.json. Reads what transformers
 * wrote before and since version 5. `file` is the path of config.json, for messages.
 * Throws InputError naming the field, and for what is not supported the alternatives that are.
 */
export function parseModelConfig(text: string, file: string, generationConfigText: string | null): ModelConfig {
  const written = parseFields(text, file);
  const architecture = parseArchitecture(written);
  const fields = { file, values: new Map([...Object.entries(defaults[architecture]), ...written.values]) };
  const quantisation = parseQuantisation(fields);
  refuseUnsupported(fields, architecture);
  const vocabularySize = wholeNumberField(fields, "vocab_size", limits.vocabulary);
  const maxPositions = wholeNumberField(fields, "max_position_embeddings", limits.positions);
  return {
    architecture,
    vocabularySize,
    hiddenSize: wholeNumberField(fields, "hidden_size", limits.hidden),
    intermediateSize: wholeNumberField(fields, "intermediate_size", limits.intermediate),
    layerCount: wholeNumberField(fields, "num_hidden_layers", limits.layers),
    ...parseHeads(fields),
    rmsNormEpsilon: numberField(fields, "rms_norm_eps", { low: 1e-12, high: 0.1 }),
    ...parseRope(fields, { maxPositions, thetaDefault: architecture === "smollm3" ? 2_000_000 : 10_000 }),
    ...(architecture === "smollm3" && { layersWithoutRope: parseLayersWithoutRope(fields) }),
    maxPositions,
    hasQkvBias: architecture === "qwen2",
    hasQkNorm: architecture === "qwen3",
    isTied: hasField(fields, "tie_word_embeddings")
      ? flagField(fields, "tie_word_embeddings")
      : architecture === "smollm3",
    stopTokens: parseStopTokens(fields, generationConfigText, vocabularySize),
    ...(quantisation !== null && { quantisation }),
  };
}

function parseArchitecture(fields: Fields): Architecture {
  const named = fields.values.get("architectures") ?? null;
  const type = fields.values.get("model_type") ?? null;
  const architecture =
    named === null
      ? [...architectures.values()].find((each) => each === type)
      : Array.isArray(named) && named.length === 1 && architectures.get(named[0]);
  if (!architecture) {
    const supported = [...architectures.keys()].join(", ");
    throw new InputError(
      `${fields.file}: architectures is ${describe(named)}; supported are ${supported}: choose a model of one of these`,
    );
  }
  if (type === null || type === architecture) return architecture;
  throw fieldError(fields, "model_type", `"${architecture}", as architectures says`);
}

function refuseUnsupported(fields: Fields, architecture: Architecture): void {
  const activation = fields.values.get("hidden_act") ?? "silu";
  // Two names of one function.
  if (activation !== "silu" && activation !== "swish")
    throw fieldError(fields, "hidden_act", '"silu", the only one supported');
  // Qwen2 has its q, k, v biases by definition; elsewhere these flags add biases that the engine does not compute.
  for (const name of ["attention_bias", "mlp_bias"]) {
    if (architecture !== "qwen2" && flagField(fields, name)) {
      throw fieldError(fields, name, "false: biases are supported for Qwen2ForCausalLM only");
    }
  }
  if (architecture === "mistral") refuseWindow(fields);
  else refuseSlidingWindows(fields);
}

/** Mistral's window is that of all layers, and 4096 where the field is left out; null is none. */
function refuseWindow(fields: Fields): void {
  const width = fields.values.has("sliding_window") ? fields.values.get("sliding_window") : 4096;
  const most = fields.values.get("max_position_embeddings");
  if (width === null || (typeof width === "number" && typeof most === "number" && width >= most)) return;
  throw new InputError(
    `${fields.file}: sliding_window is ${describe(width)}: its layers see only the newest tokens, which cannot be computed here; choose a later version of the model`,
  );
}

/** One flag per layer, of which 1 means that RoPE is used; without them every fourth layer goes without, or as the interval says. */
function parseLayersWithoutRope(fields: Fields): number[] {
  const layerCount = wholeNumberField(fields, "num_hidden_layers", limits.layers);
  const layers = Array.from({ length: layerCount }, (_, layer) => layer);
  const flags = fields.values.get("no_rope_layers") ?? null;
  if (flags !== null) {
    if (!Array.isArray(flags) || flags.length < layerCount || !flags.every((flag) => flag === 0 || flag === 1)) {
      throw fieldError(fields, "no_rope_layers", `a list of 0 or 1 for each of ${layerCount} layers`);
    }
    return layers.filter((layer) => flags[layer] === 0);
  }
  const interval = hasField(fields, "no_rope_layer_interval")
    ? wholeNumberField(fields, "no_rope_layer_interval", { low: 1, high: 1000 })
    : 4;
  return layers.filter((layer) => (layer + 1) % interval === 0);
}

function refuseSlidingWindows(fields: Fields): void {
  const layerTypes = fields.values.get("layer_types") ?? [];
  const isFull = Array.isArray(layerTypes) && layerTypes.every((type) => type === "full_attention");
  const layerCount = wholeNumberField(fields, "num_hidden_layers", limits.layers);
  // Qwen2's rule: layers from max_window_layers on slide, if use_sliding_window is set and a width is given.
  const firstSliding = fields.values.get("max_window_layers") ?? 0;
  const isSliding =
    flagField(fields, "use_sliding_window") &&
    hasField(fields, "sliding_window") &&
    !(typeof firstSliding === "number" && firstSliding >= layerCount);
  if (!isFull || isSliding) {
    throw new InputError(
      `${fields.file}: some layers use sliding-window attention; only full attention in all layers is supported: choose another model`,
    );
  }
}

function parseHeads(fields: Fields): Pick<ModelConfig, "headCount" | "kvHeadCount" | "headDim"> {
  const headCount = wholeNumberField(fields, "num_attention_heads", limits.heads);
  const kvHeadCount = hasField(fields, "num_key_value_heads")
    ? wholeNumberField(fields, "num_key_value_heads", limits.heads)
    : headCount;
  if (headCount % kvHeadCount !== 0) {
    throw fieldError(fields, "num_key_value_heads", `a divisor of num_attention_heads (${headCount})`);
  }
  const headDim = parseHeadDim(fields, headCount);
  if (headDim % 2 !== 0) {
    throw new InputError(
      `${fields.file}: head_dim is ${headDim}, expected an even number, as RoPE turns pairs; export the model again`,
    );
  }
  return { headCount, kvHeadCount, headDim };
}

function parseHeadDim(fields: Fields, headCount: number): number {
  if (hasField(fields, "head_dim")) return wholeNumberField(fields, "head_dim", limits.headDim);
  const hiddenSize = wholeNumberField(fields, "hidden_size", limits.hidden);
  if (hiddenSize % headCount !== 0 || hiddenSize / headCount > limits.headDim.high) {
    throw fieldError(fields, "num_attention_heads", `a divisor of hidden_size (${hiddenSize})`);
  }
  return hiddenSize / headCount;
}

/** As in transformers: if there is a generation_config.json, it alone says what ends a text. Ascending. */
function parseStopTokens(fields: Fields, generationConfigText: string | null, vocabularySize: number): number[] {
  const generationFile = fields.file.replace(/[^/]*$/, "generation_config.json");
  const record = generationConfigText === null ? fields : parseFields(generationConfigText, generationFile);
  const value = record.values.get("eos_token_id") ?? [];
  const listed: unknown[] = Array.isArray(value) ? value : [value];
  const tokens = listed.filter((token): token is number => {
    if (token === null) return false;
    if (typeof token !== "number" || !Number.isInteger(token))
      throw fieldError(record, "eos_token_id", "whole numbers");
    // Exports write −1 for none, and a token outside the vocabulary cannot occur.
    return token >= 0 && token < vocabularySize;
  });
  return [...new Set(tokens)].sort((a, b) => a - b);
}
