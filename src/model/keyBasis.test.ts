import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { directorySource } from "../../scripts/directorySource";
import { sha256 } from "../lib/sha256";
import { shippedModels } from "../settings/shippedModels";
import { encodeText } from "./drawCheckpoint.testing";
import { encodeDirections, parseKeyBasisFile, readKeyBasis, type KeyBasis } from "./keyBasis";
import { loadModel } from "./loadModel";
import { memorySource } from "./source";

const model = { layerCount: 1, kvHeadCount: 2, headDim: 1, digest: "abcdef0123" };
const basis: KeyBasis = [Float32Array.of(0.6, 0.8, -0.8, 0.6)];
const plainFile = {
  version: 1,
  command: "npm run basis -- --model tiny",
  model: { id: "tiny", digest: model.digest },
  keyCount: 100,
  coordinateCount: 2,
  directionsDigest: await sha256(encodeDirections(basis)),
  layers: [{ before: [3, 1], after: [2, 2], byHead: [[2], [2]] }],
};

async function read(file: object, directions = encodeDirections(basis)): Promise<KeyBasis | null> {
  const files = { "basis.json": encodeText(JSON.stringify(file)), "basis.bin": directions };
  return readKeyBasis(memorySource("tiny", files), model);
}

describe("basis.json and basis.bin", () => {
  it("give back the directions bit by bit", async () => {
    expect(await read(plainFile)).toEqual(basis);
  });

  it("are null where the folder has none", async () => {
    expect(await readKeyBasis(memorySource("tiny", {}), model)).toBeNull();
  });

  it.each<[what: string, file: object, message: RegExp]>([
    ["a later version", { ...plainFile, version: 2 }, /^tiny\/basis\.json: version: /],
    ["a missing layer", { ...plainFile, layers: [] }, /expected 1 layers of up to 2 directions/],
    ["other weights", { ...plainFile, model: { id: "t", digest: "12345678" } }, /model.digest: expected abcdef01/],
    ["other directions", { ...plainFile, directionsDigest: "00" }, /^tiny\/basis\.bin: expected the directions/],
  ])("say what is wrong where: %s", async (_, file, message) => {
    await expect(read(file)).rejects.toThrow(message);
    await expect(read(file)).rejects.toThrow(/; make it again with npm run basis$/);
  });

  it("are refused where the directions are cut short", async () => {
    await expect(read(plainFile, new Uint8Array(12))).rejects.toThrow("basis.bin: expected 16 bytes, found 12");
  });
});

describe.each(shippedModels)("$id ships with a basis of its own keys", ({ id }) => {
  it("orthonormal", async () => {
    const { config, readBasis } = await loadModel(directorySource(`public/models/${id}`));
    const layers = (await readBasis()) ?? [];
    expect(layers).toHaveLength(config.layerCount);
    const width = config.kvHeadCount * config.headDim;
    const row = (layer: Float32Array, at: number) => layer.subarray(at * width, (at + 1) * width);
    for (const layer of layers) {
      for (const [left, right] of [
        [0, 0],
        [0, 1],
        [3, 3],
        [3, 90],
        [127, 127],
      ] as const) {
        // prettier-ignore
        const other = row(layer, right);
        const product = row(layer, left).reduce((sum, entry, dim) => sum + entry * other[dim], 0);
        expect(product).toBeCloseTo(left === right ? 1 : 0, 5);
      }
    }
  });

  it("that holds more of the keys jointly than head by head, and more before RoPE than after", async () => {
    const text = await readFile(`public/models/${id}/basis.json`, "utf8");
    const { config, digest } = await loadModel(directorySource(`public/models/${id}`));
    const file = parseKeyBasisFile(text, "basis.json", { ...config, digest });
    const held = (energies: readonly number[], rank: number) => sum(energies.slice(0, rank)) / sum(energies);
    for (const { before, after, byHead } of file.layers) {
      expect(held(before, 32)).toBeGreaterThan(held(after, 32));
      for (const rank of [8, 16, 32, 64]) {
        const alone = sum(byHead.map((head) => sum(head.slice(0, rank / byHead.length)))) / sum(before);
        expect(held(before, rank)).toBeGreaterThanOrEqual(alone - 1e-5);
      }
    }
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
