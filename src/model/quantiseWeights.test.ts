import { expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { encodeFloat16 } from "../lib/float16";
import { randomStream } from "../lib/random";
import { drawCheckpoint } from "./drawCheckpoint.testing";
import { loadModel } from "./loadModel";
import { quantiseWeights, quantisedFormats } from "./quantiseWeights";
import { readMatrix } from "./readMatrix";
import { memorySource } from "./source";
import { weightFormat } from "./weightFormats";
import { isStored, mapMatrices, plainMatrix, type StoredMatrix, type WeightMatrix } from "./weights";

const wide = { hidden_size: 32, intermediate_size: 64 };
const { weights } = await loadModel(memorySource("models/tiny", drawCheckpoint(wide)));

function stored(matrix: WeightMatrix): StoredMatrix {
  if (!isStored(matrix)) throw new Error("the matrix is stored");
  return matrix;
}

/** Steps from the smallest number of a block to its largest. */
const stepCounts = { Q8_0: 254, Q5_1: 31, Q5_0: 31, Q4_1: 15, Q4_0: 15 };

it.each(quantisedFormats)(
  "brings every number of %s back within a step of its block, and leaves norms",
  async (name) => {
    const down = plainMatrix(weights.layers[1].down);
    const quantised = quantiseWeights(weights, name);
    const found = await readMatrix(stored(quantised.layers[1].down));
    expect(found).not.toEqual(down);
    for (let first = 0; first < down.length; first += 32) {
      const block = down.subarray(first, first + 32);
      // A block without a low reaches as far below zero as above.
      const range = name.endsWith("_1")
        ? Math.max(...block) - Math.min(...block)
        : 2 * Math.max(...block.map((value) => Math.abs(value)));
      block.forEach((value, at) => expect(Math.abs(found[first + at] - value)).toBeLessThan(range / stepCounts[name]));
    }
    expect(quantised.layers[1].attentionNorm).toBe(weights.layers[1].attentionNorm);
  },
);

it("reads any rows, and keeps a tied output tied", async () => {
  const { embedding, output } = quantiseWeights(weights, "Q8_0");
  expect(output).toBe(embedding);
  const all = Uint8Array.from(await stored(embedding).readRows(0, 12));
  expect(await stored(embedding).readRows(5, 2)).toEqual(all.subarray(5 * 34, 7 * 34));
});

it("quantises matrices that a file stores as numbers as it does plain ones", async () => {
  const F16 = weightFormat("F16");
  if (F16 === undefined) throw new Error("the format is known");
  const stream = randomStream(3);
  const halves = encodeFloat16(Float32Array.from({ length: 128 }, () => stream.uniform() - 0.5));
  const bytes = new Uint8Array(halves.buffer);
  const file: StoredMatrix = {
    ...{ name: "m", format: F16, rowCount: 4, columnCount: 32 },
    readRows: (first, count) => Promise.resolve(bytes.subarray(first * 64, (first + count) * 64)),
  };
  const numbers = await readMatrix(file);
  const read = async (matrix: WeightMatrix): Promise<Uint8Array> => {
    const made = quantiseWeights({ ...weights, embedding: matrix, output: matrix }, "Q4_1");
    return stored(made.embedding).readRows(0, 4);
  };
  expect(await read(file)).toEqual(await read(numbers));
});

it("refuses what is quantised already, and rows that blocks do not divide", async () => {
  const once = quantiseWeights(weights, "Q4_0");
  expect(() => quantiseWeights(once, "Q8_0")).toThrow(InputError);
  expect(() =>
    quantiseWeights(
      mapMatrices(once, (matrix) => matrix),
      "Q8_0",
    ),
  ).toThrow(/quantised already/);
  const narrow = await loadModel(memorySource("models/tiny", drawCheckpoint({})));
  expect(() => quantiseWeights(narrow.weights, "Q8_0")).toThrow(/8 columns, expected a multiple of 32/);
});
