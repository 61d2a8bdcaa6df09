// Reads a model in Node: a folder in Hugging Face layout, a GGUF file, the first of a split one, or a folder with one of these.

import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../src/lib/errors";
import { loadGguf } from "../src/model/gguf/loadGguf";
import type { LoadedModel } from "../src/model/loadModel";
import { loadModel } from "../src/model/loadModel";
import { directorySource } from "./directorySource";
import { fileBytes } from "./fileBytes";

/** Throws InputError. */
export async function readModel(place: string): Promise<LoadedModel> {
  const files = await ggufFiles(place);
  if (files === null) return loadModel(directorySource(place));
  // They stay open: matrices are read when a backend asks for them.
  return loadGguf(files.map(fileBytes));
}

/** What the model is called. */
export function modelName(place: string): string {
  return path.basename(path.resolve(place)).replace(/(-00001-of-\d{5})?\.gguf$/, "");
}

/** Null for a folder in Hugging Face layout. */
async function ggufFiles(place: string): Promise<readonly string[] | null> {
  if (place.endsWith(".gguf")) return allParts(place);
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const names = isFolder ? await readdir(place) : [];
  const found = names.filter((name) => name.endsWith(".gguf") && !/-(?!00001)\d{5}-of-\d{5}\.gguf$/.test(name));
  if (names.includes("config.json") || found.length === 0) return null;
  if (found.length > 1) {
    throw new InputError(`${place}: has ${found.length} GGUF files (${found.sort().join(", ")}); give one of them`);
  }
  return allParts(path.join(place, found[0]));
}

function allParts(file: string): string[] {
  const [, start, count] = /^(.*)-\d{5}-of-(\d{5})\.gguf$/.exec(file) ?? [];
  if (!(Number(count) > 0)) return [file];
  const most = Math.min(Number(count), 1000);
  return Array.from({ length: most }, (_, at) => `${start}-${String(at + 1).padStart(5, "0")}-of-${count}.gguf`);
}
