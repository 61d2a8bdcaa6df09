// Which of the files that somebody picked or dropped make a model. Names and folders are only hints: a file is what its first
// bytes say (magic.ts).

import { InputError } from "../lib/errors";
import type { NamedBlob } from "../model/source/blobSource";
import { checkMagic, describeBytes, kindByName, kindOf, MAGIC_BYTES, type FileKind } from "./magic";
import { isFolderFile, isHelper, splitGgufName } from "./modelFiles";

/** The files of one model, named within its folder and in order. Throws InputError where they make none, or several. */
export async function modelOfFiles(picked: readonly NamedBlob[]): Promise<readonly NamedBlob[]> {
  if (picked.length === 0) throw new InputError("No file was chosen; choose a .gguf file, or the folder of a model.");
  const gguf: NamedBlob[] = [];
  for (const file of picked) {
    const isNamedSo = kindByName(file.path) === "gguf";
    if (!isNamedSo && picked.length > 1) continue;
    const head = await headOf(file);
    if (isNamedSo) checkMagic(baseName(file.path), head);
    if (kindOf(head) === "gguf") gguf.push({ ...file, path: withGgufEnd(baseName(file.path)) });
    else if (picked.length === 1) throw aloneError(file, head);
  }
  if (gguf.length > 0) return ggufParts(gguf);
  return folderFiles(picked);
}

/** Whether any of these files looks like part of a model, so that it is no run file. */
export async function holdsModel(files: readonly Blob[]): Promise<boolean> {
  for (const blob of files) {
    const kind: FileKind | null = await headOf({ path: "", blob }).then(kindOf, () => null);
    if (kind === "gguf" || kind === "safetensors") return true;
  }
  return false;
}

/** What a file is, in words, by its first bytes. */
export async function describeFile(blob: Blob): Promise<string> {
  return describeBytes(await headOf({ path: "", blob }));
}

async function headOf({ path, blob }: NamedBlob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.slice(0, MAGIC_BYTES).arrayBuffer());
  } catch {
    throw new InputError(`${baseName(path)}: could not be read; is it a folder, or was it moved? Choose it again.`);
  }
}

function aloneError({ path }: NamedBlob, head: Uint8Array): InputError {
  const name = baseName(path);
  if (kindOf(head) === "safetensors") {
    return new InputError(
      `${name}: a safetensors file alone has no tokenizer; choose its whole folder, or the model’s .gguf file.`,
    );
  }
  return new InputError(
    `${name}: expected a model, found ${describeBytes(head)}; choose a .gguf file, or the folder of a model.`,
  );
}

function ggufParts(files: readonly NamedBlob[]): readonly NamedBlob[] {
  const models = files.filter(({ path }) => !isHelper(path));
  const [first] = models;
  if (first === undefined) {
    throw new InputError(
      `${files[0].path}: is a helper of a model (its pictures or its drafts), not a model; choose the model’s own file.`,
    );
  }
  const split = splitGgufName.exec(first.path);
  if (split === null) {
    if (models.length === 1) return models;
    const names = models.map(({ path }) => path).join(", ");
    throw new InputError(`${models.length} models were chosen (${names}); choose one of them.`);
  }
  const [, stem, , count] = split;
  const parts = models.toSorted((one, other) => one.path.localeCompare(other.path));
  const expected = Array.from(
    { length: Number(count) },
    (_, at) => `${stem}-${String(at + 1).padStart(5, "0")}-of-${count}.gguf`,
  );
  const missing = expected.filter((name) => !parts.some(({ path }) => path === name));
  const strange = parts.filter(({ path }) => !expected.includes(path));
  if (strange.length > 0)
    throw new InputError(`${strange[0].path}: is of another model than ${first.path}; choose the parts of one model.`);
  if (missing.length > 0) {
    throw new InputError(`${stem}: part ${missing[0]} is missing; choose all ${Number(count)} parts together.`);
  }
  return parts;
}

/** A folder in Hugging Face layout; the shallowest config.json says which folder. */
async function folderFiles(picked: readonly NamedBlob[]): Promise<readonly NamedBlob[]> {
  const configs = picked.filter(({ path }) => baseName(path) === "config.json");
  const [config] = configs.toSorted((one, other) => one.path.length - other.path.length);
  if (config === undefined) {
    throw new InputError(
      "These files hold no model: expected a .gguf file, or a folder with config.json, tokenizer.json and model.safetensors.",
    );
  }
  const folder = config.path.slice(0, -"config.json".length);
  const files: NamedBlob[] = [];
  for (const { path, blob } of picked) {
    const name = path.slice(folder.length);
    if (!path.startsWith(folder) || !isFolderFile(name)) continue;
    checkMagic(name, await headOf({ path, blob }));
    files.push({ path: name, blob });
  }
  const lacks = ["tokenizer.json"].filter((name) => !files.some(({ path }) => path === name));
  if (!files.some(({ path }) => path.endsWith(".safetensors"))) lacks.push("model.safetensors");
  if (lacks.length > 0) {
    throw new InputError(
      `The folder with config.json has no ${lacks.join(" and no ")}; choose the whole folder of the model.`,
    );
  }
  return files.toSorted((one, other) => one.path.localeCompare(other.path));
}

function baseName(path: string): string {
  return path.split("/").at(-1) ?? path;
}

function withGgufEnd(name: string): string {
  return `${name.replace(/\.gguf$/i, "")}.gguf`;
}
