// What the commands share that measure a model on its own kind of text and store a small file beside its weights (filters, basis,
// storage): their flags, the solved problems that the model reads, and the reading.

import { parseArgs } from "node:util";
import { shippedFolder } from "../scripts/shippedFolder";
import { headCountOf } from "../src/cache/headRows";
import { createForward } from "../src/engine/cpu/forward";
import { createKvStore, type KvCodec } from "../src/engine/cpu/kvStore";
import { plainCodec } from "../src/engine/cpu/plainKv";
import { plainProducts } from "../src/engine/cpu/products";
import { createQueryRing, type QueryRing } from "../src/engine/cpu/queryRing";
import { createSimdProducts } from "../src/engine/cpu/simd/simdProducts";
import { layerRopeTables } from "../src/engine/ropeTable";
import { errorMessage, InputError } from "../src/lib/errors";
import type { LoadedModel } from "../src/model/loadModel";
import { drawProblem, problemFamilies } from "../src/problems/families";
import { shippedModels } from "../src/settings/shippedModels";
import { parseCount, parseSeed } from "./eval/options";
import { openModel, type OpenedModel } from "./openModel";

const TEXT_COUNT = 80;
const CHUNK_TOKENS = 32;
const HARDEST = 8;

export interface ReadingCommand {
  /** npm run NAME */
  readonly name: string;
  /** Of the first text, unless the command line says otherwise. */
  readonly seed: number;
  /** What is measured and stored, for --help. */
  readonly about: string;
}

/** What is read, by which command, and what it reads from. */
export interface ReadingRun extends OpenedModel {
  readonly folder: string;
  readonly texts: readonly string[];
  /** The command that makes the file again. */
  readonly command: string;
}

/** The exit status: 2 where the command line or a file cannot be used. */
export async function runReading(
  argv: readonly string[],
  command: ReadingCommand,
  measure: (run: ReadingRun) => Promise<void>,
): Promise<number> {
  try {
    const run = await openRun(argv, command);
    if (run === null) console.log(usageOf(command));
    else await measure(run);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return 2;
  }
}

function usageOf({ name, seed, about }: ReadingCommand): string {
  return `Usage: npm run ${name} -- [--model M] …
  --model M   a folder in Hugging Face layout, or the id of a shipped model (${shippedFolder})
  --texts N   solved problems, of all families in turn, from easy to hard (${TEXT_COUNT})
  --seed S    of the first text (${seed})
${about}`;
}

async function openRun(argv: readonly string[], command: ReadingCommand): Promise<ReadingRun | null> {
  const { help, model, texts, seed } = parseFlags(argv, command);
  if (help) return null;
  const shipped = shippedModels.find(({ id }) => id === model);
  const folder = shipped === undefined ? model : `public/models/${shipped.id}`;
  const [textCount, firstSeed] = [parseCount(texts, "texts"), parseSeed(seed)];
  const opened = await openModel(folder);
  const given = [
    ...(textCount === TEXT_COUNT ? [] : [`--texts ${textCount}`]),
    ...(firstSeed === command.seed ? [] : [`--seed ${firstSeed}`]),
  ];
  return {
    ...opened,
    folder,
    texts: solvedTexts(textCount, firstSeed),
    command: [`npm run ${command.name} -- --model`, opened.summary.id, ...given].join(" "),
  };
}

function parseFlags(argv: readonly string[], command: ReadingCommand) {
  const options = {
    model: { type: "string", default: shippedFolder },
    texts: { type: "string", default: String(TEXT_COUNT) },
    seed: { type: "string", default: String(command.seed) },
    help: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usageOf(command)}`);
  }
}

function solvedTexts(count: number, seed: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const family = problemFamilies[at % problemFamilies.length];
    const round = Math.floor(at / problemFamilies.length);
    const { prompt, trace } = drawProblem(family, 1 + (round % HARDEST), seed + at);
    return `${prompt} ${trace}`;
  });
}

export interface ReadText {
  readonly tokens: Int32Array;
  /** The queries of every token. */
  readonly ring: QueryRing;
}

/** The model reads a text from its start. A codec sees every entry on its way into the cache; absent: kept as computed. */
export function readText(model: LoadedModel, text: string, codec: KvCodec = plainCodec): ReadText {
  const { config } = model;
  const tokens = Int32Array.from(model.tokenizer.encode(text)).subarray(0, config.maxPositions);
  const kv = createKvStore(config, new Int32Array(config.layerCount).fill(tokens.length * config.kvHeadCount), codec);
  const ring = createQueryRing(config, tokens.length);
  const products = createSimdProducts(model.weights) ?? plainProducts;
  const ropeTables = layerRopeTables(config, tokens.length);
  const slotCapacity = tokens.length;
  const forward = createForward(model, { kv, ring, products, ropeTables, slotCapacity, chunkCapacity: CHUNK_TOKENS });
  for (let start = 0; start < tokens.length; start += CHUNK_TOKENS) {
    const firstSlots = new Int32Array(headCountOf(config)).fill(start);
    const chunk = { tokens: tokens.subarray(start, start + CHUNK_TOKENS), firstPosition: start, firstSlots };
    forward.embed(chunk);
    for (let layer = 0; layer < config.layerCount; layer++) forward.runLayer(layer, chunk, null);
  }
  return { tokens, ring };
}
