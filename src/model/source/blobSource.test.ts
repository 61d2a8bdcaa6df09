import { expect, it } from "vitest";
import { InputError } from "../../lib/errors";
import { blobSource } from "./blobSource";

const text = (content: string): Blob => new Blob([content]);

it("reads files of a folder by name, and says which are missing by null", async () => {
  const source = blobSource("my model", [{ path: "config.json", blob: text("{}") }]);
  expect(new TextDecoder().decode((await source.read("config.json")) ?? undefined)).toBe("{}");
  expect(await source.read("tokenizer.json")).toBeNull();
  expect("openGguf" in source).toBe(false);
});

it("gives the parts of a GGUF model in their order, to be read by ranges", async () => {
  const source = blobSource("split", [
    { path: "m-00001-of-00002.gguf", blob: text("GGUF one") },
    { path: "m-00002-of-00002.gguf", blob: text("GGUF two") },
  ]);
  const parts = (await source.openGguf?.()) ?? [];
  expect(parts.map(({ name, size }) => [name, size])).toEqual([
    ["m-00001-of-00002.gguf", 8],
    ["m-00002-of-00002.gguf", 8],
  ]);
  expect(new TextDecoder().decode(await parts[1].read(5, 3))).toBe("two");
});

it("says what to do about a model that is not here, and about a file that changed on disk", async () => {
  await expect(blobSource("Qwen3", []).read("config.json")).rejects.toThrow(/isn’t in this browser: open Models/);
  const changed = {
    arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")),
  } as unknown as Blob;
  const reading = blobSource("m", [{ path: "config.json", blob: changed }]).read("config.json");
  await expect(reading).rejects.toThrow(InputError);
});
