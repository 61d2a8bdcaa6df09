// The names by which the files of a model are known, on a hub and on disk, and the digest that identifies the model.

import { plainSha256 } from "../lib/sha256";

/** One part of a GGUF file in several: the stem, the part's number, the number of parts. */
export const splitGgufName = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/i;

/** Reads pictures or writes drafts for a model, and is none by itself. */
export function isHelper(path: string): boolean {
  return /(?:^|\/)(?:mmproj|mtp)[-.]/i.test(path);
}

const besideWeights =
  /^(?:(?:config|generation_config|tokenizer|tokenizer_config)\.json|chat_template\.jinja|model\.safetensors\.index\.json)$/;
const folderWeights = /^model(?:-\d{5}-of-\d{5})?\.safetensors$/;

/** Whether a model reads the file of this name in its folder, which has Hugging Face layout. */
export function isFolderFile(name: string): boolean {
  return besideWeights.test(name) || folderWeights.test(name);
}

export function isWeightFile(path: string): boolean {
  return /\.(?:gguf|safetensors)$/i.test(path);
}

/**
 * Identifies a model: the SHA-256 of its weight file; of several, that of their digests in the order of their names. Null where
 * that of a weight file is unknown.
 */
export function modelDigest(
  files: readonly { readonly path: string; readonly digest: string | null }[],
): string | null {
  const weights = files
    .filter(({ path }) => isWeightFile(path))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const digests = weights.flatMap(({ digest }) => (digest === null ? [] : [digest]));
  if (digests.length === 0 || digests.length < weights.length) return null;
  return digests.length === 1 ? digests[0] : plainSha256(new TextEncoder().encode(digests.join("")));
}
