import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { modelChoices, type HubFile } from "./listing";
import { modelDigest } from "./modelFiles";
import { promisedDigest, promisedFiles } from "./promisedFiles";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const [one, two, other] = ["one", "two", "other"].map(digest);
const file = (path: string, sha256: string | null): HubFile => ({ path, bytes: 10, sha256 });
const [whole] = modelChoices([file("m.gguf", one), file("mmproj-m.gguf", other)]);
const [split] = modelChoices([file("s-00002-of-00002.gguf", two), file("s-00001-of-00002.gguf", one)]);
const [folder] = modelChoices([
  ...[file("model.safetensors", one), file("config.json", null), file("tokenizer.json", null)],
  ...[file("README.md", null), file("onnx/config.json", null)],
]);

it("finds the models among the files of a repository", () => {
  expect(whole.files.map(({ path }) => path)).toEqual(["m.gguf"]);
  expect(split.files.map(({ path }) => path)).toEqual(["s-00001-of-00002.gguf", "s-00002-of-00002.gguf"]);
  expect(folder.files.map(({ path }) => path)).toEqual(["config.json", "tokenizer.json", "model.safetensors"]);
  expect(modelChoices([file("s-00002-of-00002.gguf", two), file("config.json", null)])).toEqual([]);
});

it("identifies a model by the digests of its weights, in the order of their names", () => {
  const [first, second] = [
    { path: "m-00001-of-00002.gguf", digest: one },
    { path: "m-00002-of-00002.gguf", digest: two },
  ];
  expect(modelDigest([first, { path: "config.json", digest: other }])).toBe(one);
  expect(modelDigest([second, first])).toBe(digest(one + two));
  expect(modelDigest([first, { ...second, digest: null }])).toBeNull();
  expect(modelDigest([{ path: "config.json", digest: one }])).toBeNull();
});

it("holds a file to the SHA-256 that was named before, whatever the hub says", () => {
  expect(promisedDigest(promisedFiles({ path: "m.gguf", sha256: other }, whole))).toBe(other);
  expect(promisedDigest(promisedFiles({ path: "m.gguf", sha256: null }, whole))).toBe(one);
  expect(promisedDigest(promisedFiles({ path: "model.safetensors", sha256: other }, folder))).toBe(other);
  // Of another file than the one that was meant it says nothing.
  expect(promisedDigest(promisedFiles({ path: "gone.gguf", sha256: other }, whole))).toBe(one);
});

it("takes the parts of a model only where they have the SHA-256 together that was named before", () => {
  const path = "s-00001-of-00002.gguf";
  const files = promisedFiles({ path, sha256: digest(one + two) }, split);
  expect(files.map(({ sha256 }) => sha256)).toEqual([one, two]);
  expect(() => promisedFiles({ path, sha256: other }, split)).toThrow(/expected files that have the SHA-256/);
});
