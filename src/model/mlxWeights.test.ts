// Folders as MLX writes them: the drawn one of fixtures/mlx, and what is wrong with others.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { directorySource } from "../../scripts/directorySource";
import { createCpuBackend } from "../engine/cpu/cpuBackend";
import { plainRequest } from "../engine/gpu/gpuTestBackend.testing";
import { InputError } from "../lib/errors";
import { sha256 } from "../lib/sha256";
import { encodeText, joinSafetensors } from "./drawCheckpoint.testing";
import { loadModel } from "./loadModel";
import { readMatrix, widenWeights } from "./readMatrix";
import { memorySource } from "./source";
import { isStored, type WeightMatrix } from "./weights";

const folder = fileURLToPath(new URL("../../fixtures/mlx/affine", import.meta.url));
const fileOf = (name: string): Uint8Array => Uint8Array.from(readFileSync(`${folder}/${name}`));

async function digestOf(matrix: WeightMatrix): Promise<string> {
  const numbers = isStored(matrix) ? await readMatrix(matrix) : matrix;
  return sha256(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
}

describe("the drawn model", async () => {
  const model = await loadModel(directorySource(folder));
  const { embedding, output, layers } = model.weights;

  it("holds the numbers of the formula, to the bit", async () => {
    const recorded = JSON.parse(new TextDecoder().decode(fileOf("digests.json"))) as Record<string, string>;
    const found: Record<string, string> = {
      "model.embed_tokens": await digestOf(embedding),
      lm_head: await digestOf(output),
    };
    for (const [layer, { query, key, value, attentionOutput, gate, up, down }] of layers.entries()) {
      const named = { "self_attn.q_proj": query, "self_attn.k_proj": key, "self_attn.v_proj": value };
      const others = { "self_attn.o_proj": attentionOutput, "mlp.gate_proj": gate, "mlp.up_proj": up };
      for (const [name, matrix] of Object.entries({ ...named, ...others, "mlp.down_proj": down })) {
        found[`model.layers.${layer}.${name}`] = await digestOf(matrix);
      }
    }
    expect(found).toEqual(recorded);
  });

  it("keeps matrices as they are stored, in the format that can say their scales", () => {
    const formats = layers.map(({ query, value, up, down }) =>
      [query, value, up, down].map((matrix) => (isStored(matrix) ? matrix.format.name : "numbers")),
    );
    expect(formats).toEqual([
      ["Q4_1", "numbers", "Q4_1", "Q4_1"],
      ["Q4_1", "Q4_1", "affine 4 bit", "affine 8 bit"],
    ]);
    expect(model.weightType).toBe("MLX 4 bit");
  });

  it("decodes as its numbers do", async () => {
    const wide = { ...model, weights: await widenWeights(model.weights) };
    const [expected, found] = await Promise.all(
      [wide, model].map(async (each) => (await createCpuBackend(each)).createSession(plainRequest)),
    );
    for (const session of [expected, found]) await session.prefill(model.tokenizer.encode("the cat sat on a mat"));
    const [numbers, blocks] = await Promise.all([expected.readLogits(), found.readLogits()]);
    const largest = numbers.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
    numbers.forEach((logit, token) => expect(Math.abs(logit - blocks[token])).toBeLessThan(1e-5 * largest));
  });
});

it("reads the codes of a language model beside one that sees pictures, module by module", async () => {
  const text = new TextDecoder().decode(fileOf("config.json"));
  const config = JSON.parse(text.replaceAll('"model.layers.', '"language_model.model.layers.')) as object;
  const bytes = fileOf("model.safetensors");
  const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes));
  const renamed = header.replaceAll(/"(model|lm_head)\./g, '"language_model.$1.');
  const { weights } = await loadModel(
    memorySource("models/mlx", {
      "config.json": encodeText(JSON.stringify(config)),
      "tokenizer.json": fileOf("tokenizer.json"),
      "model.safetensors": joinSafetensors(renamed, bytes.subarray(8 + headerBytes)),
    }),
  );
  const digests = JSON.parse(new TextDecoder().decode(fileOf("digests.json"))) as Record<string, string>;
  expect(await digestOf(weights.layers[1].down)).toBe(digests["model.layers.1.mlp.down_proj"]);
  expect(await digestOf(weights.output)).toBe(digests.lm_head);
});

describe("a folder that does not fit", () => {
  type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  const bytes = fileOf("model.safetensors");
  const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = (): Header => JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))) as Header;

  /** The model with another header, other data, or another config. */
  async function failure(change: {
    readonly header?: (header: Header) => void;
    readonly data?: (data: Uint8Array, header: Header) => Uint8Array | undefined;
    readonly config?: (config: Record<string, unknown>) => void;
  }): Promise<string> {
    const own = header();
    change.header?.(own);
    const data = Uint8Array.from(bytes.subarray(8 + headerBytes));
    const changed = change.data?.(data, own) ?? data;
    const config = JSON.parse(new TextDecoder().decode(fileOf("config.json"))) as Record<string, unknown>;
    change.config?.(config);
    const source = memorySource("models/mlx", {
      "config.json": encodeText(JSON.stringify(config)),
      "tokenizer.json": fileOf("tokenizer.json"),
      "model.safetensors": joinSafetensors(JSON.stringify(own), changed),
    });
    const error: unknown = await loadModel(source).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }

  const query = "model.layers.0.self_attn.q_proj";
  /** The tensor under another name, at the same place. */
  const rename = (from: string, to: string) => (own: Header) => {
    own[to] = own[from];
    Reflect.deleteProperty(own, from);
  };
  const quantisation = (codes: Record<string, unknown>) => (config: Record<string, unknown>) => {
    for (const name of ["quantization", "quantization_config"]) {
      config[name] = { ...(config[name] as Record<string, unknown>), ...codes };
    }
  };

  it("names the scales that are missing", async () => {
    expect(await failure({ header: rename(`${query}.scales`, "rotary_emb.inv_freq") })).toContain(
      `but ${query}.scales cannot be found`,
    );
  });

  it("names codes that are missing beside their scales", async () => {
    expect(await failure({ header: rename(`${query}.weight`, "rotary_emb.inv_freq") })).toContain(
      `but ${query}.weight cannot be found`,
    );
  });

  it("names codes of another shape than the config says", async () => {
    expect(await failure({ config: quantisation({ bits: 8 }) })).toMatch(
      /tensor \S+ has shape \[\d+, \d+\], expected \[\d+, \d+\] for 8 bits in groups of 32/,
    );
    expect(await failure({ header: (own) => (own[`${query}.weight`].shape = [32, 16]) })).toContain(
      `tensor ${query}.weight has shape [32, 16]`,
    );
  });

  it("refuses groups that do not divide the columns", async () => {
    expect(await failure({ config: quantisation({ group_size: 128 }) })).toMatch(
      /has \d+ columns, which groups of 128 do not divide/,
    );
  });

  it("refuses codes where the config says numbers", async () => {
    expect(await failure({ config: quantisation({ [query]: false }) })).toContain(
      `${query} is quantised, but config.json says that it is not`,
    );
  });

  it("refuses codes without a config that says so", async () => {
    const without = (config: Record<string, unknown>): void => {
      delete config.quantization;
      delete config.quantization_config;
    };
    expect(await failure({ config: without })).toMatch(/tensor \S+ (has shape|is not part of the model)/);
  });

  it("refuses a scale that is not finite, naming its tensor", async () => {
    const infinite = (data: Uint8Array, own: Header): undefined => {
      const [begin] = own[`${query}.scales`].data_offsets;
      data.set([0x80, 0x7f], begin + 6);
    };
    expect(await failure({ data: infinite })).toContain(`tensor ${query}.scales holds Infinity at index 3`);
  });
});
