// A model with seeded weights whose matrices are in the blocks of a file, of any types.
import type { ModelConfig } from "../../model/config";
import { codeTensor } from "../../model/gguf/drawGguf.testing";
import { randomStream } from "../../lib/random";
import { affine4, affine8, weightFormat, type BlockFormat } from "../../model/weightFormats";
import { mapMatrices, type StoredMatrix, type WeightMatrix } from "../../model/weights";
import type { Model } from "../backend";
import { seededModel, tinyConfig } from "../seededModel.testing";

/** An odd number of blocks in the key matrix, and a vocabulary that no workgroup divides. */
export const storedConfig: ModelConfig = {
  ...tinyConfig,
  ...{ vocabularySize: 301, hiddenSize: 96, intermediateSize: 160, headCount: 6, kvHeadCount: 3, headDim: 16 },
};

/** Rows of whole blocks of 256, of which the embedding has an odd number. */
export const wideStoredConfig: ModelConfig = {
  ...storedConfig,
  ...{ hiddenSize: 256, intermediateSize: 512, headCount: 8, kvHeadCount: 1, headDim: 32 },
};

/** `typeOf`: the type of the n-th matrix: embedding, then q, k, v, output, gate, up and down of each layer, output. */
export function storedModel(typeOf: (place: number) => string, isTied: boolean, base = storedConfig): Model {
  const shaped = { ...base, isTied };
  const plain = seededModel(7, shaped);
  let place = 0;
  const stored = new Map<WeightMatrix, StoredMatrix>();
  const store = (matrix: WeightMatrix): WeightMatrix => {
    if (!(matrix instanceof Float32Array)) throw new Error("it is plain");
    const known = stored.get(matrix);
    if (known !== undefined) return known;
    const isDown = plain.weights.layers.some(({ down }) => down === matrix);
    const columnCount = isDown ? base.intermediateSize : base.hiddenSize; // the heads are as wide together
    const rowCount = matrix.length / columnCount;
    const { format, bytes } = drawBlocks(typeOf(place), [columnCount, rowCount], ++place);
    const rowBytes = (columnCount / format.blockValues) * format.blockBytes;
    const made: StoredMatrix = {
      ...{ name: `matrix ${place}`, format, rowCount, columnCount },
      readRows: (first, count) => Promise.resolve(bytes.subarray(first * rowBytes, (first + count) * rowBytes)),
    };
    stored.set(matrix, made);
    return made;
  };
  return { config: shaped, weights: mapMatrices(plain.weights, store) };
}

const SIZE = 0.15;

function drawBlocks(type: string, [columnCount, rowCount]: readonly [number, number], seed: number) {
  const affine = [affine8, affine4].find(({ name }) => name === type);
  if (affine !== undefined) return { format: affine, bytes: affineBytes(affine, columnCount * rowCount, seed) };
  const format = weightFormat(type);
  if (format === undefined) throw new Error("the format is known");
  const { bytes } = codeTensor("m", [columnCount, rowCount], { type, size: SIZE, seed });
  return { format, bytes };
}

/** Scales and lows that no half can say, with zero in the middle of the codes. */
function affineBytes(format: BlockFormat, numberCount: number, seed: number): Uint8Array {
  const { blockValues, blockBytes } = format;
  const stream = randomStream(seed);
  const bytes = Uint8Array.from({ length: (numberCount / blockValues) * blockBytes }, () => stream.integer(0, 255));
  const view = new DataView(bytes.buffer);
  const [codeSize, middle] = format === affine4 ? [4, 7.5] : [64, -0.5];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const scale = (SIZE * (0.5 + stream.uniform())) / codeSize;
    view.setFloat32(at, scale, true);
    view.setFloat32(at + 4, -middle * scale, true);
  }
  return bytes;
}
