import fc from "fast-check";
import { describe, expect, it } from "vitest";
import configText from "../../public/models/winnow-1m/config.json?raw";
import generationText from "../../public/models/winnow-1m/generation_config.json?raw";
import { InputError } from "../lib/errors";
import { parseModelConfig, plainBlock, type ModelConfig } from "./config";
import { fullLayers } from "./layerConfig";

const llama = {
  architectures: ["LlamaForCausalLM"],
  vocab_size: 96,
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-5,
  max_position_embeddings: 512,
  eos_token_id: 2,
};

const parse = (changes: Record<string, unknown>, generation: string | null = null) =>
  parseModelConfig(JSON.stringify({ ...llama, ...changes }), "m/config.json", generation);

describe("parseModelConfig", () => {
  it("reads the shipped model", () => {
    expect(parseModelConfig(configText, "winnow-1m/config.json", generationText)).toEqual({
      architecture: "llama",
      vocabularySize: 256,
      hiddenSize: 128,
      intermediateSize: 384,
      layerCount: 4,
      layers: fullLayers(4, { ropeTheta: 10000, ropeScaling: null }),
      headCount: 8,
      kvHeadCount: 4,
      headDim: 32,
      rmsNormEpsilon: 1e-5,
      maxPositions: 1024,
      hasQkvBias: false,
      hasQkNorm: false,
      queryScale: 1,
      ...plainBlock,
      isTied: true,
      stopTokens: [2],
    });
  });

  it("gives Qwen2 its biases and Qwen3 its norms and its default head size", () => {
    const qwen2 = parse({ architectures: ["Qwen2ForCausalLM"] });
    expect([qwen2.hasQkvBias, qwen2.hasQkNorm, qwen2.headDim]).toEqual([true, false, 8]);
    const qwen3 = parse({ architectures: ["Qwen3ForCausalLM"] });
    expect([qwen3.hasQkvBias, qwen3.hasQkNorm, qwen3.headDim]).toEqual([false, true, 128]);
    expect(parse({ architectures: ["Qwen3ForCausalLM"], head_dim: 24 }).headDim).toBe(24);
  });

  it("takes as many KV heads as heads if the config names none", () => {
    expect(parse({ num_key_value_heads: null }).kvHeadCount).toBe(4);
  });

  it("takes the stop tokens of generation_config.json alone if it exists, as transformers does", () => {
    expect(parse({ eos_token_id: [7, 3] }, '{"eos_token_id": [3, 1]}').stopTokens).toEqual([1, 3]);
    expect(parse({ eos_token_id: 7 }, "{}").stopTokens).toEqual([]);
    expect(parse({ eos_token_id: [7, 3] }).stopTokens).toEqual([3, 7]);
    expect(parse({ eos_token_id: undefined }).stopTokens).toEqual([2]); // Llama's default
  });

  it.each([
    ["−1 for none", -1, []],
    ["a token beyond the vocabulary", [2, 96], [2]],
    ["null among others", [2, null], [2]],
    ["null", null, []],
  ])("leaves out a stop token that cannot occur: %s", (_, eos_token_id, expected) => {
    expect(parse({ eos_token_id }).stopTokens).toEqual(expected);
  });

  it("fills in the defaults that transformers leaves out", () => {
    const { rmsNormEpsilon, maxPositions, intermediateSize } = parse({
      rms_norm_eps: undefined,
      max_position_embeddings: undefined,
      intermediate_size: undefined,
    });
    expect([rmsNormEpsilon, maxPositions, intermediateSize]).toEqual([1e-6, 2048, 11008]);
    const small = { hidden_size: 64, num_attention_heads: 32, num_key_value_heads: undefined };
    expect(parse({ ...small, architectures: ["Qwen2ForCausalLM"] }).kvHeadCount).toBe(32);
  });

  it("goes by model_type if no architecture is named, and reads swish as silu", () => {
    const config = parse({ architectures: null, model_type: "qwen3", hidden_act: "swish" });
    expect(config.architecture).toBe("qwen3");
  });

  it("reads NaN and Infinity, as Python writes them, where nothing depends on them", () => {
    const text = (value: string): string =>
      JSON.stringify({ ...llama, note: "NaN", idle: 0 }).replace('"idle":0', `"idle":[NaN,-Infinity,${value}]`);
    expect(parseModelConfig(text("1"), "m/config.json", null).layerCount).toBe(2);
    const needed = JSON.stringify(llama).replace('"hidden_size":32', '"hidden_size":NaN');
    expect(() => parseModelConfig(needed, "m/config.json", null)).toThrow("hidden_size must be a whole number");
  });

  const llama3 = { factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const llama3Scaling = {
    type: "llama3",
    factor: 8,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalMaxPositions: 256,
  };
  it.each([
    ["nothing", {}, 10000, null],
    ["rope_theta alone", { rope_theta: 5e5, rope_scaling: null }, 5e5, null],
    [
      "rope_scaling.type",
      { rope_theta: 5e5, rope_scaling: { type: "linear", factor: 2 } },
      5e5,
      { type: "linear", factor: 2 },
    ],
    [
      "rope_scaling.rope_type",
      { rope_scaling: { ...llama3, rope_type: "llama3", original_max_position_embeddings: 256 } },
      10000,
      llama3Scaling,
    ],
    ["rope_parameters", { rope_parameters: { rope_theta: 1e6, rope_type: "default" } }, 1e6, null],
    ["rope_parameters without a type", { rope_parameters: { rope_theta: 1e6 } }, 1e6, null],
    [
      "a type that is null",
      { rope_scaling: { rope_type: null, type: "linear", factor: 2 } },
      10000,
      { type: "linear", factor: 2 },
    ],
    [
      "several places that agree",
      {
        rope_theta: 1e6,
        rope_scaling: { type: "linear", factor: 2 },
        rope_parameters: { rope_theta: 1e6, rope_type: "linear", factor: 2 },
      },
      1e6,
      { type: "linear", factor: 2 },
    ],
    [
      "rope_parameters of llama3",
      {
        rope_parameters: {
          ...llama3,
          rope_theta: 1e6,
          rope_type: "llama3",
          original_max_position_embeddings: 256,
        },
      },
      1e6,
      llama3Scaling,
    ],
  ])("reads RoPE from %s", (_, changes, theta, scaling) => {
    const rope = { ropeTheta: theta, ropeScaling: scaling };
    expect(parse(changes).layers.map((layer) => layer.rope)).toEqual([rope, rope]);
  });

  it.each([
    [
      "another architecture",
      { architectures: ["GemmaForCausalLM"] },
      "supported are LlamaForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM",
    ],
    ["no architecture", { architectures: undefined }, "architectures is null"],
    [
      "another rope type",
      { rope_scaling: { type: "longrope", factor: 4 } },
      "supported are default, linear, llama3 and yarn",
    ],
    [
      "rope per layer type",
      { rope_parameters: { full_attention: { rope_type: "default" } } },
      "only one setting for all layers is supported",
    ],
    [
      "two rope scalings that disagree",
      { rope_parameters: { rope_type: "default" }, rope_scaling: { rope_type: "linear", factor: 4 } },
      'rope_scaling is none and {"type":"linear","factor":4}, expected one value',
    ],
    [
      "two rope bases that disagree",
      { rope_theta: 5e5, rope_parameters: { rope_type: "default", rope_theta: 1e6 } },
      "rope_theta is 500000 and 1000000",
    ],
    [
      "two rope types that disagree",
      { rope_scaling: { rope_type: "default", type: "linear", factor: 4 } },
      'type must be the same as rope_type ("default")',
    ],
    [
      "a model type of another architecture",
      { model_type: "qwen2" },
      'model_type must be "llama", as architectures says',
    ],
    ["a rope scaling that isn't an object", { rope_scaling: "linear" }, "expected a JSON object"],
    ["partial rotation", { partial_rotary_factor: 0.5 }, "partial_rotary_factor must be 1"],
    ["a zero scaling factor", { rope_scaling: { type: "linear", factor: 0 } }, "factor must be a number from 1"],
    [
      "equal llama3 frequencies",
      { rope_scaling: { ...llama3, high_freq_factor: 1, type: "llama3" } },
      "high_freq_factor must be above",
    ],
    ["another activation", { hidden_act: "gelu" }, 'hidden_act must be "silu"'],
    ["an attention bias", { attention_bias: true }, "attention_bias must be false"],
    ["an MLP bias", { mlp_bias: true }, "mlp_bias must be false"],
    ["GPTQ", { quantization_config: { quant_method: "gptq", bits: 4 } }, "GPTQ"],
    ["AWQ", { quantization_config: { quant_method: "awq" } }, "take the GGUF of the same model"],
    ["compressed-tensors", { quantization_config: { quant_method: "compressed-tensors" } }, "compressed-tensors"],
    ["bitsandbytes", { quantization_config: { quant_method: "bitsandbytes" } }, "bitsandbytes"],
    ["FP8", { quantization_config: { quant_method: "fp8" } }, "FP8"],
    ["a method that nobody knows", { quantization_config: { quant_method: "__proto__" } }, '"__proto__"'],
    ["a quantisation without numbers", { quantization_config: "int4" }, "quantization_config"],
    ["MLX's MXFP4", { quantization: { mode: "mxfp4", bits: 4, group_size: 32 } }, "mode"],
    ["MLX's three bits", { quantization: { bits: 3, group_size: 64 } }, "expected 4 or 8"],
    ["groups that MLX does not have", { quantization: { bits: 4, group_size: 48 } }, "expected 32, 64 or 128"],
    [
      "a module of six bits",
      { quantization: { bits: 4, group_size: 64, lm_head: { bits: 6, group_size: 64 } } },
      "lm_head",
    ],
    [
      "sliding windows by flag",
      { use_sliding_window: true, sliding_window: 32, max_window_layers: 1 },
      "sliding-window",
    ],
    ["sliding windows by layer type", { layer_types: ["full_attention", "sliding_attention"] }, "sliding-window"],
    ["KV heads that do not divide", { num_key_value_heads: 3 }, "a divisor of num_attention_heads (4)"],
    ["heads that do not divide", { num_attention_heads: 6 }, "a divisor of hidden_size (32)"],
    ["an odd head size", { head_dim: 7 }, "head_dim is 7, expected an even number"],
    [
      "a huge vocabulary",
      { vocab_size: 2 ** 53 },
      "vocab_size must be a whole number from 2 to 1048576, found 9007199254740992",
    ],
    ["a fractional size", { hidden_size: 32.5 }, "hidden_size must be a whole number"],
    ["a size in words", { num_hidden_layers: "two" }, 'found "two"'],
    ["a size that is null", { intermediate_size: null }, "found null"],
    ["a stop token in words", { eos_token_id: "</s>" }, "eos_token_id must be whole numbers"],
    ["a tied flag that isn't a boolean", { tie_word_embeddings: 1 }, "tie_word_embeddings must be true or false"],
  ])("refuses %s", (_, changes, message) => {
    const attempt = () => parse(changes);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow("m/config.json");
  });

  it("accepts a sliding window that is switched off or starts after the last layer", () => {
    expect(parse({ use_sliding_window: false, sliding_window: 32768 }).layerCount).toBe(2);
    const late = { use_sliding_window: true, sliding_window: 32, max_window_layers: 2 };
    expect(parse(late).layerCount).toBe(2);
  });

  it("names generation_config.json when that one is at fault", () => {
    expect(() => parse({}, "{")).toThrow("m/generation_config.json: expected JSON");
    expect(() => parse({}, '{"eos_token_id": 1.5}')).toThrow("m/generation_config.json: eos_token_id");
  });

  it("gives a plausible shape or an InputError for any JSON", () => {
    const field = fc.constantFrom(
      ...Object.keys(llama),
      "rope_scaling",
      "rope_parameters",
      "head_dim",
      "layer_types",
      "sliding_window",
      "use_sliding_window",
    );
    const value = fc.oneof(fc.jsonValue(), fc.integer(), fc.double(), fc.constantFrom(0, -1, 2 ** 53, 1e308));
    fc.assert(
      fc.property(fc.dictionary(field, value, { maxKeys: 3 }), fc.option(fc.json()), (changes, generation) => {
        try {
          const config = parse(changes, generation);
          expect(config.headCount % config.kvHeadCount).toBe(0);
          expect(config.headDim % 2).toBe(0);
          expect(config.vocabularySize * config.hiddenSize).toBeLessThan(2 ** 53);
          for (const token of config.stopTokens) expect(token).toBeLessThan(config.vocabularySize);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("survives deep nesting", () => {
    const deep = `${"[".repeat(50000)}${"]".repeat(50000)}`;
    const text = `{"architectures": ${deep}}`;
    expect(() => parseModelConfig(text, "m/config.json", null)).toThrow(InputError);
  });
});

describe("further architectures", () => {
  const shared = {
    ...{ vocab_size: 12, hidden_size: 8, intermediate_size: 16, num_hidden_layers: 5, num_attention_heads: 2 },
    ...{ num_key_value_heads: 1, max_position_embeddings: 64 },
  };
  const read = (fields: Readonly<Record<string, unknown>>) =>
    parseModelConfig(JSON.stringify({ ...shared, ...fields }), "m/config.json", null);

  it("reads which layers of SmolLM3 go without RoPE, and that it is tied unless it says otherwise", () => {
    const architectures = ["SmolLM3ForCausalLM"];
    const bare = read({ architectures });
    const still = ({ layers }: ModelConfig) => layers.flatMap(({ rope }, layer) => (rope === null ? [layer] : []));
    expect([still(bare), bare.isTied, bare.layers[0].rope?.ropeTheta]).toEqual([[3], true, 2_000_000]);
    expect(still(read({ architectures, no_rope_layer_interval: 2 }))).toEqual([1, 3]);
    expect(still(read({ architectures, no_rope_layers: [1, 0, 1, 1, 0] }))).toEqual([1, 4]);
    expect(read({ architectures, tie_word_embeddings: false }).isTied).toBe(false);
    expect(() => read({ architectures, no_rope_layers: [1, 0] })).toThrow(/no_rope_layers must be a list of 0 or 1/);
  });

  it("takes Mistral without a window, and refuses it with one or where the field is left out", () => {
    const architectures = ["MistralForCausalLM"];
    const max_position_embeddings = 32_768;
    expect(read({ architectures, max_position_embeddings, sliding_window: null }).architecture).toBe("mistral");
    expect(() => read({ architectures, max_position_embeddings })).toThrow(/every layer sees only the newest 4096/);
    expect(read({ architectures }).architecture).toBe("mistral"); // no further than the window reaches
  });

  const windowsOf = ({ layers }: ModelConfig) => layers.map(({ window }) => window);

  it("reads from which layer on a Qwen sees only its newest tokens, and refuses one that does so in all", () => {
    const qwen = { architectures: ["Qwen2ForCausalLM"], use_sliding_window: true, sliding_window: 16 };
    expect(windowsOf(read({ ...qwen, max_window_layers: 3 }))).toEqual([null, null, null, 16, 16]);
    expect(windowsOf(read(qwen))).toEqual([null, null, null, null, null]);
    expect(windowsOf(read({ ...qwen, max_window_layers: 3, sliding_window: 64 }))[4]).toBeNull();
    expect(() => read({ ...qwen, max_window_layers: 0 })).toThrow(/nothing that a policy could choose to keep/);
  });

  describe("Gemma 3", () => {
    const gemma = { architectures: ["Gemma3ForCausalLM"], model_type: "gemma3_text", sliding_window: 16 };
    const local = { ropeTheta: 10_000, ropeScaling: null };
    const global = { ropeTheta: 1_000_000, ropeScaling: null };

    it("takes what a file leaves out from the class", () => {
      const architectures = ["Gemma3ForCausalLM"];
      const bare = parseModelConfig(JSON.stringify({ architectures }), "m/config.json", null);
      expect(bare).toMatchObject({
        ...{ vocabularySize: 262_208, hiddenSize: 2304, intermediateSize: 9216, layerCount: 26, headDim: 256 },
        ...{ headCount: 8, kvHeadCount: 4, maxPositions: 131_072, isTied: true, stopTokens: [1], hasQkNorm: true },
        ...{ activation: "geluTanh", hasBranchNorms: true, embeddingScale: 48, queryScale: 1 },
      });
      expect(bare.layers[4]).toEqual({ rope: local, window: 4096 });
      expect(bare.layers[5]).toEqual({ rope: global, window: null });
    });

    it("reads the layers by type, or by the pattern of older files", () => {
      const layer_types = ["full_attention", ...new Array<string>(4).fill("sliding_attention")];
      expect(windowsOf(read({ ...gemma, layer_types }))).toEqual([null, 16, 16, 16, 16]);
      expect(windowsOf(read({ ...gemma, sliding_window_pattern: 3 }))).toEqual([16, 16, null, 16, 16]);
      expect(() => read({ ...gemma, layer_types: ["full_attention"] })).toThrow(/layer_types must be a list/);
      expect(() => read(gemma)).toThrow(/every layer sees only the newest 16 tokens/); // five layers, and every sixth is global
    });

    it("reads both bases of RoPE in either spelling, scaled where layers see everything", () => {
      const linear = { ropeTheta: 1_000_000, ropeScaling: { type: "linear", factor: 8 } };
      const older = {
        rope_theta: 1_000_000,
        rope_local_base_freq: 500,
        rope_scaling: { rope_type: "linear", factor: 8 },
      };
      const newer = {
        rope_parameters: {
          full_attention: { rope_type: "linear", rope_theta: 1_000_000, factor: 8 },
          sliding_attention: { rope_type: "default", rope_theta: 500 },
        },
      };
      for (const written of [older, newer]) {
        const { layers } = read({ ...gemma, ...written, sliding_window_pattern: 2 });
        expect(layers.slice(0, 2).map(({ rope }) => rope)).toEqual([{ ...local, ropeTheta: 500 }, linear]);
      }
    });

    it("finds the language model of one that sees pictures", () => {
      const nested = {
        ...{ architectures: ["Gemma3ForConditionalGeneration"], model_type: "gemma3", eos_token_id: [1, 3] },
        text_config: { ...shared, ...gemma, sliding_window_pattern: 3, query_pre_attn_scalar: 64, head_dim: 16 },
      };
      const found = parseModelConfig(JSON.stringify(nested), "m/config.json", null);
      expect([found.architecture, found.stopTokens, found.queryScale]).toEqual(["gemma3", [1, 3], 0.5]);
    });

    it.each([
      [{ hidden_activation: "silu" }, 'hidden_activation must be "gelu_pytorch_tanh"'],
      [{ attn_logit_softcapping: 50 }, "soft caps"],
      [{ use_bidirectional_attention: true }, "use_bidirectional_attention must be false"],
      [{ sliding_window: 0 }, "sliding_window must be a whole number from 1"],
    ])("refuses %j", (changes, message) => {
      expect(() => read({ ...gemma, sliding_window_pattern: 3, ...changes })).toThrow(message);
    });
  });
});
