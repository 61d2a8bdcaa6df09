// What a download is held to: the SHA-256 that a catalogue or a link names goes before what the hub says today.

import { InputError } from "../lib/errors";
import type { FetchWish } from "./fetchWish";
import type { WantedModel } from "./keptModels";
import type { ModelChoice } from "./listing";
import { isWeightFile, modelDigest } from "./modelFiles";

type PromisedFiles = WantedModel["files"];

/** The files of a choice, each with the SHA-256 that it must have. Throws InputError where they cannot be what the wish names. */
export function promisedFiles(
  { path: wishedPath, sha256: wished }: Pick<FetchWish, "path" | "sha256">,
  choice: ModelChoice,
): PromisedFiles {
  const files = choice.files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }));
  if (wished === null || !files.some(({ path }) => path === wishedPath)) return files;
  const weights = files.filter(({ path }) => isWeightFile(path));
  if (weights.length === 1) return files.map((file) => (file === weights[0] ? { ...file, sha256: wished } : file));
  if (promisedDigest(files) === wished) return files;
  throw new InputError(
    `${choice.label}: expected files that have the SHA-256 ${wished} together, the hub names others; download the right ones elsewhere and drop them on Winnow`,
  );
}

export function promisedDigest(files: PromisedFiles): string | null {
  return modelDigest(files.map(({ path, sha256 }) => ({ path, digest: sha256 })));
}
