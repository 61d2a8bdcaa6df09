import { expect, it } from "vitest";
import { directorySource } from "../../scripts/directorySource";
import { shippedModels } from "../settings/shippedModels";
import { loadModel } from "./loadModel";
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

it.each(shippedModels)("$id ships with filters of its own weights, of length 1", async ({ id }) => {
  const { filters, config } = await loadModel(directorySource(`public/models/${id}`));
  expect(filters).toHaveLength(config.layerCount * config.kvHeadCount * config.headDim);
  const lengths = Array.from({ length: config.layerCount * config.kvHeadCount }, (_, head) =>
    Math.hypot(...(filters ?? []).slice(head * config.headDim, (head + 1) * config.headDim)),
  );
  for (const length of lengths) expect(length).toBeCloseTo(1, 3);
});
