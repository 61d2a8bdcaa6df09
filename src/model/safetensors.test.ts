import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { encodeSafetensors, joinSafetensors } from "./drawCheckpoint.testing";
import { parseSafetensorsHeader, readTensor } from "./safetensors";

const file = "m/model.safetensors";

const valid = encodeSafetensors({
  scale: { type: "F32", shape: [2], values: [0.5, -1.25] },
  half: { type: "F16", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
  brain: { type: "BF16", shape: [1, 1, 2], values: [1.5, -3] },
});

/** A file of one entry "t" over 8 bytes of zeros. */
const entry = (fields: Record<string, unknown>): Uint8Array =>
  joinSafetensors(
    JSON.stringify({ t: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...fields } }),
    new Uint8Array(8),
  );

const withLength = (length: bigint): Uint8Array => {
  const bytes = valid.slice();
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return bytes;
};

const two = (first: number[], second: number[], dataBytes: number): Uint8Array =>
  joinSafetensors(
    JSON.stringify({
      a: { dtype: "F32", shape: [1], data_offsets: first },
      b: { dtype: "F32", shape: [1], data_offsets: second },
    }),
    new Uint8Array(dataBytes),
  );

describe("parseSafetensorsHeader", () => {
  it("reads names, types and shapes, and readTensor the values", () => {
    const table = parseSafetensorsHeader(valid, file);
    const read = [...table.values()].map((tensor) => [tensor.name, tensor.shape, [...readTensor(valid, tensor, file)]]);
    expect(read).toEqual([
      ["scale", [2], [0.5, -1.25]],
      ["half", [2, 3], [1, 2, 3, 4, 5, 6]],
      ["brain", [1, 1, 2], [1.5, -3]],
    ]);
  });

  it("reads a file that lies in the middle of a larger buffer, at an odd address", () => {
    const buffer = new Uint8Array(valid.length + 3);
    buffer.set(valid, 3);
    const bytes = buffer.subarray(3);
    const scale = parseSafetensorsHeader(bytes, file).get("scale");
    expect(scale && [...readTensor(bytes, scale, file)]).toEqual([0.5, -1.25]);
  });

  it("copies out of a Node Buffer, whose slice is a view", () => {
    const bytes = Buffer.from(valid);
    const half = parseSafetensorsHeader(bytes, file).get("half");
    expect(half && [...readTensor(bytes, half, file)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ["an empty file", new Uint8Array(0), "the file has 0 bytes, expected a safetensors file"],
    ["a file cut in its length", valid.subarray(0, 5), "the file has 5 bytes"],
    ["a file cut in its header", valid.subarray(0, 100), "expected 2 to 92"],
    ["a file cut in its data", valid.subarray(0, valid.length - 1), "expected a range within 23"],
    ["a file with bytes behind", Uint8Array.of(...valid, 0, 0), "2 bytes follow the last tensor, expected none"],
    ["a header length of 2^53", withLength(2n ** 53n), "header length is 9007199254740992 bytes"],
    ["a header length of 2^64 − 1", withLength(2n ** 64n - 1n), "header length is 18446744073709552000 bytes"],
    ["a header length of 0", withLength(0n), "header length is 0 bytes, expected 2 to"],
    ["a header length one too long", withLength(BigInt(valid.length - 7)), "expected 2 to"],
    ["a header that isn't JSON", joinSafetensors("{...", new Uint8Array(0)), 'header: expected JSON, found "{..."'],
    ["a header that is a list", joinSafetensors("[1]", new Uint8Array(0)), "header: expected a JSON object, found [1]"],
    ["a header that isn't text", joinSafetensors("{}", new Uint8Array(0)).fill(0xff, 8), "expected UTF-8 text"],
    [
      "an entry that isn't an object",
      joinSafetensors('{"t": 3}', new Uint8Array(0)),
      'tensor "t": expected a JSON object, found 3',
    ],
    ["another dtype", entry({ dtype: "Q4_0", shape: [1] }), 'dtype "Q4_0", expected one of the format'],
    ["a dtype of the wrong size", entry({ dtype: "F16" }), "has 8 bytes, expected 4 for F16 [2]"],
    ["a negative size", entry({ shape: [-2] }), "shape [-2], expected up to 8 whole numbers"],
    ["a fractional size", entry({ shape: [2.5] }), "shape [2.5]"],
    ["a size of 2^53", entry({ shape: [2 ** 53] }), "shape [9007199254740992]"],
    ["sizes with a product beyond 2^53", entry({ shape: [2 ** 40, 2 ** 40] }), "has 8 bytes, expected"],
    ["too many dimensions", entry({ shape: [2, 1, 1, 1, 1, 1, 1, 1, 1] }), "a list of 9, expected up to 8"],
    ["no shape", entry({ shape: null }), "shape null"],
    [
      "offsets out of range",
      entry({ data_offsets: [0, 16], shape: [4] }),
      "data_offsets [0, 16], expected a range within 8",
    ],
    ["offsets in reverse", entry({ data_offsets: [8, 0] }), "data_offsets [8, 0]"],
    ["three offsets", entry({ data_offsets: [0, 4, 8] }), "data_offsets [0, 4, 8]"],
    [
      "overlapping tensors",
      two([0, 4], [2, 6], 6),
      'tensor "b" overlaps another tensor: it starts at byte 2 of the data, expected 4',
    ],
    ["the same range twice", two([0, 4], [0, 4], 4), 'tensor "b" overlaps'],
    ["a gap", two([0, 4], [6, 10], 10), 'tensor "b" leaves a gap'],
    [
      "a name that occurs twice",
      joinSafetensors(
        '{"t":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"t":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
        new Uint8Array(0),
      ),
      'key "t" occurs twice',
    ],
  ])("refuses %s", (_, bytes, message) => {
    const attempt = () => parseSafetensorsHeader(bytes, file);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(file);
  });

  const readAll = (bytes: Uint8Array): void => {
    try {
      let valueBytes = 0;
      for (const tensor of parseSafetensorsHeader(bytes, file).values()) {
        valueBytes += readTensor(bytes, tensor, file).byteLength;
      }
      // What is allocated follows the bytes that are there: halves grow to twice their size.
      expect(valueBytes).toBeLessThanOrEqual(2 * bytes.length);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  };

  it("reads or refuses any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), readAll), { numRuns: 500 });
  });

  it("reads or refuses any JSON header", () => {
    const tensor = fc.record({
      dtype: fc.constantFrom("F32", "F16", "BF16", "I8", 3),
      shape: fc.array(fc.oneof(fc.nat(4), fc.maxSafeInteger(), fc.double()), { maxLength: 3 }),
      data_offsets: fc.array(fc.oneof(fc.nat(32), fc.maxSafeInteger()), { maxLength: 3 }),
    });
    const header = fc.dictionary(fc.string(), fc.oneof(tensor, fc.jsonValue()), { maxKeys: 4 });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 40 }), (fields, data) => {
        readAll(joinSafetensors(JSON.stringify(fields), data));
      }),
      { numRuns: 500 },
    );
  });

  it("reads or refuses a valid file with bytes changed and an end cut off", () => {
    const change = fc.tuple(fc.nat(valid.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.nat(valid.length), (changes, length) => {
        const bytes = valid.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        readAll(bytes.subarray(0, length));
        readAll(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("readTensor", () => {
  it.each([
    ["F32", [1, NaN]],
    ["F32", [-Infinity, 1]],
    ["F16", [1, NaN]],
    ["F16", [Infinity, 0]],
    ["BF16", [0, Infinity]],
  ] as const)("refuses %s values %s by the tensor's name", (type, values) => {
    const bytes = encodeSafetensors({ weight: { type, shape: [2], values } });
    const tensor = parseSafetensorsHeader(bytes, file).get("weight");
    expect(tensor).toBeDefined();
    if (tensor) expect(() => readTensor(bytes, tensor, file)).toThrow(/tensor weight holds .* at index/);
  });
});
