// Which files hold a checkpoint's weights (model.safetensors, or the shards that model.safetensors.index.json names), and how they
// name the tensors of a language model.

import { findDuplicateKey } from "../lib/duplicateKey";
import { InputError } from "../lib/errors";
import { describe, excerpt, parseFields, parseText, recordFields } from "./fields";
import type { ModelSource, ReadProgress } from "./source";

const singleFileName = "model.safetensors";
export const indexFileName = "model.safetensors.index.json";

/** Files by name, read one after the other so that only one is held at a time. */
export interface WeightFiles {
  readonly fileNames: readonly string[];
  /** The file that must hold a tensor; null where there is a single file. */
  readonly tensorFiles: ReadonlyMap<string, string> | null;
  /** Bytes of all files as the index claims, for progress only; null when unknown. */
  readonly claimedBytes: number | null;
  /** Bytes of a file, or null where it turns out to be missing. */
  read(fileName: string, onProgress: ReadProgress): Promise<Uint8Array | null>;
}

const maxShardCount = 1000;

export async function findWeightFiles(source: ModelSource, onProgress: ReadProgress): Promise<WeightFiles> {
  const single = await source.read(singleFileName, onProgress);
  if (single) {
    return {
      fileNames: [singleFileName],
      tensorFiles: null,
      claimedBytes: single.length,
      read: () => Promise.resolve(single),
    };
  }
  const indexBytes = await source.read(indexFileName);
  if (!indexBytes) {
    throw new InputError(
      `${source.name}: expected ${singleFileName} or ${indexFileName}, found neither; give the folder of a model in Hugging Face layout`,
    );
  }
  const indexFile = `${source.name}/${indexFileName}`;
  return {
    ...parseWeightIndex(parseText(indexBytes, indexFile), indexFile),
    read: (fileName, onShardProgress) => source.read(fileName, onShardProgress),
  };
}

/** Reads model.safetensors.index.json. Shards must be plain names, so that an index cannot reach beyond its folder. */
function parseWeightIndex(text: string, file: string): Omit<WeightFiles, "read"> {
  const index = parseFields(text, file);
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null) {
    throw new InputError(`${file}: key ${excerpt(duplicate)} stands twice, expected once; download the file again`);
  }
  const weightMap = recordFields(index.values.get("weight_map"), `${file}: weight_map`);
  const tensorFiles = new Map<string, string>();
  for (const [name, fileName] of weightMap.values) {
    if (typeof fileName !== "string" || !/^[\w-][\w.-]*\.safetensors$/.test(fileName)) {
      throw new InputError(
        `${file}: tensor ${excerpt(name)} lies in ${describe(fileName)}, expected a .safetensors file of the same folder; download the file again`,
      );
    }
    tensorFiles.set(name, fileName);
  }
  const fileNames = [...new Set(tensorFiles.values())].sort();
  if (fileNames.length === 0 || fileNames.length > maxShardCount) {
    throw new InputError(
      `${file}: names ${fileNames.length} weight files, expected 1 to ${maxShardCount}; download the file again`,
    );
  }
  return { fileNames, tensorFiles, claimedBytes: claimedSize(index.values.get("metadata")) };
}

function claimedSize(metadata: unknown): number | null {
  if (typeof metadata !== "object" || metadata === null || !("total_size" in metadata)) return null;
  const size = metadata.total_size;
  return typeof size === "number" && Number.isSafeInteger(size) && size > 0 ? size : null;
}

/** Of a tensor or a module: models that see pictures too keep their language model under a name of its own. */
export function languageName(name: string): string {
  return name.replace(/^language_model\.(?=model\.|lm_head\b)/, "").replace(/^model\.language_model\./, "model.");
}
