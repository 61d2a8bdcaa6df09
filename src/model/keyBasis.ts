// The directions in which a model's keys vary before RoPE, layer by layer over all heads jointly, for reading through latents
// (SALS). Made by `npm run basis`: basis.json says what was measured, basis.bin holds the directions. Nobody reads the second
// file until a run reads through it.

import * as v from "valibot";
import { InputError } from "../lib/errors";
import { sha256 } from "../lib/sha256";
import { parseText } from "./fields";
import { parseMeasuredFile } from "./measuredFile";
import { readRequired, type ModelSource } from "./source";

export const basisFileName = "basis.json";
export const directionsFileName = "basis.bin";

/** Orthonormal, the direction of most energy first. [layer] of [coordinate][kvHead · headDim] */
export type KeyBasis = readonly Float32Array[];

const text = v.pipe(v.string(), v.maxLength(300));
const energies = v.array(v.pipe(v.number(), v.finite(), v.minValue(0)));

const fileSchema = v.object({
  version: v.literal(1),
  /** The command that makes it again. */
  command: text,
  /** `digest`: of the weights whose keys were looked at. */
  model: v.object({ id: text, digest: text }),
  /** Tokens whose keys were looked at. */
  keyCount: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Directions stored of each layer; further ones hold nothing. */
  coordinateCount: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** SHA-256 of basis.bin: little-endian float32, [layer][coordinate][kvHead · headDim]. */
  directionsDigest: text,
  /** Mean squared length of the keys along each direction, descending: eigenvalues of XᵀX / N. */
  layers: v.array(
    v.object({
      /** All heads jointly, before RoPE: those of the directions. [coordinate] */
      before: energies,
      /** The same of keys after RoPE, which has directions of its own. [coordinate] */
      after: energies,
      /** Each head by itself, before RoPE. [kvHead][coordinate] */
      byHead: v.array(energies),
    }),
  ),
});

export type KeyBasisFile = v.InferOutput<typeof fileSchema>;

interface MeasuredModel {
  readonly layerCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly digest: string;
}

/** What was measured of the model's keys. Throws InputError that says what is wrong where; `file` is its name, for messages. */
export function parseKeyBasisFile(fileText: string, file: string, model: MeasuredModel): KeyBasisFile {
  const parsed = parseMeasuredFile(fileSchema, fileText, model.digest, (what) => badBasis(file, what));
  const { layerCount, kvHeadCount, headDim } = model;
  const width = kvHeadCount * headDim;
  const isFitting =
    parsed.coordinateCount <= width &&
    parsed.layers.length === layerCount &&
    parsed.layers.every(
      ({ before, after, byHead }) =>
        before.length === width &&
        after.length === width &&
        byHead.length === kvHeadCount &&
        byHead.every(({ length }) => length === headDim),
    );
  if (isFitting) return parsed;
  throw badBasis(
    file,
    `layers: expected ${layerCount} layers of up to ${width} directions, ${width} energies before and after RoPE, and ${kvHeadCount} heads of ${headDim}`,
  );
}

/** The directions of all layers; null where the folder has no basis. Throws InputError for files that cannot be used. */
export async function readKeyBasis(source: ModelSource, model: MeasuredModel): Promise<KeyBasis | null> {
  const bytes = await source.read(basisFileName);
  if (bytes === null) return null;
  const file = `${source.name}/${basisFileName}`;
  const { directionsDigest, coordinateCount } = parseKeyBasisFile(parseText(bytes, file), file, model);
  const directionsFile = `${source.name}/${directionsFileName}`;
  const directions = await readRequired(source, directionsFileName);
  const width = model.kvHeadCount * model.headDim;
  const expectedBytes = model.layerCount * coordinateCount * width * Float32Array.BYTES_PER_ELEMENT;
  if (directions.length !== expectedBytes) {
    throw badBasis(directionsFile, `expected ${expectedBytes} bytes, found ${directions.length}`);
  }
  if ((await sha256(directions)) !== directionsDigest) {
    throw badBasis(directionsFile, `expected the directions that ${basisFileName} speaks of, found others`);
  }
  return decodeDirections(directions, coordinateCount * width);
}

export function encodeDirections(basis: KeyBasis): Uint8Array {
  const bytes = new Uint8Array(basis.reduce((sum, layer) => sum + layer.byteLength, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const layer of basis) for (const entry of layer) view.setFloat32(4 * at++, entry, true);
  return bytes;
}

function decodeDirections(bytes: Uint8Array, layerLength: number): KeyBasis {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length / (4 * layerLength) }, (_, layer) =>
    Float32Array.from({ length: layerLength }, (__, at) => view.getFloat32(4 * (layer * layerLength + at), true)),
  );
}

function badBasis(file: string, what: string): InputError {
  return new InputError(`${file}: ${what}; make it again with npm run basis`);
}
