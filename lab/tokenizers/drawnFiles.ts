// Small tokenizer.json files that differ in one part each: every form of every part that the page supports, and parts that
// it must refuse because their ids would differ.

interface File {
  readonly name: string;
  readonly json: string;
}

/** GPT-2's letter for a byte. */
function byteLetter(byte: number): string {
  const isPrintable = (code: number): boolean =>
    (code >= 0x21 && code <= 0x7e) || (code >= 0xa1 && code <= 0xff && code !== 0xad);
  if (isPrintable(byte)) return String.fromCharCode(byte);
  return String.fromCharCode(
    0x100 + Array.from({ length: byte }, (_, code) => code).filter((code) => !isPrintable(code)).length,
  );
}

const byteMerges = [
  "h e",
  "l l",
  "he ll",
  "hell o",
  "Ġ hello",
  "Ġ Ġ",
  "ĠĠ ĠĠ",
  "1 2",
  "12 3",
  "Ã ©",
  "a b",
  "e l",
  "' s",
  "Ġ a",
];
const byteModel = {
  type: "BPE",
  ...{ dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false },
  ...{ byte_fallback: false, ignore_merges: false },
  vocab: Object.fromEntries(
    [
      ...Array.from({ length: 256 }, (_, byte) => byteLetter(byte)),
      ...byteMerges.map((merge) => merge.replace(" ", "")),
    ].map((token, id) => [token, id]),
  ),
  merges: byteMerges,
};

/** The byte model with more merges behind its own. */
function withMerges(more: readonly string[]) {
  const merges = [...byteMerges, ...more];
  const tokens = [...Object.keys(byteModel.vocab), ...more.map((merge) => merge.replace(" ", ""))];
  return { ...byteModel, merges, vocab: Object.fromEntries(tokens.map((token, id) => [token, id])) };
}

const plainMerges = ["▁ ▁", "▁ a", "▁ b", "l l", "a b", "▁▁ ▁▁", "1 2", "▁ hello"];
const plainTokens = [
  ...["<unk>", "<s>", "</s>"],
  ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
  ...Array.from("▁abehlo012é漢"),
  "hello",
  ...plainMerges.map((merge) => merge.replace(" ", "")),
];
const plainModel = {
  ...byteModel,
  unk_token: "<unk>",
  fuse_unk: true,
  byte_fallback: true,
  vocab: Object.fromEntries(plainTokens.map((token, id) => [token, id])),
  merges: plainMerges,
};
const words = ["<unk>", "a", "b", "hello", "Hello", "world", "1", "½", "▁a", "é"];
const wordModel = {
  type: "WordLevel",
  vocab: Object.fromEntries(words.map((word, id) => [word, id])),
  unk_token: "<unk>",
};

const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
const sequence = (...pretokenizers: object[]) => ({ type: "Sequence", pretokenizers });
const split = (pattern: object, behavior: string, invert = false) => ({ type: "Split", pattern, behavior, invert });
const llama3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"];
const decoders = {
  plain: { type: "Sequence", decoders: [replace("▁", " "), { type: "ByteFallback" }, { type: "Fuse" }, strip()] },
};

function replace(from: string, content: string) {
  return { type: "Replace", pattern: { String: from }, content };
}
function strip() {
  return { type: "Strip", content: " ", start: 1, stop: 0 };
}

function file(name: string, model: object, parts: object): File {
  const record = {
    ...{ version: "1.0", truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null },
    ...{ post_processor: null, decoder: null, model },
    ...parts,
  };
  return { name, json: JSON.stringify(record) };
}
const byteFile = (name: string, parts: object): File =>
  file(name, byteModel, { pre_tokenizer: byteLevel, decoder: byteLevel, ...parts });
const plainFile = (name: string, parts: object, model: object = plainModel): File =>
  file(name, model, { decoder: decoders.plain, ...parts });

const preTokenizers: [string, object][] = [
  ["ByteLevel", byteLevel],
  ["ByteLevel with a space in front", { ...byteLevel, add_prefix_space: true }],
  ["ByteLevel without its pattern", { ...byteLevel, use_regex: false }],
  ...[true, false].flatMap((individual_digits): [string, object][] => [
    [`Digits ${individual_digits}`, sequence({ type: "Digits", individual_digits }, byteLevel)],
    [`Digits ${individual_digits} behind ByteLevel`, sequence(byteLevel, { type: "Digits", individual_digits })],
  ]),
  ...behaviors.flatMap((behavior): [string, object][] =>
    [true, false].flatMap((invert): [string, object][] => [
      [
        `Split by a pattern, ${behavior} ${invert}`,
        sequence(split({ Regex: llama3 }, behavior, invert), { ...byteLevel, use_regex: false }),
      ],
      [`Split by a text, ${behavior} ${invert}`, sequence(split({ String: " " }, behavior, invert), byteLevel)],
      [`Split by signs, ${behavior} ${invert}`, sequence(split({ String: "a." }, behavior, invert), byteLevel)],
      [`Split by one class, ${behavior} ${invert}`, sequence(split({ Regex: "\\p{P}" }, behavior, invert), byteLevel)],
    ]),
  ),
  ...[
    "\\s+",
    "\\d",
    "\\p{N}{2}",
    "[\\p{Lu}\\p{M}]+",
    "[^a-z\\n]+",
    "[\\u3040-\\u30ff\\-]+",
    "\\.|!",
    ".+",
    "\\p{Han}",
    "a*?b",
    "(?i:ab|s)",
    "[0-9]{1,3}(?=(?:[0-9]{3})*(?![0-9]))",
    "[()^$.]",
    "\\S+|\\D",
  ].map((pattern): [string, object] => [
    `pattern ${pattern}`,
    sequence(split({ Regex: pattern }, "Isolated"), byteLevel),
  ]),
  ...[
    "\\w+",
    "\\bab",
    "^a",
    "a$",
    "\\p{L}++",
    "[[:alpha:]]+",
    "[a-z&&[^b]]",
    "(?<=a)b",
    "\\h",
    "\\x41",
    "(?>ab|a)",
    "a{,3}",
    "\\p{Alphabetic}",
    "(?i:é)",
    "\\X",
    "\\R",
    "\\p{L}{2}?",
    "(?i:'ss|'t)",
  ].map((pattern): [string, object] => [
    `pattern ${pattern}`,
    sequence(split({ Regex: pattern }, "Isolated"), byteLevel),
  ]),
  ...["Whitespace", "WhitespaceSplit", "BertPreTokenizer", "UnicodeScripts"].map((type): [string, object] => [
    type,
    sequence({ type }, byteLevel),
  ]),
  ...behaviors.map((behavior): [string, object] => [
    `Punctuation ${behavior}`,
    sequence({ type: "Punctuation", behavior }, byteLevel),
  ]),
  ["CharDelimiterSplit", sequence({ type: "CharDelimiterSplit", delimiter: "a" }, byteLevel)],
  ["Split by contractions", sequence(split({ Regex: "(?i:'s|'k|'re)" }, "Removed"), byteLevel)],
  ...[split({ String: " " }, "Isolated"), byteLevel, metaspace].map((part, place): [string, object] => [
    `Metaspace first behind part ${place}`,
    sequence(part, { ...metaspace, prepend_scheme: "first" }),
  ]),
  ["FixedLength", sequence({ type: "FixedLength", length: 3 }, byteLevel)],
];

const normalizers: [string, object][] = [
  ...["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt"].map((type): [string, object] => [
    type,
    { type },
  ]),
  ["Strip", { type: "Strip", strip_left: true, strip_right: true }],
  [
    "BertNormalizer",
    { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  ],
  ["Replace by a text with $", replace("a", "$&$1")],
  ["Replace of a sign", replace(".", "b")],
  ["Replace by a pattern", { type: "Replace", pattern: { Regex: " {2,}" }, content: "▁" }],
  ["Prepend", { type: "Prepend", prepend: "a" }],
  [
    "several",
    { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Sequence", normalizers: [replace("é", "e")] }] },
  ],
  ["none in a sequence", { type: "Sequence", normalizers: [] }],
];

const addedFlags: object[] = [
  {},
  { single_word: true },
  { lstrip: true },
  { rstrip: true },
  { lstrip: true, rstrip: true, single_word: true },
  { normalized: true },
  { normalized: true, lstrip: true, special: false },
];

const template = (...single: object[]) => ({
  type: "TemplateProcessing",
  single,
  pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
  special_tokens: {
    "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] },
    "</s>": { id: "</s>", ids: [2, 3], tokens: ["</s>", "x"] },
  },
});
const text = { Sequence: { id: "A", type_id: 0 } };
const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });

export const drawnFiles: readonly File[] = [
  ...preTokenizers.map(([name, pre_tokenizer]) => byteFile(name, { pre_tokenizer })),
  ...normalizers.map(([name, normalizer]) => byteFile(`normalizer ${name}`, { normalizer })),
  byteFile("ignore_merges", {
    model: { ...byteModel, ignore_merges: true, vocab: { ...byteModel.vocab, Ġworld: 270 } },
  }),
  byteFile("merges as pairs", { model: { ...byteModel, merges: byteMerges.map((merge) => merge.split(" ")) } }),
  byteFile("merges twice", { model: { ...byteModel, merges: [...byteMerges, "h e", "a b"] } }),
  byteFile("merges with the head of a merges.txt", { model: withMerges(["v e", "# ve", "#version: 0.2", "#ve r"]) }),
  byteFile("two tokens of one id", { model: { ...byteModel, vocab: { ...byteModel.vocab, world: 4 } } }),
  byteFile("a merge without its token", { model: { ...byteModel, merges: ["q q"] } }),
  byteFile("dropout", { model: { ...byteModel, dropout: 0.5 } }),
  byteFile("a suffix of words", { model: { ...byteModel, end_of_word_suffix: "</w>" } }),
  byteFile("empty affixes", { model: { ...byteModel, continuing_subword_prefix: "", end_of_word_suffix: "" } }),
  byteFile("an alphabet with gaps", {
    model: {
      ...byteModel,
      vocab: Object.fromEntries(
        Object.entries(byteModel.vocab).filter(([token]) => !"ÃÂz".includes(token) && token !== "Ã©"),
      ),
      merges: ["h e"],
    },
  }),
  byteFile("truncation", { truncation: { max_length: 4, strategy: "LongestFirst", stride: 0, direction: "Right" } }),
  byteFile("an unknown part", { pre_tokenizer: { ...byteLevel, colour: "red" } }),
  ...addedFlags.flatMap((own, place) => [
    byteFile(`added token ${JSON.stringify(own)}`, {
      added_tokens: [{ id: 270, content: "<mask>", ...flags, ...own }],
    }),
    byteFile(`added token ${JSON.stringify(own)} with a normalizer`, {
      added_tokens: [{ id: 270, content: "<mask>", ...flags, ...own }],
      normalizer: { type: "Sequence", normalizers: [replace("<", "a"), { type: "NFC" }] },
    }),
    plainFile(`added token ${JSON.stringify(own)} and Metaspace ${place}`, {
      added_tokens: [{ id: 1, content: "<s>", ...flags, ...own }],
      pre_tokenizer: { ...metaspace, prepend_scheme: "first" },
    }),
  ]),
  byteFile("added tokens that overlap", {
    added_tokens: ["<m", "<mask>", "ask>b", " <mask>", "  ", "hello"].map((content, place) => ({
      ...flags,
      content,
      id: content === "hello" ? byteModel.vocab.hello : 270 + place,
      normalized: place % 2 === 1,
    })),
  }),
  byteFile("an added token of white space", {
    added_tokens: [{ id: 270, content: "\n", ...flags, lstrip: true, rstrip: true }],
  }),
  byteFile("added tokens that share white space", {
    added_tokens: ["<mask>", " "].map((content, place) => ({
      ...{ id: 270 + place, content, ...flags },
      ...{ lstrip: place === 1, rstrip: place === 0 },
    })),
  }),
  ...["", "b"].map((content) =>
    byteFile(`normalized tokens, a becomes ${content || "nothing"}`, {
      normalizer: replace("a", content),
      added_tokens: ["a", "b"].map((each) => ({
        ...{ id: (byteModel.vocab as Record<string, number>)[each], content: each },
        ...{ ...flags, normalized: true },
      })),
    }),
  ),
  plainFile("Metaspace first of normalized text, behind Split", {
    normalizer: replace("a", ""),
    pre_tokenizer: sequence(split({ Regex: "\\p{N}" }, "Isolated"), { ...metaspace, prepend_scheme: "first" }),
  }),
  byteFile("an added token of the alphabet", { added_tokens: [{ ...flags, content: "é", id: byteModel.vocab["é"] }] }),
  byteFile("an added token of another number", { added_tokens: [{ ...flags, content: "<mask>", id: 300 }] }),
  byteFile("an added token twice", { added_tokens: [270, 271].map((id) => ({ ...flags, content: "<mask>", id })) }),
  ...["always", "first", "never"].flatMap((prepend_scheme) =>
    [true, false].map((isSplit) =>
      plainFile(`Metaspace ${prepend_scheme} ${isSplit}`, {
        pre_tokenizer: { ...metaspace, prepend_scheme, split: isSplit },
        decoder: { ...metaspace, prepend_scheme, split: isSplit },
      }),
    ),
  ),
  plainFile("Metaspace of old", {
    pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: true, str_rep: "▁" },
  }),
  plainFile("Metaspace of old, no space, said twice", {
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "never", add_prefix_space: false },
  }),
  plainFile("Metaspace of old, no space", {
    pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: false },
  }),
  plainFile("Metaspace behind Split", {
    pre_tokenizer: sequence(split({ Regex: "\\p{N}" }, "Isolated"), { ...metaspace, prepend_scheme: "first" }),
  }),
  plainFile("Metaspace behind WhitespaceSplit", { pre_tokenizer: sequence({ type: "WhitespaceSplit" }, metaspace) }),
  plainFile("Llama 2", {
    normalizer: { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, replace(" ", "▁")] },
  }),
  plainFile("Llama 2 with a normalized token", {
    normalizer: { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, replace(" ", "▁")] },
    added_tokens: [{ id: 1, content: "<s>", ...flags, normalized: true }],
  }),
  plainFile("Gemma", { normalizer: replace(" ", "▁"), pre_tokenizer: split({ String: " " }, "MergedWithPrevious") }),
  plainFile("no byte fallback", {}, { ...plainModel, byte_fallback: false }),
  plainFile("no byte fallback, unknown one by one", {}, { ...plainModel, byte_fallback: false, fuse_unk: false }),
  plainFile("no unknown token", {}, { ...plainModel, byte_fallback: false, unk_token: null }),
  plainFile(
    "byte tokens with gaps",
    {},
    {
      ...plainModel,
      vocab: Object.fromEntries(
        Object.entries(plainModel.vocab).map(([token, id]) => [token === "<0xC3>" ? "<none>" : token, id]),
      ),
    },
  ),
  plainFile("template", { post_processor: template(special("<s>"), text, special("</s>")) }),
  plainFile("templates around templates", {
    post_processor: {
      type: "Sequence",
      processors: [template(special("<s>"), text), template(special("</s>"), text, special("<s>")), byteLevel],
    },
  }),
  plainFile("template with the text twice", { post_processor: template(text, special("<s>"), text) }),
  plainFile("BertProcessing", { post_processor: { type: "BertProcessing", sep: ["</s>", 2], cls: ["<s>", 1] } }),
  plainFile("RobertaProcessing", {
    post_processor: {
      type: "RobertaProcessing",
      sep: ["</s>", 2],
      cls: ["<s>", 1],
      trim_offsets: true,
      add_prefix_space: true,
    },
  }),
  file("words", wordModel, { pre_tokenizer: { type: "WhitespaceSplit" } }),
  file("words with digits", wordModel, {
    pre_tokenizer: sequence({ type: "WhitespaceSplit" }, { type: "Digits", individual_digits: true }),
  }),
  file("words, none unknown", { ...wordModel, unk_token: "<none>" }, { pre_tokenizer: { type: "WhitespaceSplit" } }),
  file(
    "WordPiece",
    {
      type: "WordPiece",
      unk_token: "<unk>",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: wordModel.vocab,
    },
    { pre_tokenizer: { type: "WhitespaceSplit" } },
  ),
  file("Unigram", { type: "Unigram", unk_id: 0, byte_fallback: false, vocab: words.map((word) => [word, -1]) }, {}),
];
