// The shape of a model from the metadata of its GGUF file: the counterpart of config.ts, which reads config.json. What cannot
// be computed is refused by name, with the reason.

import { InputError } from "../../lib/errors";
import { gemmaBlock, limits, plainBlock, type Architecture, type ModelConfig } from "../config";
import type { LayerConfig } from "../layerConfig";
import { describe, fieldError, hasField, numberField, wholeNumberField, type Fields } from "../fields";
import { requireGlobalLayer, rotatedLayers, windowWithin } from "../layerConfig";
import type { RopeScaling, RopeSettings } from "../ropeConfig";
import type { GgufHeader, MetadataItem, MetadataValue } from "./ggufFile";

const architectures: ReadonlyMap<unknown, Architecture> = new Map([
  ["llama", "llama"],
  ["qwen2", "qwen2"],
  ["qwen3", "qwen3"],
  ["smollm3", "smollm3"],
  ["gemma3", "gemma3"],
]);

/** Why what people may bring is refused. */
const unstored = "most of its layers keep a state instead of slots, so there is no cache that could be evicted";
const experts = "mixtures of experts cannot be computed here";
const reasons: Readonly<Record<string, string>> = {
  ...{ qwen35: unstored, qwen3next: unstored, lfm2: unstored, mamba: unstored, mamba2: unstored, jamba: unstored },
  ...{ rwkv6: unstored, rwkv7: unstored, "falcon-h1": unstored, granitehybrid: unstored },
  ...{
    qwen2moe: experts,
    qwen3moe: experts,
    deepseek2: experts,
    "gpt-oss": experts,
    olmoe: experts,
    lfm2moe: unstored,
  },
  gemma2: "its soft caps and layers that see only the newest tokens cannot be computed here",
  gemma3n: "its layers share their caches, which cannot be computed here",
  olmo2: "its norms behind the layers cannot be computed here yet",
  phi3: "its joined matrices and long RoPE cannot be computed here yet",
  granite: "its four multipliers cannot be computed here yet",
  clip: "it is the part of a model that reads images (mmproj), not a language model",
};

/** Throws InputError naming the key, and for what is not supported the reason. `vocabularySize` is the number of tokens. */
export function parseGgufConfig(header: GgufHeader, vocabularySize: number): ModelConfig {
  const { file, tensors } = header;
  const fields = plainFields(header);
  const named = fields.values.get("general.architecture");
  const architecture = architectures.get(named);
  if (architecture === undefined) throw refusedArchitecture(file, named);
  const key = (name: string): string => `${String(named)}.${name}`;
  if (Number(fields.values.get(key("expert_count")) ?? 0) > 0) {
    throw new InputError(`${file}: ${experts}; choose another model`);
  }
  const whole = (name: string, range: { low: number; high: number }): number => {
    const full = key(name);
    // Written once per layer where they may differ.
    const value = fields.values.get(full);
    const each: unknown[] = Array.isArray(value) ? value : [value];
    if (each.some((one) => one !== each[0])) {
      throw fieldError(fields, full, "the same for every layer, the only case supported");
    }
    return wholeNumberField({ file, values: new Map([[full, each[0]]]) }, full, range);
  };
  const hiddenSize = whole("embedding_length", limits.hidden);
  const headCount = whole("attention.head_count", limits.heads);
  const kvHeadCount = hasField(fields, key("attention.head_count_kv"))
    ? whole("attention.head_count_kv", limits.heads)
    : headCount;
  if (headCount % kvHeadCount !== 0) {
    throw fieldError(fields, key("attention.head_count_kv"), `a divisor of the number of heads (${headCount})`);
  }
  const headDim = hasField(fields, key("attention.key_length"))
    ? whole("attention.key_length", limits.headDim)
    : hiddenSize / headCount;
  if (!Number.isInteger(headDim) || headDim % 2 !== 0 || headDim > limits.headDim.high) {
    throw new InputError(
      `${file}: its heads have ${headDim} dimensions, expected an even number up to ${limits.headDim.high}; convert the model again`,
    );
  }
  for (const name of ["attention.value_length", "rope.dimension_count"]) {
    if (hasField(fields, key(name)) && fields.values.get(key(name)) !== headDim) {
      throw fieldError(fields, key(name), `${headDim}, the dimensions of a head: nothing else is supported`);
    }
  }
  const maxPositions = whole("context_length", limits.positions);
  const layerCount = whole("block_count", limits.layers);
  const rope: RopeSettings = {
    ropeTheta: hasField(fields, key("rope.freq_base"))
      ? numberField(fields, key("rope.freq_base"), { low: 1, high: 1e12 })
      : 10_000,
    ropeScaling: parseScaling(fields, key, maxPositions),
  };
  return {
    architecture,
    vocabularySize,
    hiddenSize,
    intermediateSize: whole("feed_forward_length", limits.intermediate),
    layerCount,
    layers: layersOf(fields, key, { architecture, layerCount, maxPositions, rope }),
    ...(architecture === "gemma3" ? gemmaBlock(hiddenSize) : plainBlock),
    headCount,
    kvHeadCount,
    headDim,
    rmsNormEpsilon: numberField(fields, key("attention.layer_norm_rms_epsilon"), { low: 1e-12, high: 0.1 }),
    maxPositions,
    hasQkvBias: tensors.has("blk.0.attn_q.bias"),
    hasQkNorm: architecture === "qwen3" || architecture === "gemma3",
    // Gemma 3 27B, told by its layers as llama.cpp does, scales by hidden / heads in place of the head size.
    queryScale: architecture === "gemma3" && layerCount === 62 ? Math.sqrt((headDim * headCount) / hiddenSize) : 1,
    isTied: !tensors.has("output.weight"),
    stopTokens: stopTokens(fields, vocabularySize),
  };
}

/** Values without their types; 64-bit integers as numbers, which is exact for any that is not refused. */
export function plainFields({ file, metadata }: Pick<GgufHeader, "file" | "metadata">): Fields {
  const plain = (item: MetadataItem): unknown => {
    if (typeof item === "bigint") return Number(item);
    if (typeof item !== "object") return item;
    // Vocabularies are long: they are not copied.
    return item.of === "array" || item.of === "u64" || item.of === "i64" ? item.items.map(plain) : item.items;
  };
  const entry = (value: MetadataValue): unknown => (value.type === "array" ? plain(value) : plain(value.value));
  return { file, values: new Map([...metadata].map(([name, value]) => [name, entry(value)])) };
}

function refusedArchitecture(file: string, named: unknown): InputError {
  const supported = [...architectures.keys()].join(", ");
  const reason = typeof named === "string" && Object.hasOwn(reasons, named) ? reasons[named] : null;
  return new InputError(
    `${file}: general.architecture is ${describe(named)}${reason === null ? "" : `: ${reason}`}; supported are ${supported}: choose a model of one of these`,
  );
}

interface LayerFrame extends Pick<ModelConfig, "architecture" | "layerCount" | "maxPositions"> {
  readonly rope: RopeSettings;
}

/** What GGUF files do not say of single layers follows from the architecture: every fourth of SmolLM3 is not rotated, every sixth of Gemma 3 sees all. */
function layersOf(
  fields: Fields,
  key: (name: string) => string,
  { architecture, layerCount, maxPositions, rope }: LayerFrame,
): LayerConfig[] {
  const name = key("attention.sliding_window");
  const width = hasField(fields, name) ? wholeNumberField(fields, name, { low: 0, high: 2 ** 31 }) : 0;
  const window = width === 0 ? null : windowWithin(width, maxPositions);
  if (architecture !== "gemma3") {
    const isRotated = rotatedLayers(layerCount, architecture === "smollm3" ? 4 : Infinity);
    const layers = isRotated.map((rotates): LayerConfig => ({ rope: rotates ? rope : null, window }));
    return requireGlobalLayer(fields.file, layers);
  }
  if (window === null) throw fieldError(fields, name, "the width of the layers that see only the newest tokens");
  const patternName = key("attention.sliding_window_pattern");
  const pattern = hasField(fields, patternName) ? wholeNumberField(fields, patternName, { low: 1, high: 1000 }) : 6;
  const localName = key("rope.freq_base_swa");
  const local = hasField(fields, localName) ? numberField(fields, localName, { low: 1, high: 1e12 }) : 10_000;
  return Array.from({ length: layerCount }, (_, layer) => {
    const isGlobal = (layer + 1) % pattern === 0;
    return isGlobal ? { rope, window: null } : { rope: { ropeTheta: local, ropeScaling: null }, window };
  });
}

/**
 * As llama.cpp reads it: linear where no type is named, and a factor that is left out or 0 scales nothing. Llama 3's scaling is
 * not among the keys: it is a tensor of divisors, which loadGguf.ts adds.
 */
function parseScaling(fields: Fields, key: (name: string) => string, maxPositions: number): RopeScaling | null {
  const type = fields.values.get(key("rope.scaling.type")) ?? "linear";
  const number = (name: string, fallback: number): number =>
    hasField(fields, key(name)) ? numberField(fields, key(name), { low: 1e-6, high: 1e6 }) : fallback;
  switch (type) {
    case "none":
      return null;
    case "linear": {
      const [name] = ["rope.scaling.factor", "rope.scale_linear"].filter((each) => hasField(fields, key(each)));
      const factor =
        name === undefined || fields.values.get(key(name)) === 0
          ? 1
          : numberField(fields, key(name), { low: 1, high: 1e6 });
      return factor === 1 ? null : { type: "linear", factor };
    }
    case "yarn": {
      const factor = numberField(fields, key("rope.scaling.factor"), { low: 1, high: 1e6 });
      const original = key("rope.scaling.original_context_length");
      return {
        type: "yarn",
        factor,
        originalMaxPositions: hasField(fields, original)
          ? wholeNumberField(fields, original, limits.positions)
          : maxPositions,
        betaFast: number("rope.scaling.yarn_beta_fast", 32),
        betaSlow: number("rope.scaling.yarn_beta_slow", 1),
        attentionFactor: number("rope.scaling.attn_factor", 1) * (0.1 * Math.log(factor) + 1),
      };
    }
    default:
      throw new InputError(
        `${fields.file}: ${key("rope.scaling.type")} is ${describe(type)}; supported are none, linear and yarn: choose another model`,
      );
  }
}

/** Control tokens that end a turn, whatever the file names as its end. llama.cpp goes by the same names. */
const turnEnds = ["<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<|end_of_text|>", "<end_of_turn>", "<|end|>"];

function stopTokens(fields: Fields, vocabularySize: number): number[] {
  const found = ["eos_token_id", "eot_token_id", "eom_token_id"].map((name) => {
    const full = `tokenizer.ggml.${name}`;
    if (!hasField(fields, full)) return -1;
    const token = fields.values.get(full);
    if (typeof token === "number" && Number.isInteger(token)) return token;
    throw fieldError(fields, full, "a whole number");
  });
  const texts = fields.values.get("tokenizer.ggml.tokens");
  const types = fields.values.get("tokenizer.ggml.token_type");
  if (Array.isArray(texts) && Array.isArray(types)) {
    for (const name of turnEnds) {
      const token = texts.indexOf(name);
      if (token >= 0 && types[token] === 3) found.push(token);
    }
  }
  // Some files write 2^32 − 1 for none, and a token outside the vocabulary cannot occur.
  return [...new Set(found.filter((token) => token >= 0 && token < vocabularySize))].sort((a, b) => a - b);
}
