import { describe, expect, it } from "vitest";
import { createHash } from "node:crypto";
import { InputError } from "../../lib/errors";
import { parseModelConfig, type ModelConfig } from "../config";
import { drawCheckpoint } from "../drawCheckpoint.testing";
import { loadModel } from "../loadModel";
import { widenWeights } from "../readMatrix";
import { parseSafetensorsHeader, readTensor } from "../safetensors";
import { memorySource } from "../source";
import { memoryBytes, type ByteSource } from "../source/byteSource";
import type { LoadedModel } from "../loadModel";
import { codeTensor, ggufBytes, modelMetadata, modelTensors, numberTensor, type DrawnGguf } from "./drawGguf.testing";
import type { MetadataValue } from "./ggufFile";
import { loadGguf } from "./loadGguf";

const sizes = {
  ...{ vocab_size: 12, hidden_size: 8, intermediate_size: 16, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ num_key_value_heads: 1, max_position_embeddings: 64, head_dim: 8, rope_theta: 10000, rms_norm_eps: 2 ** -17 },
};

/** A checkpoint in both layouts. */
function draw(changes: Readonly<Record<string, unknown>>): { folder: Record<string, Uint8Array>; gguf: DrawnGguf } {
  const folder = drawCheckpoint({ ...sizes, ...changes });
  const config = configOf(folder);
  const file = folder["model.safetensors"];
  const tensors = Object.fromEntries(
    [...parseSafetensorsHeader(file, "m").values()].map((entry) => [
      entry.name,
      { shape: entry.shape, values: readTensor(file, entry, "m") },
    ]),
  );
  return { folder, gguf: { metadata: modelMetadata(config), tensors: modelTensors(config, tensors) } };
}

function configOf(folder: Record<string, Uint8Array>): ModelConfig {
  return parseModelConfig(new TextDecoder().decode(folder["config.json"]), "config.json", null);
}

function load(gguf: DrawnGguf, name = "m.gguf"): Promise<LoadedModel> {
  return loadGguf([memoryBytes(name, ggufBytes(gguf))]);
}

const llama = draw({});
const withMetadata = (changes: Readonly<Record<string, MetadataValue | undefined>>): DrawnGguf => {
  const metadata = Object.entries({ ...llama.gguf.metadata, ...changes });
  return {
    ...llama.gguf,
    metadata: Object.fromEntries(metadata.filter((entry): entry is [string, MetadataValue] => entry[1] !== undefined)),
  };
};

describe("a checkpoint as GGUF", () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["llama", {}],
    ["llama, untied", { tie_word_embeddings: false }],
    ["qwen2", { architectures: ["Qwen2ForCausalLM"] }],
    ["qwen3", { architectures: ["Qwen3ForCausalLM"], num_key_value_heads: 2 }],
    ["smollm3", { architectures: ["SmolLM3ForCausalLM"], num_hidden_layers: 4 }],
    [
      "gemma3",
      { architectures: ["Gemma3ForCausalLM"], num_hidden_layers: 6, sliding_window: 16, query_pre_attn_scalar: 8 },
    ],
    [
      "gemma3 of 62 layers, which scales scores by another number",
      { architectures: ["Gemma3ForCausalLM"], num_hidden_layers: 62, sliding_window: 16, query_pre_attn_scalar: 4 },
    ],
  ])("is the same model as its folder: %s", async (_, changes) => {
    const { folder, gguf } = draw(changes);
    const [found, expected] = [await load(gguf), await loadModel(memorySource("m", folder))];
    expect(found.config).toEqual({ ...expected.config, stopTokens: [0] });
    expect(await widenWeights(found.weights)).toEqual(expected.weights);
    expect(found.parameterCount).toBe(expected.parameterCount);
    expect([found.weightType, expected.weightType]).toEqual(["F32", "F32"]);
    const bytes = ggufBytes(gguf);
    expect(found.digest).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(found.fileBytes).toBe(bytes.length);
  });

  it("reads rows in slabs of any size, in our order", async () => {
    const { weights } = await load(llama.gguf);
    const whole = (await widenWeights(weights)).layers[0].query as Float32Array;
    const { query } = weights.layers[0];
    if (query instanceof Float32Array) throw new Error("it is stored");
    const rows: number[] = [];
    for (let row = 0; row < query.rowCount; row += 3) {
      const bytes = await query.readRows(row, Math.min(3, query.rowCount - row));
      rows.push(...new Float32Array(new Uint8Array(bytes).buffer));
    }
    expect(rows).toEqual(Array.from(whole));
  });

  it("may lie in several files, given in any order", async () => {
    const { tensors, metadata } = llama.gguf;
    const split = (part: number): MetadataValue => ({ type: "u16", value: part });
    const parts = [tensors.slice(0, 5), tensors.slice(5)].map((own, part): ByteSource => {
      const numbers = { "split.no": split(part), "split.count": split(2) };
      const bytes = ggufBytes({ metadata: { ...(part === 0 ? metadata : {}), ...numbers }, tensors: own });
      return memoryBytes(`m-0000${part + 1}-of-00002.gguf`, bytes);
    });
    const whole = await load(llama.gguf);
    for (const files of [parts, parts.toReversed()]) {
      const found = await loadGguf(files);
      expect(await widenWeights(found.weights)).toEqual(await widenWeights(whole.weights));
    }
    await expect(loadGguf([parts[0]])).rejects.toThrow(/part 1 of 2, and the parts given are 1; give all 2 files/);
    await expect(loadGguf([parts[1]])).rejects.toThrow(/part 2 of 2/);
    await expect(loadGguf([parts[0], parts[0]])).rejects.toThrow(InputError);
  });

  it("takes Llama 3's scaling from the tensor of divisors", async () => {
    const divisors = numberTensor("rope_freqs.weight", [4], Float32Array.of(1, 1, 2, 8));
    const { config } = await load({ ...llama.gguf, tensors: [...llama.gguf.tensors, divisors] });
    expect(config.layers[0].rope?.ropeScaling).toEqual({ type: "divisors", divisors: [1, 1, 2, 8] });
  });

  it("takes yarn and linear scaling from its keys", async () => {
    const yarn = await load(
      withMetadata({
        "llama.rope.scaling.type": { type: "string", value: "yarn" },
        "llama.rope.scaling.factor": { type: "f32", value: 4 },
        "llama.rope.scaling.original_context_length": { type: "u32", value: 16 },
      }),
    );
    const betas = { betaFast: 32, betaSlow: 1, attentionFactor: 0.1 * Math.log(4) + 1 };
    expect(yarn.config.layers[0].rope?.ropeScaling).toEqual({
      type: "yarn",
      factor: 4,
      originalMaxPositions: 16,
      ...betas,
    });
    const linear = await load(withMetadata({ "llama.rope.scale_linear": { type: "f32", value: 2 } }));
    expect(linear.config.layers[0].rope?.ropeScaling).toEqual({ type: "linear", factor: 2 });
  });

  it("scales linearly where no type is named, and not at all by a factor of 0 or type none, as llama.cpp does", async () => {
    const scaling = async (changes: Readonly<Record<string, MetadataValue>>) =>
      (await load(withMetadata(changes))).config.layers[0].rope?.ropeScaling;
    const factor = (value: number) => ({ "llama.rope.scaling.factor": { type: "f32", value } }) as const;
    const none = { "llama.rope.scaling.type": { type: "string", value: "none" } } as const;
    expect(await scaling(factor(4))).toEqual({ type: "linear", factor: 4 });
    expect(await scaling({ "llama.rope.scale_linear": { type: "f32", value: 0 } })).toBeNull();
    expect(await scaling({ ...none, ...factor(4) })).toBeNull();
  });
});

describe("a GGUF file is refused", () => {
  const text = (value: string): MetadataValue => ({ type: "string", value });
  const whole = (value: number): MetadataValue => ({ type: "u32", value });
  it.each<[string, Readonly<Record<string, MetadataValue | undefined>>, RegExp]>([
    ["of an unknown architecture", { "general.architecture": text("gptj") }, /"gptj"; supported are llama/],
    ["whose layers keep a state", { "general.architecture": text("lfm2") }, /no cache that could be evicted/],
    ["of experts", { "general.architecture": text("gpt-oss") }, /mixtures of experts/],
    ["with experts", { "llama.expert_count": whole(8) }, /mixtures of experts/],
    ["without layers", { "llama.block_count": whole(0) }, /llama.block_count must be a whole number from 1/],
    ["with 512 layers", { "llama.block_count": whole(512) }, /whole number from 1 to 256/],
    ["without heads", { "llama.attention.head_count": whole(0) }, /head_count must be a whole number from 1/],
    ["with heads of odd size", { "llama.attention.key_length": whole(7) }, /expected an even number/],
    ["with partial RoPE", { "llama.rope.dimension_count": whole(4) }, /dimension_count must be 8/],
    ["with windows", { "llama.attention.sliding_window": whole(32) }, /every layer sees only the newest 32/],
    ["with RoPE of base 0", { "llama.rope.freq_base": { type: "f32", value: 0 } }, /freq_base must be a number from 1/],
    ["with RoPE of no base", { "llama.rope.freq_base": { type: "f32", value: NaN } }, /freq_base must be/],
    [
      "with heads that do not divide",
      { "llama.attention.head_count_kv": whole(3) },
      /a divisor of the number of heads/,
    ],
    [
      "with layers of different width",
      {
        "llama.feed_forward_length": { type: "array", of: "u32", items: [16, 24] },
      },
      /the same for every layer/,
    ],
    ["without a tokenizer", { "tokenizer.ggml.tokens": undefined }, /tokenizer.ggml.tokens must be a list/],
    [
      "with tokens of another kind",
      {
        "tokenizer.ggml.tokens": { type: "array", of: "u8", items: [1, 2, 3] },
      },
      /tokenizer.ggml.tokens must be a list/,
    ],
    ["that splits nobody knows how", { "tokenizer.ggml.pre": text("nobody") }, /how this tokenizer splits/],
    ["that splits by a default", { "tokenizer.ggml.pre": text("default") }, /how this tokenizer splits/],
    [
      "with merges of unknown parts",
      {
        "tokenizer.ggml.merges": { type: "array", of: "string", items: ["zz yy"] },
      },
      /needs a token that vocab lacks/,
    ],
  ])("%s", async (_, changes, message) => {
    const attempt = load(withMetadata(changes));
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });

  const { tensors } = llama.gguf;
  it.each<[string, DrawnGguf["tensors"], RegExp]>([
    ["that lacks a tensor", tensors.slice(1), /is missing/],
    ["with a tensor too many", [...tensors, { ...tensors[0], name: "v.patch_embd" }], /not part of the model/],
    [
      "with another shape",
      [{ ...tensors[0], dims: [...tensors[0].dims].reverse() }, ...tensors.slice(1)],
      /dimensions/,
    ],
  ])("%s", async (_, changed, message) => {
    await expect(load({ ...llama.gguf, tensors: changed })).rejects.toThrow(message);
  });

  it("whose norms or matrices are not finite, with tensor and row", async () => {
    const broken = (name: string, at: number): DrawnGguf => ({
      ...llama.gguf,
      tensors: tensors.map((tensor) => {
        if (tensor.name !== name) return tensor;
        const bytes = tensor.bytes.slice();
        new DataView(bytes.buffer).setFloat32(4 * at, NaN, true);
        return { ...tensor, bytes };
      }),
    });
    await expect(load(broken("blk.1.attn_norm.weight", 2))).rejects.toThrow(
      /blk.1.attn_norm.weight has a number in row 0/,
    );
    const model = await load(broken("blk.0.ffn_down.weight", 3 * 16 + 1));
    await expect(widenWeights(model.weights)).rejects.toThrow(/blk.0.ffn_down.weight has a number in row 3/);
  });

  it("with a type that cannot be computed with, which is named", async () => {
    const wide = draw({ hidden_size: 256, head_dim: 32 });
    const others = wide.gguf.tensors.filter(({ name }) => name !== "blk.0.ffn_gate.weight");
    const gate = codeTensor("blk.0.ffn_gate.weight", [256, 16], { type: "Q4_K", size: 0.1, seed: 3 });
    await expect(load({ ...wide.gguf, tensors: [...others, gate] })).resolves.toMatchObject({ weightType: "F32" });
    const bytes = ggufBytes({ ...wide.gguf, tensors: [...others, gate] });
    const at = Buffer.from(bytes).indexOf("blk.0.ffn_gate.weight") + 21 + 4 + 16;
    bytes[at] = 23; // IQ4_XS, whose blocks are smaller
    await expect(loadGguf([memoryBytes("m.gguf", bytes)])).rejects.toThrow(/is of type IQ4_XS; supported are F32/);
  });
});
