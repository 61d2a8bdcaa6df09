import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { InputError } from "../src/lib/errors";
import { loadModel } from "../src/model/loadModel";
import { directorySource } from "./directorySource";

const models = fileURLToPath(new URL("../public/models", import.meta.url));

it("loads the pilot from its folder", async () => {
  const model = await loadModel(directorySource(`${models}/pilot`));
  expect(model.parameterCount).toBe(820352);
});

it("reads null for a file that is not there, and refuses a folder in place of a file", async () => {
  expect(await directorySource(models).read("config.json")).toBeNull();
  await expect(directorySource(models).read("pilot")).rejects.toThrow(InputError);
});
