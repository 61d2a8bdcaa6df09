// The shape of a model, as read from config.json. parseModelConfig refuses by name what is not supported.

import { InputError } from "../lib/errors";
import type { Fields } from "./fields";
import {
  describe,
  fieldError,
  flagField,
  hasField,
  numberField,
  parseFields,
  recordFields,
  wholeNumberField,
} from "./fields";
import { parseLayers, type LayerConfig } from "./layerConfig";
import { parseQuantisation, type AffineQuantisation } from "./quantisation";

export type Architecture = "llama" | "qwen2" | "qwen3" | "smollm3" | "mistral" | "gemma3";

/** What a layer makes of its input beside attention. */
export interface BlockConfig {
  /** Of the gate. */
  readonly activation: "silu" | "geluTanh";
  /** Gemma: the outputs of attention and MLP have norms of their own before they are added. */
  readonly hasBranchNorms: boolean;
  /** What embeddings are multiplied by. */
  readonly embeddingScale: number;
}

export const plainBlock: BlockConfig = { activation: "silu", hasBranchNorms: false, embeddingScale: 1 };

export interface ModelConfig extends BlockConfig {
  readonly architecture: Architecture;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layerCount: number;
  readonly layers: readonly LayerConfig[]; // [layer]
  /** Query heads; head h belongs to KV head floor(h / (headCount / kvHeadCount)). */
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly rmsNormEpsilon: number;
  readonly maxPositions: number;
  /** Qwen2: q, k and v projections have a bias. */
  readonly hasQkvBias: boolean;
  /** Qwen3, Gemma: RMSNorm of each query and key head before RoPE. */
  readonly hasQkNorm: boolean;
  /** Gemma: scores are scaled by another number than the head size; the weights of the queries' norm are multiplied by this on loading. */
  readonly queryScale: number;
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
  ["Gemma3ForCausalLM", "gemma3"],
  ["Gemma3ForConditionalGeneration", "gemma3"],
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
    sliding_window: 4096,
  },
  qwen3: { ...qwenDefaults, head_dim: 128 },
  gemma3: {
    ...{ vocab_size: 262_208, hidden_size: 2304, intermediate_size: 9216, num_hidden_layers: 26, head_dim: 256 },
    ...{ num_attention_heads: 8, num_key_value_heads: 4, max_position_embeddings: 131_072, rms_norm_eps: 1e-6 },
    ...{ query_pre_attn_scalar: 256, sliding_window: 4096, sliding_window_pattern: 6, eos_token_id: 1 },
  },
};

/**
 * The model's shape from the texts of config.json and, where there is one, generation_config.json. Reads what transformers
 * wrote before and since version 5. `file` is the path of config.json, for messages.
 * Throws InputError naming the field, and for what is not supported the alternatives that are.
 */
export function parseModelConfig(text: string, file: string, generationConfigText: string | null): ModelConfig {
  const whole = parseFields(text, file);
  const architecture = parseArchitecture(whole);
  const written = textFields(whole);
  const fields = { ...written, values: new Map([...Object.entries(defaults[architecture]), ...written.values]) };
  const quantisation = parseQuantisation(fields);
  refuseUnsupported(fields, architecture);
  const vocabularySize = wholeNumberField(fields, "vocab_size", limits.vocabulary);
  const maxPositions = wholeNumberField(fields, "max_position_embeddings", limits.positions);
  const layerCount = wholeNumberField(fields, "num_hidden_layers", limits.layers);
  const layers = parseLayers(fields, { architecture, layerCount, maxPositions });
  const isGemma = architecture === "gemma3";
  const heads = parseHeads(fields);
  const hiddenSize = wholeNumberField(fields, "hidden_size", limits.hidden);
  return {
    architecture,
    vocabularySize,
    hiddenSize,
    intermediateSize: wholeNumberField(fields, "intermediate_size", limits.intermediate),
    layerCount,
    layers,
    ...heads,
    ...(isGemma ? gemmaBlock(hiddenSize) : plainBlock),
    rmsNormEpsilon: numberField(fields, "rms_norm_eps", { low: 1e-12, high: 0.1 }),
    maxPositions,
    hasQkvBias: architecture === "qwen2",
    hasQkNorm: architecture === "qwen3" || isGemma,
    queryScale: isGemma
      ? Math.sqrt(heads.headDim / numberField(fields, "query_pre_attn_scalar", { low: 1, high: 65536 }))
      : 1,
    isTied: hasField(fields, "tie_word_embeddings")
      ? flagField(fields, "tie_word_embeddings")
      : architecture === "smollm3" || isGemma,
    stopTokens: parseStopTokens(fields, generationConfigText, vocabularySize),
    ...(quantisation !== null && { quantisation }),
  };
}

function parseArchitecture(fields: Fields): Architecture {
  const named = fields.values.get("architectures") ?? null;
  const written = fields.values.get("model_type") ?? null;
  const type = written === "gemma3_text" ? "gemma3" : written;
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

/** Models that see pictures too keep what belongs to their language model in a record of its own. */
function textFields(whole: Fields): Fields {
  if (!hasField(whole, "text_config")) return whole;
  const inner = recordFields(whole.values.get("text_config"), `${whole.file}: text_config`);
  return { file: inner.file, values: new Map([...whole.values, ...inner.values]) };
}

export function gemmaBlock(hiddenSize: number): BlockConfig {
  // transformers multiplies by the root as float32.
  return { activation: "geluTanh", hasBranchNorms: true, embeddingScale: Math.fround(Math.sqrt(hiddenSize)) };
}

function refuseUnsupported(fields: Fields, architecture: Architecture): void {
  const isGemma = architecture === "gemma3";
  const [name, ...names] = isGemma ? ["hidden_activation", "gelu_pytorch_tanh"] : ["hidden_act", "silu", "swish"];
  const activation = fields.values.get(name) ?? names[0];
  if (!names.some((each) => each === activation))
    throw fieldError(fields, name, `"${names[0]}", the only one supported`);
  for (const cap of ["attn_logit_softcapping", "final_logit_softcapping"]) {
    if (hasField(fields, cap)) throw fieldError(fields, cap, "null: soft caps cannot be computed here");
  }
  if (flagField(fields, "use_bidirectional_attention")) {
    throw fieldError(fields, "use_bidirectional_attention", "false: a query sees what comes before it");
  }
  // Qwen2 has its q, k, v biases by definition; elsewhere these flags add biases that the engine does not compute.
  for (const name of ["attention_bias", "mlp_bias"]) {
    if (architecture !== "qwen2" && flagField(fields, name)) {
      throw fieldError(fields, name, "false: biases are supported for Qwen2ForCausalLM only");
    }
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
