// Opens a model from its GGUF file, or from the files of one that was split. Little is read: the header, norms and biases.
// Matrices are read by the backend that computes with them (StoredMatrix).

import { InputError } from "../../lib/errors";
import { createSha256, joinedDigest } from "../../lib/sha256";
import type { ModelConfig } from "../config";
import { fieldError } from "../fields";
import type { LoadedModel } from "../loadModel";
import type { ReadProgress } from "../source";
import type { ByteSource } from "../source/byteSource";
import { createTokenizer } from "../tokenizer";
import { countParameters } from "../weightLayout";
import { dequantiseRow, weightFormat } from "../weightFormats";
import { commonestType } from "../weights";
import { parseGgufConfig, plainFields } from "./ggufConfig";
import { readGgufHeader, type GgufHeader } from "./ggufFile";
import { ggufTokenizerJson, ggufVocabularySize } from "./ggufTokenizer";
import { ggufWeights, ropeDivisorsName, type PlacedTensor } from "./ggufWeights";

interface GgufOptions {
  /** SHA-256 of the file where it is known already; otherwise the file is read once more to find it. */
  readonly digest?: string;
  readonly onProgress?: ReadProgress;
}

/** `files` in any order: a model, or all parts of one. Throws InputError. */
export async function loadGguf(files: readonly ByteSource[], options: GgufOptions = {}): Promise<LoadedModel> {
  const { header, tensors, parts } = await readParts(files);
  const { file } = header;
  const shape = parseGgufConfig(header, ggufVocabularySize(header));
  const config = await withDivisors(shape, tensors.get(ropeDivisorsName), file);
  const weights = await ggufWeights(tensors, config, file);
  const tokenizer = createTokenizer(ggufTokenizerJson(header), `${file}: its tokenizer`);
  return {
    config,
    tokenizer,
    weights,
    weightType: commonestType(tensors.values()),
    digest: options.digest ?? (await digestOf(parts, options.onProgress)),
    fileBytes: parts.reduce((sum, { size }) => sum + size, 0),
    parameterCount: countParameters(config),
    ...{ roles: null, rolesProblem: null, filters: null, filtersProblem: null },
    readBasis: () => Promise.resolve(null),
  };
}

interface Parts {
  /** Of the first part, which alone has the metadata. */
  readonly header: GgufHeader;
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
  /** In order. */
  readonly parts: readonly ByteSource[];
}

async function readParts(files: readonly ByteSource[]): Promise<Parts> {
  const read: { number: number; count: number; header: GgufHeader; source: ByteSource }[] = [];
  for (const source of files) {
    const header = await readGgufHeader(source);
    const fields = plainFields(header);
    const number = (name: string, otherwise: number): number => {
      const value = fields.values.get(name) ?? otherwise;
      if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
      throw fieldError(fields, name, "a whole number");
    };
    read.push({ number: number("split.no", 0), count: number("split.count", 1) || 1, header, source });
  }
  read.sort((a, b) => a.number - b.number);
  const [first] = read;
  const isWhole = read.every(({ number, count }, place) => number === place && count === read.length);
  if (!isWhole) {
    const numbers = read.map(({ number }) => number + 1).join(", ");
    throw new InputError(
      `${first.header.file}: is part ${first.number + 1} of ${first.count}, and the parts given are ${numbers}; give all ${first.count} files of the model, each once`,
    );
  }
  const tensors = new Map<string, PlacedTensor>();
  for (const { header, source } of read) {
    for (const [name, tensor] of header.tensors) {
      if (tensors.has(name)) {
        throw new InputError(
          `${header.file}: tensor ${name} lies in another part too; give files that belong together`,
        );
      }
      tensors.set(name, { ...tensor, source });
    }
  }
  return { header: first.header, tensors, parts: read.map(({ source }) => source) };
}

/** Llama 3's scaling, where the file has it: a tensor of what each frequency is divided by. */
async function withDivisors(config: ModelConfig, tensor: PlacedTensor | undefined, file: string): Promise<ModelConfig> {
  if (tensor === undefined) return config;
  const format = weightFormat(tensor.type);
  if (format?.name !== "F32" || tensor.dims.length !== 1 || tensor.dims[0] !== config.headDim / 2) {
    throw new InputError(
      `${file}: ${ropeDivisorsName} is not a list of ${config.headDim / 2} F32 numbers; convert the model again`,
    );
  }
  const divisors = new Float32Array(tensor.dims[0]);
  dequantiseRow(format, await tensor.source.read(tensor.begin, tensor.byteCount), divisors);
  if (!divisors.every((divisor) => divisor > 0 && divisor < 1e9)) {
    throw new InputError(
      `${file}: ${ropeDivisorsName} holds numbers that frequencies cannot be divided by; convert the model again`,
    );
  }
  if (divisors.every((divisor) => divisor === 1)) return config;
  if (config.layers.some(({ rope }) => rope !== null && rope.ropeScaling !== null)) {
    throw new InputError(
      `${file}: has both ${ropeDivisorsName} and rope.scaling.type, expected one of them; choose another model`,
    );
  }
  const ropeScaling = { type: "divisors", divisors: [...divisors] } as const;
  return {
    ...config,
    layers: config.layers.map((layer) => ({ ...layer, rope: layer.rope && { ...layer.rope, ropeScaling } })),
  };
}

const DIGEST_PIECE_BYTES = 2 * 2 ** 20;

async function digestOf(parts: readonly ByteSource[], onProgress: ReadProgress = () => undefined): Promise<string> {
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const digests: string[] = [];
  let done = 0;
  for (const source of parts) {
    const running = createSha256();
    for (let at = 0; at < source.size; at += DIGEST_PIECE_BYTES) {
      const piece = await source.read(at, Math.min(DIGEST_PIECE_BYTES, source.size - at));
      running.add(piece);
      onProgress((done += piece.length), total);
    }
    digests.push(running.digest());
  }
  return joinedDigest(digests);
}
