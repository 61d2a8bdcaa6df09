import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { shippedModels } from "../settings/shippedModels";
import { parseQueryFilters } from "./queryFilters";

const model = { layerCount: 1, kvHeadCount: 2, headDim: 2, digest: "abcdef0123" };
const plainFile = {
  version: 1,
  command: "npm run filters -- --model tiny",
  model: { id: "tiny", digest: model.digest },
  tokenCount: 100,
  explained: [[0.9, 0.8]],
  filters: [
    [
      [1, 0],
      [0.6, 0.8],
    ],
  ],
};
const parse = (file: object) => parseQueryFilters(JSON.stringify(file), "tiny/filters.json", model);

it("gives the filters of all heads in a row", () => {
  expect([...parse(plainFile)]).toEqual([1, 0, 0.6, 0.8].map(Math.fround));
});

it.each<[what: string, file: object, message: string]>([
  ["a later version", { ...plainFile, version: 2 }, "version: Invalid type: Expected 1 but received 2"],
  ["a word among the numbers", { ...plainFile, filters: [[["one", 0]]] }, "filters.0.0.0: Invalid type"],
  ["a head too few", { ...plainFile, filters: [[[1, 0]]] }, "expected 1 layers of 2 KV heads of 2 numbers"],
  ["other weights", { ...plainFile, model: { id: "tiny", digest: "123456789" } }, "model.digest: expected abcdef01"],
])("says what is wrong where: %s", (_, file, message) => {
  expect(() => parse(file)).toThrow(message);
  expect(() => parse(file)).toThrow(/^tiny\/filters\.json: .*make it again with npm run filters$/);
});

it.each(shippedModels)("$id ships with filters of its own weights, of length 1", async ({ id, digest }) => {
  const text = await readFile(`public/models/${id}/filters.json`, "utf8");
  const [shape, headDim] = [{ layerCount: 4, kvHeadCount: 4 }, 32];
  const filters = parseQueryFilters(text, "filters.json", { ...shape, headDim, digest });
  for (let start = 0; start < filters.length; start += headDim) {
    expect(Math.hypot(...filters.subarray(start, start + headDim))).toBeCloseTo(1, 3);
  }
});
