// What settings must know of a model before it runs: its shape and its weights' type, from the headers of its files alone.

import { InputError } from "../lib/errors";
import { sha256 } from "../lib/sha256";
import { parseModelConfig } from "../model/config";
import { parseText } from "../model/fields";
import { readGgufHeader, type GgufHeader } from "../model/gguf/ggufFile";
import { blobBytes } from "../model/source/byteSource";
import type { NamedBlob } from "../model/source/blobSource";
import { countParameters } from "../model/weightLayout";

export interface ModelFacts {
  /** As the file itself says; null where it does not. */
  readonly name: string | null;
  readonly weightType: string;
  readonly layerCount: number;
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly parameterCount: number;
}

/** `files`: of one model, as modelOfFiles gives them. Throws InputError for a header that says no shape. */
export function inspectModel(files: readonly NamedBlob[]): Promise<ModelFacts> {
  const parts = files.filter(({ path }) => path.endsWith(".gguf"));
  return parts.length > 0 ? inspectGguf(parts) : inspectFolder(files);
}

/** Whose digests identify the model. */
export function isWeightFile(path: string): boolean {
  return /\.(gguf|safetensors)$/.test(path);
}

/** Identifies a model: the SHA-256 of its weight file; of several, that of their digests in the order of their names. */
export function joinedDigest(digests: readonly string[]): Promise<string> {
  const [only] = digests;
  return digests.length === 1 ? Promise.resolve(only) : sha256(new TextEncoder().encode(digests.join("")));
}

async function inspectGguf(parts: readonly NamedBlob[]): Promise<ModelFacts> {
  const headers: GgufHeader[] = [];
  for (const { path, blob } of parts) headers.push(await readGgufHeader(blobBytes(path, blob)));
  const [first] = headers;
  const textOf = (key: string): string | null => {
    const value = first.metadata.get(key);
    return value?.type === "string" ? value.value : null;
  };
  const architecture = textOf("general.architecture") ?? "";
  const count = (key: string, fallback?: number): number => {
    const value = first.metadata.get(`${architecture}.${key}`);
    const found = value === undefined || value.type === "array" ? fallback : Number(value.value);
    if (found === undefined || !Number.isSafeInteger(found) || found < 1) {
      throw new InputError(
        `${first.file}: expected ${architecture || "its architecture"}.${key} to be a number above 0; is this a language model?`,
      );
    }
    return found;
  };
  const headCount = count("attention.head_count");
  const tensors = headers.flatMap((header) => [...header.tensors.values()]);
  return {
    name: textOf("general.name"),
    weightType: commonest(tensors.filter(({ dims }) => dims.length > 1)),
    layerCount: count("block_count"),
    headCount,
    kvHeadCount: count("attention.head_count_kv", headCount),
    headDim: count("attention.key_length", Math.floor(count("embedding_length") / headCount)),
    parameterCount: tensors.reduce((sum, { dims }) => sum + dims.reduce((product, size) => product * size, 1), 0),
  };
}

/** The type that most bytes have. */
function commonest(tensors: readonly { readonly type: string; readonly byteCount: number }[]): string {
  const bytes = new Map<string, number>();
  for (const { type, byteCount } of tensors) bytes.set(type, (bytes.get(type) ?? 0) + byteCount);
  return [...bytes].toSorted(([, one], [, other]) => other - one).at(0)?.[0] ?? "F32";
}

async function inspectFolder(files: readonly NamedBlob[]): Promise<ModelFacts> {
  const textOf = async (name: string): Promise<string | null> => {
    const file = files.find(({ path }) => path === name);
    return file === undefined ? null : parseText(new Uint8Array(await file.blob.arrayBuffer()), name);
  };
  const config = parseModelConfig(
    (await textOf("config.json")) ?? "",
    "config.json",
    await textOf("generation_config.json"),
  );
  const { layerCount, headCount, kvHeadCount, headDim } = config;
  const weights = files.find(({ path }) => path.endsWith(".safetensors"));
  return {
    name: null,
    weightType: weights === undefined ? "F32" : await safetensorsType(weights.blob),
    ...{ layerCount, headCount, kvHeadCount, headDim },
    parameterCount: countParameters(config),
  };
}

/** Of the first tensor that its header names. The header is read as a whole when the weights are. */
async function safetensorsType(blob: Blob): Promise<string> {
  const head = new TextDecoder().decode(await blob.slice(8, 4096).arrayBuffer());
  return /"dtype"\s*:\s*"([A-Z0-9_]{1,16})"/.exec(head)?.[1] ?? "F32";
}
