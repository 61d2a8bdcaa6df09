import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { InputError } from "../src/lib/errors";
import { loadModel } from "../src/model/loadModel";
import { directorySource } from "./directorySource";

const models = fileURLToPath(new URL("../public/models", import.meta.url));

it("loads the shipped model from its folder", async () => {
  const model = await loadModel(directorySource(`${models}/winnow-1m`));
  expect(model.parameterCount).toBe(1016960);
});

it("reads null for a file that is not there, and refuses a folder in place of a file", async () => {
  expect(await directorySource(models).read("config.json")).toBeNull();
  await expect(directorySource(models).read("winnow-1m")).rejects.toThrow(InputError);
});
