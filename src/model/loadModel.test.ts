import { plainMatrix } from "./weights";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import type { DrawnTensor } from "./drawCheckpoint.testing";
import { drawCheckpoint, drawTokenizer, encodeSafetensors, encodeText } from "./drawCheckpoint.testing";
import { loadModel } from "./loadModel";
import { parseSafetensorsHeader, readTensor } from "./safetensors";
import { memorySource } from "./source";

type Files = Record<string, Uint8Array>;

const load = (files: Files) => loadModel(memorySource("tiny", files));

/** The tensors of a drawn checkpoint, to change and to write again. */
function tensorsOf(files: Files): Record<string, DrawnTensor> {
  const bytes = files["model.safetensors"];
  const entries = parseSafetensorsHeader(bytes, "model.safetensors").values();
  return Object.fromEntries(
    [...entries].map(({ name, shape, ...entry }) => {
      const values = readTensor(bytes, { name, shape, ...entry }, "");
      return [name, { type: entry.type as DrawnTensor["type"], shape, values }];
    }),
  );
}

function withTensor(files: Files, name: string, tensor: DrawnTensor): Files {
  return { ...files, "model.safetensors": encodeSafetensors({ ...tensorsOf(files), [name]: tensor }) };
}

function withoutTensor(files: Files, name: string): Files {
  const rest = Object.entries(tensorsOf(files)).filter(([other]) => other !== name);
  return { ...files, "model.safetensors": encodeSafetensors(Object.fromEntries(rest)) };
}

/** The same checkpoint in two shards, the embedding alone in the second. */
function sharded(files: Files, index: (map: Record<string, string>) => unknown): Files {
  const { "model.safetensors": _, ...rest } = files;
  const { "model.embed_tokens.weight": embedding, ...others } = tensorsOf(files);
  const map = Object.fromEntries(Object.keys(others).map((name) => [name, "a-1.safetensors"]));
  return {
    ...rest,
    "a-1.safetensors": encodeSafetensors(others),
    "a-2.safetensors": encodeSafetensors({ "model.embed_tokens.weight": embedding }),
    "model.safetensors.index.json": encodeText(
      JSON.stringify(index({ ...map, "model.embed_tokens.weight": "a-2.safetensors" })),
    ),
  };
}

describe("loadModel", () => {
  it("opens a tokenizer that knows more tokens than the model", async () => {
    const tokenizer = encodeText(JSON.stringify(drawTokenizer("<unk> a b c d e f g h i j k l")));
    const model = await load({ ...files, "tokenizer.json": tokenizer });
    expect(model.tokenizer.vocabularySize).toBe(13);
    expect(model.config.vocabularySize).toBe(12);
  });

  it("loads the shipped model with its digest and its 1,016,960 parameters", async () => {
    const folder = new URL("../../public/models/winnow-1m/", import.meta.url);
    const names = ["config.json", "generation_config.json", "tokenizer.json", "model.safetensors"];
    const files: Files = {};
    for (const name of names) files[name] = await readFile(new URL(name, folder));
    const progress: [number, number | null][] = [];
    const model = await loadModel(memorySource("winnow-1m", files), (loaded, total) => progress.push([loaded, total]));
    expect(model.parameterCount).toBe(1016960);
    expect(model.fileBytes).toBe(2037936);
    expect(model.digest).toBe(createHash("sha256").update(files["model.safetensors"]).digest("hex"));
    expect(model.weights.layers).toHaveLength(4);
    expect(model.weights.output).toBe(model.weights.embedding);
    expect(progress.at(-1)).toEqual([2037936, 2037936]);
    const values = [
      plainMatrix(model.weights.embedding),
      model.weights.finalNorm,
      ...model.weights.layers.flatMap((layer) => Object.values(layer) as (Float32Array | null)[]),
    ];
    expect(values.reduce((sum, tensor) => sum + (tensor?.length ?? 0), 0)).toBe(1016960);
  });

  it.each([
    ["llama", {}],
    ["qwen2", { architectures: ["Qwen2ForCausalLM"] }],
    ["qwen3", { architectures: ["Qwen3ForCausalLM"], head_dim: 6, tie_word_embeddings: false }],
  ])("gives every tensor of %s its place", async (architecture, changes) => {
    const files = drawCheckpoint(changes);
    const { weights, config } = await load(files);
    const tensors = tensorsOf(files);
    const layer = weights.layers[1];
    expect(config.architecture).toBe(architecture);
    expect(layer.query).toEqual(tensors["model.layers.1.self_attn.q_proj.weight"].values);
    expect(layer.down).toEqual(tensors["model.layers.1.mlp.down_proj.weight"].values);
    expect(layer.keyBias).toEqual(tensors["model.layers.1.self_attn.k_proj.bias"]?.values ?? null);
    expect(layer.queryNorm).toEqual(tensors["model.layers.1.self_attn.q_norm.weight"]?.values ?? null);
    expect(weights.output).toEqual((tensors["lm_head.weight"] ?? tensors["model.embed_tokens.weight"]).values);
  });

  it("reads shards to the same weights, with a digest over theirs", async () => {
    const files = drawCheckpoint();
    const shards = sharded(files, (map) => ({ metadata: { total_size: 5000 }, weight_map: map }));
    const [whole, split] = [await load(files), await load(shards)];
    expect(split.weights).toEqual(whole.weights);
    const hash = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
    expect(split.digest).toBe(hash(hash(shards["a-1.safetensors"]) + hash(shards["a-2.safetensors"])));
  });

  it.each([
    "model.layers.0.self_attn.rotary_emb.inv_freq",
    "model.layers.0.self_attn.rotary_emb.cos_cached",
    "model.layers.0.self_attn.masked_bias",
    "model.rotary_emb.original_inv_freq",
  ])("ignores %s, which follows from the config", async (name) => {
    await load(withTensor(drawCheckpoint(), name, { type: "F32", shape: [2], values: [1, 2] }));
  });

  it("ignores tensors without a value, and types that no weight has", async () => {
    await load(
      withTensor(drawCheckpoint(), "model.layers.0.self_attn.q_proj.extra", { type: "F32", shape: [0, 4], values: [] }),
    );
    const files = drawCheckpoint();
    const bytes = withTensor(files, "model.position_ids", { type: "F32", shape: [2], values: [1, 2] })[
      "model.safetensors"
    ];
    const header = new TextDecoder("latin1").decode(bytes);
    const at = header.indexOf('"model.position_ids"');
    const place = header.indexOf('"F32"', at);
    const shape = header.indexOf("[2]", at);
    const changed = Uint8Array.from(bytes);
    changed.set(encodeText('"I64"'), place);
    changed.set(encodeText("[1]"), shape);
    await load({ ...files, "model.safetensors": changed });
  });

  it("accepts a second copy of a tied output", async () => {
    const files = drawCheckpoint();
    const embedding = tensorsOf(files)["model.embed_tokens.weight"];
    expect((await load(withTensor(files, "lm_head.weight", embedding))).config.isTied).toBe(true);
    const other = { ...embedding, values: Array.from(embedding.values, (value, at) => value + (at === 5 ? 1 : 0)) };
    const attempt = load(withTensor(files, "lm_head.weight", other));
    await expect(attempt).rejects.toThrow("lm_head.weight differs from model.embed_tokens.weight");
  });

  it.each(["config.json", "tokenizer.json", "model.safetensors"])(
    "recognises %s as a Git LFS pointer",
    async (name) => {
      const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 91944\n";
      const attempt = load({ ...drawCheckpoint(), [name]: encodeText(pointer) });
      await expect(attempt).rejects.toThrow(`tiny/${name}: expected the file itself, found a Git LFS pointer`);
    },
  );

  const files = drawCheckpoint();
  const without = (name: string): Files => {
    const { [name]: _, ...rest } = files;
    return rest;
  };
  const norm = (values: number[]): DrawnTensor => ({ type: "F32", shape: [values.length], values });
  const eight = [1, 1, 1, 1, 1, 1, 1, 1];
  it.each([
    ["no config", without("config.json"), "tiny/config.json: expected a file, found none"],
    ["no tokenizer", without("tokenizer.json"), "tiny/tokenizer.json: expected a file, found none"],
    [
      "no weights",
      without("model.safetensors"),
      "tiny: expected model.safetensors or model.safetensors.index.json, found neither",
    ],
    [
      "a tensor of another shape",
      withTensor(files, "model.norm.weight", norm([1, 2])),
      "tiny/model.safetensors: tensor model.norm.weight has shape [2], expected [8]",
    ],
    [
      "a transposed matrix",
      withTensor(files, "model.layers.0.mlp.up_proj.weight", {
        type: "F32",
        shape: [8, 16],
        values: new Float32Array(128),
      }),
      "up_proj.weight has shape [8, 16], expected [16, 8]",
    ],
    [
      "a missing tensor",
      withoutTensor(files, "model.layers.1.mlp.up_proj.weight"),
      "tensor model.layers.1.mlp.up_proj.weight of shape [16, 8] is missing",
    ],
    [
      "a bias that the architecture lacks",
      withTensor(files, "model.layers.0.self_attn.q_proj.bias", norm(eight)),
      'tensor "model.layers.0.self_attn.q_proj.bias" is not part of the model',
    ],
    [
      "a NaN weight",
      withTensor(files, "model.norm.weight", norm([...eight.slice(1), NaN])),
      "tensor model.norm.weight holds NaN at index 7",
    ],
    [
      "a config of a huge model",
      drawCheckpointWith({ vocab_size: 2 ** 20, hidden_size: 2 ** 11 }),
      "has shape [12, 8], expected [1048576, 2048]",
    ],
    [
      "a shard that is not there",
      { ...sharded(files, (map) => ({ weight_map: map })), "a-2.safetensors": undefined as unknown as Uint8Array },
      "tiny/a-2.safetensors: named in model.safetensors.index.json, but there is no such file",
    ],
    [
      "a shard outside the folder",
      sharded(files, (map) => ({ weight_map: { ...map, "model.norm.weight": "../x.safetensors" } })),
      'lies in "../x.safetensors", expected a .safetensors file of the same folder',
    ],
    [
      "a shard on another host",
      sharded(files, (map) => ({ weight_map: { ...map, "model.norm.weight": "//host/x.safetensors" } })),
      "of the same folder",
    ],
    [
      "an index without a tensor",
      sharded(files, ({ "model.norm.weight": _, ...map }) => ({ weight_map: map })),
      "index.json: tensor model.norm.weight of shape [8] is missing",
    ],
    [
      "an index that names the wrong shard",
      sharded(files, (map) => ({ weight_map: { ...map, "model.norm.weight": "a-2.safetensors" } })),
      "tensor model.norm.weight is here, expected only in a-2.safetensors",
    ],
    ["an index without a map", sharded(files, () => ({})), "weight_map: expected a JSON object, found undefined"],
  ])("refuses %s", async (_, broken, message) => {
    const attempt = load(broken);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });

  it("loads or refuses a checkpoint with bytes changed in any file", async () => {
    const names = Object.keys(files);
    const change = fc.tuple(fc.constantFrom(...names), fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const broken = { ...files };
        for (const [name, place, byte] of changes) {
          broken[name] = broken[name].slice();
          broken[name][Math.floor(place * broken[name].length)] = byte;
        }
        await load(broken).catch((error: unknown) => {
          if (!(error instanceof InputError)) throw error;
        });
      }),
      { numRuns: 300 },
    );
  });
});

/** A small file under a config that asks for much more. */
function drawCheckpointWith(config: Record<string, unknown>): Files {
  const small = drawCheckpoint();
  const text = JSON.parse(new TextDecoder().decode(small["config.json"])) as object;
  return { ...small, "config.json": encodeText(JSON.stringify({ ...text, ...config })) };
}
