import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { drawTokenizer } from "./drawCheckpoint.testing";
import reference from "./fixtures/shippedReference.json";
import tokenizerCases from "./fixtures/tokenizers.json";
import { createTokenizer, tokenTexts } from "./tokenizer";

const folder = new URL("../../public/models/winnow-1m/", import.meta.url);
const tokenizerText = readFileSync(new URL("tokenizer.json", folder), "utf8");
const shipped = createTokenizer(tokenizerText, "winnow-1m/tokenizer.json");

/** A byte-level BPE in the manner of GPT-2: Ġ stands for a space. */
const bytePair = {
  version: "1.0",
  added_tokens: [{ id: 0, content: "<|end|>", special: true, normalized: false }],
  normalizer: { type: "NFC" },
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
  post_processor: null,
  decoder: { type: "ByteLevel" },
  model: {
    type: "BPE",
    vocab: { "<|end|>": 0, a: 1, b: 2, Ġ: 3, ab: 4, Ġab: 5, Ã: 6, "¤": 7 },
    merges: ["a b", "Ġ ab"],
  },
};

const create = (record: unknown) => createTokenizer(JSON.stringify(record), "m/tokenizer.json");

describe("createTokenizer", () => {
  it.each(reference.cases)("encodes the prompt of $id as the model was trained", (problem) => {
    expect([...shipped.encode(problem.prompt)]).toEqual(problem.promptTokens);
    expect(shipped.decode(problem.promptTokens)).toBe(problem.prompt);
    expect(shipped.decode(problem.greedyTokens)).toBe(problem.greedyText);
  });

  it("takes unknown words for the unknown token", () => {
    expect([...shipped.encode("<bos> Rules : elephant")]).toEqual([1, 14, 9, 3]);
    expect(shipped.vocabularySize).toBe(256);
  });

  it("gives every word of a word-level model its space", () => {
    expect(["<bos>", "Rules", "."].map((word) => shipped.tokenText(shipped.encode(word)[0]))).toEqual([
      " <bos>",
      " Rules",
      " .",
    ]);
  });

  it("has texts of tokens that make up the text", () => {
    const token = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.array(token, { minLength: 1 }), (tokens) => {
        expect(tokens.map((each) => shipped.tokenText(each)).join("")).toBe(` ${shipped.decode(tokens)}`);
      }),
    );
  });

  it("returns the tokens of any text that it decoded", () => {
    const token = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        expect([...shipped.encode(shipped.decode(tokens))]).toEqual(tokens);
      }),
    );
  });

  it("reads byte-level BPE, special tokens written out", () => {
    const tokenizer = create(bytePair);
    const tokens = tokenizer.encode("ab ab<|end|> aä");
    expect([...tokens]).toEqual([4, 5, 0, 3, 1, 6, 7]);
    expect(tokenizer.decode(tokens)).toBe("ab ab<|end|> aä");
    expect([4, 5, 0].map((token) => tokenizer.tokenText(token))).toEqual(["ab", " ab", "<|end|>"]);
  });

  it("names a token that has no text by its number", () => {
    expect(shipped.tokenText(300)).toBe("⟨300⟩");
    expect(shipped.decode([14, 300])).toBe("Rules");
    expect(shipped.decode([])).toBe("");
  });

  it("says which word a vocabulary without an unknown token lacks", () => {
    const words = drawTokenizer("a b c");
    const tokenizer = create({ ...words, model: { ...(words.model as object), unk_token: null } });
    const attempt = () => tokenizer.encode("a zebra");
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow('expected words of the model’s vocabulary, found "zebra"');
  });

  const words = drawTokenizer("<unk> a b");
  const model = words.model as Record<string, unknown>;
  const split = (pattern: string, behavior = "Isolated") => ({
    ...words,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [{ type: "Split", pattern: { Regex: pattern }, behavior, invert: false }],
    },
  });
  it.each([
    ["a list", [], "expected a JSON object"],
    ["no model", { ...words, model: null }, "model: expected a JSON object, found null"],
    [
      "another model type",
      { ...words, model: { ...model, type: "Legacy" } },
      'model is "Legacy"; supported are BPE, WordLevel',
    ],
    ["a vocabulary that is a text", { ...words, model: { ...model, vocab: "a b" } }, "vocab: expected a JSON object"],
    [
      "an id of 2^53",
      { ...words, model: { ...model, vocab: { a: 2 ** 53 } } },
      'token "a" has id 9007199254740992, expected a whole number below 1048576',
    ],
    ["a negative id", { ...words, model: { ...model, vocab: { a: -1 } } }, "has id -1"],
    [
      "an added token of a huge id",
      { ...words, added_tokens: [{ content: "<x>", id: 1e9 }] },
      'added token "<x>" has id 1000000000',
    ],
    [
      "an added token without text",
      { ...words, added_tokens: [{ content: "", id: 1 }] },
      "content nothing, expected a text",
    ],
    ["no added tokens", { ...words, added_tokens: undefined }, "added_tokens must be a list"],
    ["BPE without merges", { ...bytePair, model: { ...bytePair.model, merges: {} } }, "merges must be a list of pairs"],
    [
      "a Unigram model",
      { ...words, model: { type: "Unigram", vocab: [["a", -1]] } },
      'model is "Unigram"; supported are BPE, WordLevel',
    ],
    [
      "an unknown component",
      { ...words, decoder: { type: "Morse" } },
      'decoder is "Morse"; supported are ByteFallback, ByteLevel',
    ],
    [
      "a normalizer that differs between browsers and the library",
      { ...words, normalizer: { type: "Sequence", normalizers: [{ type: "NFKC" }] } },
      'normalizer is "NFKC"; supported are NFC, Prepend, Replace',
    ],
    [
      "an added token whose number the library would not give it",
      { ...words, added_tokens: [{ content: "<x>", id: 7 }] },
      'added token "<x>" has id 7, expected 3',
    ],
    ["a text to be cut", { ...words, truncation: { max_length: 4 } }, "truncation must be null"],
    ["a pattern that could run for ever", split("(a+)+$"), "repeats a group and could take for ever"],
    ["a pattern of many repeats", split("(a*)(a*|x)(a*)(a*)b"), "more than 3 pieces without bound"],
    [
      "a split without a pattern",
      { ...words, pre_tokenizer: { type: "Split", pattern: {}, behavior: "Isolated" } },
      "Split: pattern: String must be a text",
    ],
    ["a huge pattern", split("a".repeat(20000)), "is longer than 10000 characters"],
    [
      "a split that the library lacks",
      split("a", "MergedWithBoth"),
      "behavior must be one of Removed, Isolated, MergedWithPrevious",
    ],
  ])("refuses %s", (_, record, message) => {
    const attempt = () => create(record);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow("m/tokenizer.json");
  });

  it.each(tokenizerCases)("has the ids of the tokenizers library: $name", ({ tokenizer, cases }) => {
    const created = create(tokenizer);
    for (const { text, ids } of cases) expect([...created.encode(text)], text).toEqual(ids);
  });

  it("adds what the post-processor says, and says so", () => {
    const [{ tokenizer }] = tokenizerCases;
    const framed = create({
      ...tokenizer,
      added_tokens: [{ id: 258, content: "<s>", special: true, normalized: false }],
      post_processor: {
        type: "TemplateProcessing",
        single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
        pair: [],
        special_tokens: { "<s>": { id: "<s>", ids: [258], tokens: ["<s>"] } },
      },
    });
    expect([...framed.encode("a")]).toEqual([258, 97]);
    expect(framed.frame).toEqual({ before: [258], behind: [] });
    expect(tokenTexts(framed, framed.encode("a"))).toEqual(["<s>", "a"]);
  });

  it("refuses text that browsers and the library would split differently", () => {
    const [{ tokenizer }] = tokenizerCases;
    expect(() => create(tokenizer).encode("\u{10940}")).toThrow("the text holds U+10940, which is too new in Unicode");
    expect(() => create(tokenizer).encode("\ud83d")).toThrow("half of a character");
  });

  describe("a text stream", () => {
    const [{ tokenizer }] = tokenizerCases;
    const bytes = create(tokenizer);

    it("holds bytes back until their character is whole", () => {
      expect(tokenTexts(bytes, [240, 159, 152, 128, 195, 169, 32])).toEqual(["", "", "", "😀", "", "é", " "]);
    });

    it("shows candidates as the characters that they would complete, or as bytes", () => {
      const stream = bytes.textStream();
      stream.next(195);
      expect([169, 195, 240].map((token) => stream.peek(token))).toEqual(["é", "\ufffd", "\ufffd"]);
      expect([195, 97].map((token) => bytes.tokenText(token))).toEqual(["⟨C3⟩", "a"]);
      expect(bytes.textStream().peek(195)).toBe("⟨C3⟩");
    });

    it("gives bytes that never become a character up at once, and the rest at the end", () => {
      const stream = bytes.textStream();
      expect([255, 240, 159, 97, 226].map((token) => stream.next(token))).toEqual(["\ufffd", "", "", "\ufffda", ""]);
      expect(stream.rest()).toBe("\ufffd");
    });

    it("gives the text of the sequence, whatever the tokens", () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 0, max: 257 })), (tokens) => {
          const stream = bytes.textStream();
          const text = tokens.map((token) => stream.next(token)).join("") + stream.rest();
          expect(text).toBe(bytes.decode(tokens));
        }),
      );
    });
  });

  it("accepts the split pattern of Llama 3 and Qwen", () => {
    const pattern =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    expect([...create(split(pattern)).encode("ab")]).toEqual([0]);
    expect([...create(split(pattern)).encode("a")]).toEqual([1]);
  });

  it("works or is refused whatever is put into its place", () => {
    const path = fc.constantFrom(
      ["model"],
      ["model", "vocab"],
      ["model", "vocab", "a"],
      ["model", "merges"],
      ["model", "unk_token"],
      ["model", "type"],
      ["added_tokens"],
      ["added_tokens", "0"],
      ["added_tokens", "0", "content"],
      ["normalizer"],
      ["normalizer", "type"],
      ["pre_tokenizer"],
      ["pre_tokenizer", "type"],
      ["decoder"],
      ["decoder", "type"],
      ["post_processor"],
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom("BPE", "WordLevel", "Unigram", "Sequence", "Split", "NFD", 2 ** 40),
    );
    fc.assert(
      fc.property(fc.constantFrom<unknown>(words, bytePair), path, value, (original, [...steps], replaced) => {
        const record = structuredClone(original) as Record<string, unknown>;
        let parent: Record<string, unknown> = record;
        for (const step of steps.slice(0, -1)) parent = (parent[step] ?? {}) as Record<string, unknown>;
        parent[steps[steps.length - 1]] = replaced;
        try {
          const tokenizer = create(record);
          const tokens = tokenizer.encode("a ab <unk>");
          for (const token of tokens) expect(token).toBeLessThan(tokenizer.vocabularySize);
          tokenTexts(tokenizer, tokens);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
