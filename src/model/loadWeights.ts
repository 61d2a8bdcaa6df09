// Reads a checkpoint's weights. Every tensor's shape is checked against config.json before the tensor is read.

import { assert, InputError } from "../lib/errors";
import { joinedDigest, sha256 } from "../lib/sha256";
import type { ModelConfig } from "./config";
import { describe, excerpt } from "./fields";
import type { TensorEntry } from "./safetensors";
import { mlxMatrix, mlxPart, type MlxParts } from "./mlxWeights";
import { parseSafetensorsHeader, readTensor } from "./safetensors";
import type { ModelSource, ReadProgress } from "./source";
import type { WeightFiles } from "./weightFiles";
import { findWeightFiles, indexFileName, languageName } from "./weightFiles";
import type { Shape } from "./weightLayout";
import { branchNorms, layerPrefix, mlpNormName, weightLayout } from "./weightLayout";
import { commonestType, isStored, plainMatrix } from "./weights";
import type { LayerWeights, ModelWeights, StoredTensor, WeightMatrix } from "./weights";

export interface LoadedWeights {
  readonly weights: ModelWeights;
  /** SHA-256 of the weight file; of several, SHA-256 of their digests in hexadecimal, in the order of their names. */
  readonly digest: string;
  readonly fileBytes: number;
  /** How most of the weights are stored, such as F16. */
  readonly weightType: string;
}

type Tensors = Map<string, WeightMatrix>;

const embeddingName = "model.embed_tokens.weight";
const outputName = "lm_head.weight";

/**
 * Vectors as float32, and matrices too unless they are quantised. Throws InputError naming file and tensor when one is missing,
 * doubled, unknown, of another shape than `config` asks for, or not finite. Holds one weight file at a time.
 */
export async function loadWeights(
  source: ModelSource,
  config: ModelConfig,
  onProgress: ReadProgress = () => undefined,
): Promise<LoadedWeights> {
  const layout = weightLayout(config);
  const files = await findWeightFiles(source, onProgress);
  const indexFile = `${source.name}/${indexFileName}`;
  if (files.tensorFiles) refuseMissing(layout, files.tensorFiles, indexFile);

  const tensors: Tensors = new Map();
  const quantised = new Map<string, MlxParts>();
  const digests: string[] = [];
  let fileBytes = 0;
  const stored: StoredTensor[] = [];
  for (const fileName of files.fileNames) {
    const file = `${source.name}/${fileName}`;
    const bytes = await files.read(fileName, (loaded) => {
      onProgress(fileBytes + loaded, files.claimedBytes);
    });
    if (!bytes) throw new InputError(`${file}: named in ${indexFileName}, but there is no such file`);
    fileBytes += bytes.length;
    collectTensors(bytes, { file, fileName, layout, files, stored, quantised, config }, tensors);
    digests.push(await sha256(bytes));
  }
  for (const [name, parts] of quantised) {
    const { quantisation } = config;
    if (quantisation !== undefined) tensors.set(name, mlxMatrix(name, parts, layout.get(name) ?? [], quantisation));
  }
  if (config.isTied) refuseOtherOutput(tensors, source.name);
  refuseMissing(layout, tensors, files.tensorFiles ? indexFile : `${source.name}/${files.fileNames[0]}`);
  const [digest, weightType] = [joinedDigest(digests), commonestType(stored)];
  return { weights: assembleWeights(tensors, config), digest, fileBytes, weightType };
}

interface FileContext {
  readonly file: string;
  readonly fileName: string;
  readonly layout: ReadonlyMap<string, Shape>;
  readonly files: WeightFiles;
  /** Of the tensors that are used. */
  readonly stored: StoredTensor[];
  /** Tensors of which several make a matrix, by the matrix; only with a config that says so. */
  readonly quantised: Map<string, MlxParts>;
  readonly config: ModelConfig;
}

function collectTensors(bytes: Uint8Array, context: FileContext, tensors: Tensors): void {
  const { file, fileName, layout, files, stored, config } = context;
  const all = [...parseSafetensorsHeader(bytes, file).values()].map((entry) => ({
    ...entry,
    name: languageName(entry.name),
  }));
  const entries = config.quantisation === undefined ? all : all.filter((entry) => !holdPart(bytes, entry, context));
  const used = entries.filter((entry) => !isIdle(entry, layout));
  // All shapes first: nothing is converted from a file that does not fit.
  for (const { name, shape } of used) {
    const expected = name === outputName ? layout.get(embeddingName) : layout.get(name);
    if (!expected) {
      throw new InputError(
        `${file}: tensor ${excerpt(name)} is not part of the model that config.json describes; use files that belong together`,
      );
    }
    if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis])) {
      throw new InputError(
        `${file}: tensor ${name} has shape ${describe(shape)}, expected ${describe(expected)}; export the model again`,
      );
    }
    const place = files.tensorFiles?.get(name) ?? fileName;
    if (place !== fileName || tensors.has(name)) {
      throw new InputError(
        `${file}: tensor ${name} is here, expected only in ${place} as ${indexFileName} says; download the files again`,
      );
    }
  }
  for (const { type, begin, end } of used) stored.push({ type, byteCount: end - begin });
  for (const entry of used) tensors.set(entry.name, readTensor(bytes, entry, file));
}

/** Keeps what belongs to a quantised matrix for mlxMatrix. False for any other tensor. */
function holdPart(
  bytes: Uint8Array,
  entry: TensorEntry,
  { file, layout, stored, quantised, config }: FileContext,
): boolean {
  const found = mlxPart(entry, layout);
  if (found === null) return false;
  const parts = quantised.get(found.matrix) ?? {};
  if (parts[found.part] !== undefined) {
    throw new InputError(`${file}: tensor ${entry.name} lies in another file too; download the files again`);
  }
  // A copy, so that the file itself need not stay.
  const held = { entry, file, bytes: Uint8Array.from(bytes.subarray(entry.begin, entry.end)) };
  quantised.set(found.matrix, { ...parts, [found.part]: held });
  stored.push({ type: `MLX ${config.quantisation?.bits ?? ""} bit`, byteCount: held.bytes.length });
  return true;
}

/**
 * Whether a tensor can be ignored. Exports also store what follows from the config (RoPE's frequencies, cosines and
 * sines, positions, masks), what sees pictures, and some store tensors without a value. Any other tensor that the config does not ask for
 * is refused.
 */
function isIdle({ name, shape, type }: TensorEntry, layout: ReadonlyMap<string, Shape>): boolean {
  if (layout.has(name) || name === outputName) return false;
  if (/^(?:model\.)?(?:vision_tower|multi_modal_projector)\./.test(name)) return true;
  const isTable = /(?:^|\.)rotary_emb\.|(?:^|[._])(?:inv_freq|cos_cached|sin_cached|masked_bias)$/.test(name);
  return isTable || shape.includes(0) || ["BOOL", "I64", "F64"].includes(type);
}

/** Some exports store a tied output twice. If the copies differ, the flag or the file is wrong. */
function refuseOtherOutput(tensors: Tensors, folder: string): void {
  const output = tensors.get(outputName);
  const embedding = tensors.get(embeddingName);
  if (output === undefined || embedding === undefined) return;
  if (!isStored(output) && !isStored(embedding) && output.every((value, at) => value === embedding[at])) return;
  throw new InputError(
    `${folder}: config.json says tie_word_embeddings, but ${outputName} differs from ${embeddingName}; expected equal ones: set tie_word_embeddings to false or remove ${outputName}`,
  );
}

function refuseMissing(layout: ReadonlyMap<string, Shape>, found: ReadonlyMap<string, unknown>, file: string): void {
  for (const [name, shape] of layout) {
    if (found.has(name)) continue;
    throw new InputError(
      `${file}: tensor ${name} of shape ${describe(shape)} is missing; use files that belong together`,
    );
  }
}

function assembleWeights(tensors: Tensors, config: ModelConfig): ModelWeights {
  const matrix = (name: string): WeightMatrix => {
    const values = tensors.get(name);
    assert(values !== undefined, `tensor ${name} was checked to be there`);
    return values;
  };
  const take = (name: string): Float32Array => plainMatrix(matrix(name));
  const layers = Array.from({ length: config.layerCount }, (_, layer): LayerWeights => {
    const part = (name: string): Float32Array => take(layerPrefix(layer) + name);
    const product = (name: string): WeightMatrix => matrix(`${layerPrefix(layer)}${name}.weight`);
    const normOf = (name: string): Float32Array => factors(part(name), config);
    const branch = (name: string): Float32Array | null => (config.hasBranchNorms ? normOf(name) : null);
    const bias = (name: string): Float32Array | null => (config.hasQkvBias ? part(name) : null);
    const norm = (name: string): Float32Array | null => (config.hasQkNorm ? normOf(name) : null);
    return {
      attentionNorm: normOf("input_layernorm.weight"),
      query: product("self_attn.q_proj"),
      key: product("self_attn.k_proj"),
      value: product("self_attn.v_proj"),
      queryBias: bias("self_attn.q_proj.bias"),
      keyBias: bias("self_attn.k_proj.bias"),
      valueBias: bias("self_attn.v_proj.bias"),
      queryNorm: scaledQueryNorm(norm("self_attn.q_norm.weight"), config),
      keyNorm: norm("self_attn.k_norm.weight"),
      attentionOutput: product("self_attn.o_proj"),
      attentionBranchNorm: branch(branchNorms.attention),
      mlpBranchNorm: branch(branchNorms.mlp),
      mlpNorm: normOf(mlpNormName(config)),
      gate: product("mlp.gate_proj"),
      up: product("mlp.up_proj"),
      down: product("mlp.down_proj"),
    };
  });
  const embedding = matrix(embeddingName);
  return {
    embedding,
    layers,
    finalNorm: factors(take("model.norm.weight"), config),
    output: config.isTied ? embedding : matrix(outputName),
  };
}

/** What a norm multiplies by: Gemma's files keep the distance from 1. */
function factors(weight: Float32Array, { architecture }: ModelConfig): Float32Array {
  return architecture === "gemma3" ? weight.map((distance) => 1 + distance) : weight;
}

/** With the model's own scale of scores, so that everything else can divide by the root of the head size. */
export function scaledQueryNorm(norm: Float32Array | null, { queryScale }: ModelConfig): Float32Array | null {
  return norm === null || queryScale === 1 ? norm : norm.map((factor) => factor * queryScale);
}
