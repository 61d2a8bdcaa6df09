// What settings must know of a model before it runs: its shape and its weights' type, from the headers of its files alone.

import { InputError } from "../lib/errors";
import { parseModelConfig } from "../model/config";
import { parseText } from "../model/fields";
import { readGgufHeader, type GgufHeader } from "../model/gguf/ggufFile";
import { blobBytes } from "../model/source/byteSource";
import type { NamedBlob } from "../model/source/blobSource";
import { countParameters } from "../model/weightLayout";
import { commonestType } from "../model/weights";
import { ggufChatTemplate, ggufTokenizerJson } from "../model/gguf/ggufTokenizer";
import type { GenerationDefaults, Speech } from "./speech";

export interface ModelFacts {
  readonly weightType: string;
  readonly layerCount: number;
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly parameterCount: number;
  readonly speech: Speech;
}

/** `files`: of one model, as modelOfFiles gives them. Throws InputError for a header that says no shape. */
export function inspectModel(files: readonly NamedBlob[]): Promise<ModelFacts> {
  const parts = files.filter(({ path }) => path.endsWith(".gguf"));
  return parts.length > 0 ? inspectGguf(parts) : inspectFolder(files);
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
    // Written once per layer where layers may differ: then it is the first one's.
    const found = value === undefined ? fallback : Number(value.type === "array" ? value.items[0] : value.value);
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
    weightType: commonestType(tensors.filter(({ dims }) => dims.length > 1)),
    layerCount: count("block_count"),
    headCount,
    kvHeadCount: count("attention.head_count_kv", headCount),
    headDim: count("attention.key_length", Math.floor(count("embedding_length") / headCount)),
    parameterCount: tensors.reduce((sum, { dims }) => sum + dims.reduce((product, size) => product * size, 1), 0),
    speech: ggufSpeech(first),
  };
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
  const { layerCount, headCount, kvHeadCount, headDim, quantisation } = config;
  const weights = files.find(({ path }) => path.endsWith(".safetensors"));
  return {
    weightType: quantisation !== undefined ? `MLX_${quantisation.bits}BIT` : await safetensorsType(weights?.blob),
    ...{ layerCount, headCount, kvHeadCount, headDim },
    parameterCount: countParameters(config),
    speech: await folderSpeech(textOf),
  };
}

/** Of a token: what the file's converter took it for. */
const CONTROL_TOKEN = 3;

function ggufSpeech(header: GgufHeader): Speech {
  const listOf = (key: string): readonly unknown[] => {
    const value = header.metadata.get(`tokenizer.ggml.${key}`);
    return value?.type === "array" ? value.items : [];
  };
  const numberOf = (key: string): number | undefined => {
    const value = header.metadata.get(key);
    return value === undefined || value.type === "array" || value.type === "string" ? undefined : Number(value.value);
  };
  const [texts, types] = [listOf("tokens"), listOf("token_type")];
  const textOf = (token: number | undefined): string => {
    const text = token === undefined ? "" : texts.at(token);
    return typeof text === "string" ? text : "";
  };
  const bosToken = textOf(numberOf("tokenizer.ggml.bos_token_id"));
  const specials = texts.filter((_, token) => types[token] === CONTROL_TOKEN).map(String);
  return {
    template: ggufChatTemplate(header),
    bosToken,
    eosToken: textOf(numberOf("tokenizer.ggml.eos_token_id")),
    addsBos: addsBosOf(ggufTokenizerJson(header), bosToken),
    specials: specials.filter((text) => text !== ""),
    generation: generationOf({
      temperature: numberOf("general.sampling.temp"),
      top_p: numberOf("general.sampling.top_p"),
      top_k: numberOf("general.sampling.top_k"),
      repetition_penalty: numberOf("general.sampling.penalty_repeat"),
    }),
  };
}

async function folderSpeech(textOf: (name: string) => Promise<string | null>): Promise<Speech> {
  const tokenizer = (await textOf("tokenizer.json")) ?? "{}";
  const written = recordOf((await textOf("tokenizer_config.json")) ?? "{}");
  const tokenText = (value: unknown): string => {
    const text = typeof value === "object" && value !== null ? (value as { content?: unknown }).content : value;
    return typeof text === "string" ? text : "";
  };
  const added = recordOf(tokenizer).added_tokens;
  const specials = (Array.isArray(added) ? (added as { special?: unknown; content?: unknown }[]) : [])
    .filter(({ special }) => special === true)
    .flatMap(({ content }) => (typeof content === "string" ? [content] : []));
  const bosToken = tokenText(written.bos_token);
  return {
    template: (await textOf("chat_template.jinja")) ?? templateIn(written.chat_template),
    bosToken,
    eosToken: tokenText(written.eos_token),
    addsBos: addsBosOf(tokenizer, bosToken),
    specials,
    generation: generationOf(recordOf((await textOf("generation_config.json")) ?? "{}")),
  };
}

/** One text, or a list of named ones, of which "default" counts. */
function templateIn(written: unknown): string | null {
  if (typeof written === "string") return written;
  const named = Array.isArray(written) ? (written as { name?: unknown; template?: unknown }[]) : [];
  const template = named.find(({ name }) => name === "default")?.template;
  return typeof template === "string" ? template : null;
}

/** Whether tokenizer.json puts the token before every prompt. */
function addsBosOf(tokenizer: string | object, bosToken: string): boolean {
  const parts = typeof tokenizer === "string" ? recordOf(tokenizer) : (tokenizer as Readonly<Record<string, unknown>>);
  const processor = JSON.stringify(parts.post_processor ?? null);
  return bosToken !== "" && processor.includes(JSON.stringify(bosToken));
}

function generationOf(said: Readonly<Record<string, unknown>>): GenerationDefaults {
  const number = (value: unknown, low: number, high: number): number | undefined =>
    typeof value === "number" && value >= low && value <= high ? Number(value.toPrecision(4)) : undefined;
  const [temperature, topP] = [number(said.temperature, 0, 2), number(said.top_p, 0.01, 1)];
  const [topK, repetitionPenalty] = [number(said.top_k, 0, 256), number(said.repetition_penalty, 1.0001, 10)];
  return {
    ...(said.do_sample === false ? { temperature: 0 } : temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK: Math.round(topK) }),
    ...(repetitionPenalty !== undefined && { repetitionPenalty }),
  };
}

function recordOf(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Of the first tensor that its header names. The header is read as a whole when the weights are. */
async function safetensorsType(blob: Blob | undefined): Promise<string> {
  if (blob === undefined) return "F32";
  const head = new TextDecoder().decode(await blob.slice(8, 4096).arrayBuffer());
  return /"dtype"\s*:\s*"([A-Z0-9_]{1,16})"/.exec(head)?.[1] ?? "F32";
}
