import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { InputError } from "../src/lib/errors";
import { loadModel } from "../src/model/loadModel";
import { shippedModels } from "../src/settings/shippedModels";
import { directorySource } from "./directorySource";

const models = fileURLToPath(new URL("../public/models", import.meta.url));

it.each(shippedModels)("loads the shipped model $id from its folder, 8 MB at most", async ({ id }) => {
  const model = await loadModel(directorySource(`${models}/${id}`));
  expect(model.parameterCount).toBeLessThan(1.2e6);
  expect(model.fileBytes).toBeLessThan(8e6);
  expect(model.config.layerCount).toBeGreaterThanOrEqual(4);
  // The unshared model alone has a KV head for each query head.
  expect(model.config.headCount / model.config.kvHeadCount).toBe(id.endsWith("unshared") ? 1 : 2);
  // The model card names the weights that it describes.
  expect(await readFile(`${models}/${id}/README.md`, "utf8")).toContain(model.digest);
});

it("reads null for a file that is not there, and refuses a folder in place of a file", async () => {
  expect(await directorySource(models).read("config.json")).toBeNull();
  await expect(directorySource(models).read("winnow-1m")).rejects.toThrow(InputError);
});
