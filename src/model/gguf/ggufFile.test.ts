import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { InputError } from "../../lib/errors";
import { randomStream } from "../../lib/random";
import { memoryBytes } from "../source/byteSource";
import { weightFormats } from "../weightFormats";
import { codeTensor, ggufBytes, numberTensor } from "./drawGguf.testing";
import { parseGgufHeader, readGgufHeader, type GgufHeader, type MetadataValue } from "./ggufFile";
import { blockSizes } from "./ggufTypes";

const metadata: Readonly<Record<string, MetadataValue>> = {
  "general.architecture": { type: "string", value: "llama" },
  "general.alignment": { type: "u32", value: 32 },
  "llama.block_count": { type: "u32", value: 2 },
  "llama.rope.freq_base": { type: "f32", value: 10000 },
  "tokenizer.ggml.tokens": { type: "array", of: "string", items: ["a", "b", "ab"] },
  "tokenizer.ggml.scores": { type: "array", of: "f32", items: [0, -1, -2] },
};
const tensors = [
  codeTensor("blk.0.attn_q.weight", [64, 4], { type: "Q8_0", size: 0.1, seed: 1 }),
  codeTensor("blk.0.ffn_up.weight", [256, 2], { type: "Q4_K", size: 0.1, seed: 2 }),
  numberTensor("output_norm.weight", [6], new Float32Array(6)),
];
const drawn = ggufBytes({ metadata, tensors });

function parse(bytes: Uint8Array): GgufHeader {
  return parseGgufHeader(bytes, { file: "m.gguf", fileBytes: bytes.length });
}

/** The drawn file with other bytes at the only place where `from` occurs. */
function changed(from: string | Uint8Array, to: Uint8Array, behind = 0): Uint8Array {
  const wanted = Buffer.from(from as string);
  const bytes = drawn.slice();
  const at = Buffer.from(bytes).indexOf(wanted) + wanted.length + behind;
  bytes.set(to, at);
  return bytes;
}

const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(value).buffer);

it("reads metadata and places of tensors", () => {
  const header = parse(drawn);
  expect(header.metadata.get("tokenizer.ggml.tokens")).toMatchObject({ of: "string", items: ["a", "b", "ab"] });
  const tensor = header.tensors.get("blk.0.ffn_up.weight");
  expect(tensor).toMatchObject({ dims: [256, 2], type: "Q4_K", byteCount: 288 });
  const begin = tensor?.begin ?? 0;
  expect(drawn.subarray(begin, begin + 288)).toEqual(tensors[1].bytes);
});

it("reads on where the header is longer than the first piece", async () => {
  const items = Array.from({ length: 200_000 }, (_, at) => `token ${at}`);
  const bytes = ggufBytes({
    metadata: { ...metadata, "tokenizer.ggml.tokens": { type: "array", of: "string", items } },
    tensors,
  });
  const reads: number[] = [];
  const source = memoryBytes("m.gguf", bytes);
  const header = await readGgufHeader({
    ...source,
    read: (offset, length) => {
      reads.push(length);
      return source.read(offset, length);
    },
  });
  expect(header.tensors.size).toBe(3);
  expect(reads).toEqual([2 ** 20, Math.min(bytes.length, 4 * 2 ** 20)]);
});

it.each<[string, Uint8Array, RegExp]>([
  ["nothing", new Uint8Array(0), /too short/],
  ["another file", new TextEncoder().encode("PK\u0003\u0004".padEnd(64)), /begins with "GGUF"/],
  ["a Git LFS pointer", new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid"), /Git LFS pointer/],
  ["version 1", changed("GGUF", u32(1)), /version 1, expected version 2 or 3/],
  ["version 4", changed("GGUF", u32(4)), /version 4/],
  ["a big-endian file", changed("GGUF", Uint8Array.of(0, 0, 0, 3)), /big-endian/],
  ["2^32 tensors", changed("GGUF", u64(2n ** 32n), 4), /number of tensors is 4294967296/],
  ["2^63 entries", changed("GGUF", u64(2n ** 63n), 12), /number of metadata entries/],
  ["a text of 2^63 bytes", changed("general.architecture", u64(2n ** 63n), 4), /length of metadata/],
  ["a list of 2^62 texts", changed("tokenizer.ggml.tokens", u64(2n ** 62n), 8), /length of the array/],
  ["items of type 255", changed("tokenizer.ggml.tokens", u32(255), 4), /value type 255/],
  ["a value of type 77", changed("llama.block_count", u32(77)), /value type 77/],
  ["alignment 0", changed("general.alignment", u32(0), 4), /general.alignment is "0"/],
  ["alignment 3", changed("general.alignment", u32(3), 4), /power of two/],
  ["alignment 2^30", changed("general.alignment", u32(2 ** 30), 4), /power of two/],
  ["no dimensions", changed("output_norm.weight", u32(0)), /0 dimensions/],
  ["nine dimensions", changed("output_norm.weight", u32(9)), /9 dimensions/],
  ["2^32 − 1 dimensions", changed("output_norm.weight", u32(0xffffffff)), /4294967295 dimensions/],
  [
    "a product beyond 2^64",
    changed("blk.0.attn_q.weight", Buffer.concat([u64(2n ** 33n), u64(2n ** 33n)]), 4),
    /product/,
  ],
  ["a negative size", changed("output_norm.weight", u64(2n ** 64n - 6n), 4), /product/],
  ["rows of half a block", changed("blk.0.attn_q.weight", u64(16n), 4), /whole blocks of 32/],
  ["a type that nobody knows", changed("output_norm.weight", u32(9999), 12), /type 9999/],
  ["an offset that is not aligned", changed("blk.0.ffn_up.weight", u64(288n + 8n), 24), /multiple of 32/],
  ["an offset past the end", changed("blk.0.ffn_up.weight", u64(2n ** 40n), 24), /past the file/],
  ["an offset of 2^64 − 32", changed("blk.0.ffn_up.weight", u64(2n ** 64n - 32n), 24), /past the end/],
  ["overlapping tensors", changed("blk.0.ffn_up.weight", u64(0n), 24), /overlap/],
  ["a cut tail", drawn.subarray(0, drawn.length - 30), /past the file/],
  ["a cut header", drawn.subarray(0, 100), /are possible in this file/],
])("refuses %s", (_, bytes, message) => {
  expect(() => parse(bytes)).toThrow(InputError);
  expect(() => parse(bytes)).toThrow(message);
});

it("refuses lists that are nested ten thousand deep, a doubled key and a doubled tensor", () => {
  const depth = 10_000;
  const nest = Buffer.concat(Array.from({ length: depth }, () => Buffer.concat([u32(9), u64(1n)])));
  const bytes = Buffer.concat([drawn.subarray(0, 16), u64(1n), u64(1n), Buffer.from("k"), u32(9), nest]);
  expect(() => parse(bytes)).toThrow(/nests lists more than 4 deep/);
  const key = Buffer.concat([u64(1n), Buffer.from("k"), u32(0), Buffer.from([1])]);
  const doubled = Buffer.concat([drawn.subarray(0, 8), u64(0n), u64(2n), key, key]);
  expect(() => parse(doubled)).toThrow(/occurs twice/);
  const twice = ggufBytes({ metadata, tensors: [tensors[0], tensors[0]] });
  expect(() => parse(twice)).toThrow(/occurs twice/);
});

it("refuses more items in all lists together than one list may have", () => {
  const list = (key: string): Uint8Array =>
    Buffer.concat([u64(1n), Buffer.from(key), u32(9), u32(0), u64(3_000_000n), Buffer.alloc(3_000_000)]);
  const start = (entries: bigint): Uint8Array => Buffer.concat([drawn.subarray(0, 8), u64(0n), u64(entries)]);
  expect(parse(Buffer.concat([start(1n), list("a")])).metadata.size).toBe(1);
  expect(() => parse(Buffer.concat([start(2n), list("a"), list("b")]))).toThrow(
    /length of the array metadata "b" is 3000000, but at most 1194304/,
  );
});

it("accepts or refuses 10,000 mutated files, and does nothing else", async () => {
  const { inputs } = JSON.parse(await readFile("fixtures/golden/related/gguf-file-0.json", "utf8")) as {
    inputs: { file: string };
  };
  const seeds = [drawn, new Uint8Array(Buffer.from(inputs.file, "base64"))];
  const stream = randomStream(18);
  const extremes = [0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 62n, 2n ** 63n, 2n ** 64n - 1n];
  let accepted = 0;
  for (let file = 0; file < 10_000; file++) {
    let bytes = seeds[file % 2].slice();
    const place = (): number => stream.integer(0, Math.max(0, Math.min(bytes.length, 1000) - 9));
    for (let change = stream.integer(1, 4); change > 0; change--) {
      switch (stream.integer(0, 4)) {
        case 0:
          bytes[place()] = stream.integer(0, 255);
          break;
        case 1:
          bytes[place()] ^= 1 << stream.integer(0, 7);
          break;
        case 2:
          bytes.set(u64(extremes[stream.integer(0, extremes.length - 1)]), place());
          break;
        case 3:
          bytes = bytes.slice(0, stream.integer(0, bytes.length));
          break;
        default:
          bytes.copyWithin(place(), place(), place());
      }
      if (bytes.length < 10) break;
    }
    try {
      parse(bytes);
      accepted++;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  // A byte of tensor data or of a text may change without harm.
  expect(accepted).toBeGreaterThan(100);
  expect(accepted).toBeLessThan(6000);
});

it("knows the sizes of every format that can be computed with", () => {
  for (const { id, name, blockValues, blockBytes } of weightFormats) {
    expect(blockSizes.get(id)).toEqual({ name, blockValues, blockBytes });
  }
});
