// What settings learn of a model from its files alone.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parseModelConfig } from "../model/config";
import { drawCheckpoint } from "../model/drawCheckpoint.testing";
import { ggufBytes, modelMetadata } from "../model/gguf/drawGguf.testing";
import { inspectModel } from "./inspectModel";

const folder = drawCheckpoint({ num_attention_heads: 4, num_key_value_heads: 2 });
const metadata = modelMetadata(parseModelConfig(new TextDecoder().decode(folder["config.json"]), "config.json", null));
const blobOf = (bytes: Uint8Array): Blob => new Blob([Uint8Array.from(bytes)]);

it("reads numbers of heads that a GGUF file writes once per layer", async () => {
  const perLayer = (count: number) => ({ type: "array", of: "u32", items: [count, count] }) as const;
  const heads = { "llama.attention.head_count": perLayer(4), "llama.attention.head_count_kv": perLayer(2) };
  const file = ggufBytes({ metadata: { ...metadata, ...heads }, tensors: [] });
  const facts = await inspectModel([{ path: "m.gguf", blob: blobOf(file) }]);
  expect(facts).toMatchObject({ layerCount: 2, headCount: 4, kvHeadCount: 2, headDim: 2 });
});

it.each([
  ["as MLX quantised it", "fixtures/mlx/affine", "MLX_4BIT"],
  ["of plain numbers", null, "F32"],
])("names the weights of a folder %s", async (_, place, weightType) => {
  const read = (name: string): Uint8Array =>
    place === null ? folder[name] : readFileSync(fileURLToPath(new URL(`../../${place}/${name}`, import.meta.url)));
  const files = ["config.json", "tokenizer.json", "model.safetensors"];
  const facts = await inspectModel(files.map((path) => ({ path, blob: blobOf(read(path)) })));
  expect(facts.weightType).toBe(weightType);
});
