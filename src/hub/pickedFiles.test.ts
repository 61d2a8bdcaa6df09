import { expect, it } from "vitest";
import type { NamedBlob } from "../model/source/blobSource";
import { holdsModel, modelOfFiles } from "./pickedFiles";

const safetensors = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d);
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);
const file = (path: string, content: string | Uint8Array<ArrayBuffer> = "GGUF…"): NamedBlob => ({
  path,
  blob: new Blob([content]),
});
const names = async (files: readonly NamedBlob[]): Promise<readonly string[]> =>
  (await modelOfFiles(files)).map(({ path }) => path);

it("takes a GGUF file whatever its name", async () => {
  expect(await names([file("some/folder/m.gguf")])).toEqual(["m.gguf"]);
  expect(await names([file("blob-1234")])).toEqual(["blob-1234.gguf"]);
  expect(await names([file("M.GGUF")])).toEqual(["M.gguf"]);
});

it("puts the parts of a split file in order", async () => {
  const parts = [file("m-00002-of-00002.gguf"), file("m-00001-of-00002.gguf"), file("notes.txt", "hello")];
  expect(await names(parts)).toEqual(["m-00001-of-00002.gguf", "m-00002-of-00002.gguf"]);
});

const folder = [
  file("qwen/config.json", "{}"),
  file("qwen/tokenizer.json", "{}"),
  file("qwen/model.safetensors", safetensors),
  file("qwen/README.md", "# Qwen"),
  file("qwen/onnx/config.json", "{}"),
];

it("takes what a model needs out of its folder", async () => {
  expect(await names(folder)).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
});

it.each<[string, readonly NamedBlob[], RegExp]>([
  ["a picture", [file("a.png", png)], /a\.png: expected a model, found a picture \(PNG\)/],
  ["a picture called a model", [file("a.gguf", png)], /a\.gguf: expected a GGUF file, found a picture/],
  ["a web page", [file("m.gguf", "<!doctype html><p>Log in</p>")], /found a web page/],
  ["a PyTorch file", [file("pytorch_model.bin", "PK\u0003\u0004")], /found a zip archive/],
  [
    "weights without a tokenizer",
    [file("model.safetensors", safetensors)],
    /has no tokenizer; choose its whole folder/,
  ],
  ["two models", [file("a.gguf"), file("b.gguf")], /2 models were chosen \(a\.gguf, b\.gguf\)/],
  ["a part alone", [file("m-00002-of-00003.gguf")], /part m-00001-of-00003\.gguf is missing/],
  ["parts of two models", [file("m-00001-of-00002.gguf"), file("n-00002-of-00002.gguf")], /of another model/],
  ["a helper", [file("mmproj-F16.gguf")], /is a helper of a model/],
  ["a folder without weights", folder.slice(0, 2), /has no model\.safetensors/],
  ["nothing of a model", [file("a.txt", "a"), file("b.txt", "b")], /hold no model/],
  ["nothing", [], /No file was chosen/],
  ["an empty file", [file("m.gguf", "")], /found an empty file/],
])("refuses %s by name", async (_, files, words) => {
  await expect(modelOfFiles(files)).rejects.toThrow(words);
});

it("tells a model from a run file before anything is read as one", async () => {
  expect(await holdsModel([new Blob(["WINNOW"]), new Blob(["GGUF"])])).toBe(true);
  expect(await holdsModel([new Blob(["WINNOW"]), new Blob([png])])).toBe(false);
});
