import { describe, expect, it } from "vitest";
import { createTokenizer, type Tokenizer } from "../tokenizer";
import type { MetadataItem, MetadataValue, ValueType } from "./ggufFile";
import { ggufChatTemplate, ggufTokenizerJson } from "./ggufTokenizer";

const list = (of: ValueType, items: readonly MetadataItem[]): MetadataValue => ({ type: "array", of, items });
const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);

function rebuilt(metadata: Readonly<Record<string, MetadataValue>>): Tokenizer {
  const named = Object.entries(metadata).map(([name, value]) => [`tokenizer.ggml.${name}`, value] as const);
  const header = { file: "m.gguf", version: 3, metadata: new Map(named), tensors: new Map(), dataStart: 0 };
  return createTokenizer(ggufTokenizerJson(header), "m.gguf");
}

/** Tokens by text, types and scores as a converter of SentencePiece writes them. */
const pieces: readonly (readonly [text: string, type: number, score: number])[] = [
  ["<unk>", 2, 0],
  ["<s>", 3, 0],
  ["</s>", 3, 0],
  ...bytes.map((text) => [text, 6, 0] as const),
  ["▁", 1, -9],
  ["a", 1, -5],
  ["b", 1, -6],
  ["ab", 1, -2],
  ["ba", 1, -1],
  ["▁a", 1, -3],
  ["▁ab", 1, -4],
  ["\n\n", 4, -1000],
];
const idOf = (text: string): number => pieces.findIndex(([piece]) => piece === text);
const sentencePiece: Readonly<Record<string, MetadataValue>> = {
  model: { type: "string", value: "llama" },
  tokens: list(
    "string",
    pieces.map(([text]) => text),
  ),
  token_type: list(
    "i32",
    pieces.map(([, type]) => type),
  ),
  scores: list(
    "f32",
    pieces.map(([, , score]) => score),
  ),
  bos_token_id: { type: "u32", value: 1 },
  unknown_token_id: { type: "u32", value: 0 },
};

describe("a SentencePiece vocabulary", () => {
  it("merges the pair of the best score first", () => {
    const tokenizer = rebuilt(sentencePiece);
    // ▁ab comes of ▁ + ab, as ab (−2) is better than ▁a (−3); in aba, ba (−1) is better than both.
    expect(Array.from(tokenizer.encode("ab"))).toEqual([1, idOf("▁ab")]);
    expect(Array.from(tokenizer.encode("aba"))).toEqual([1, idOf("▁a"), idOf("ba")]);
    expect(tokenizer.decode(tokenizer.encode("ab aba").subarray(1))).toBe("ab aba");
  });

  it("falls back to bytes, and finds control and user-defined tokens first", () => {
    const tokenizer = rebuilt({ ...sentencePiece, add_space_prefix: { type: "bool", value: false } });
    const [first, second] = new TextEncoder().encode("é");
    expect(Array.from(tokenizer.encode("é"))).toEqual([1, idOf(bytes[first]), idOf(bytes[second])]);
    expect(Array.from(tokenizer.encode("a\n\n</s>"))).toEqual([1, idOf("a"), idOf("\n\n"), 2]);
    expect(tokenizer.decode(tokenizer.encode("a é b").subarray(1))).toBe("a é b");
  });

  it("is refused with a token so long that its parts could not be tried", () => {
    const tokens = list("string", ["x".repeat(1025), ...pieces.slice(1).map(([text]) => text)]);
    expect(() => rebuilt({ ...sentencePiece, tokens })).toThrow(/texts of at most 1024 characters/);
  });

  it("adds no beginning where the file says so", () => {
    const tokenizer = rebuilt({ ...sentencePiece, add_bos_token: { type: "bool", value: false } });
    expect(Array.from(tokenizer.encode("ab"))).toEqual([idOf("▁ab")]);
  });
});

describe("a byte-pair vocabulary", () => {
  const bytePair: Readonly<Record<string, MetadataValue>> = {
    model: { type: "string", value: "gpt2" },
    tokens: list("string", ["1", "2", "3", "4", "12", "123", "1234", "Ġ", "a", "Ġa", "<|x|>", "Ġa"]),
    token_type: list("i32", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 4]),
    merges: list("string", ["1 2", "12 3", "123 4", "Ġ a"]),
  };
  const split = (pre: string) => rebuilt({ ...bytePair, pre: { type: "string", value: pre } });

  it.each<[string, number[]]>([
    ["smollm", [0, 1, 2, 3]], // digits one by one
    ["qwen2", [0, 1, 2, 3]],
    ["llama-bpe", [5, 3]], // three at a time
    ["gpt-2", [6]],
  ])("splits numbers as %s does", (pre, tokens) => {
    expect(Array.from(split(pre).encode("1234"))).toEqual(tokens);
  });

  it("takes the first of two tokens with one text, and special tokens whole", () => {
    expect(Array.from(split("gpt-2").encode(" a<|x|>"))).toEqual([9, 10]);
  });
});

it("gives the tokenizer.json that a file holds, and its chat template", () => {
  const metadata = new Map<string, MetadataValue>([
    ["tokenizer.huggingface.json", { type: "string", value: "{}" }],
    ["tokenizer.chat_template", { type: "string", value: "{{ messages }}" }],
  ]);
  const header = { file: "m.gguf", version: 3, metadata, tensors: new Map(), dataStart: 0 };
  expect(ggufTokenizerJson(header)).toBe("{}");
  expect(ggufChatTemplate(header)).toBe("{{ messages }}");
  expect(ggufChatTemplate({ ...header, metadata: new Map() })).toBeNull();
});
