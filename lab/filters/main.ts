// npm run filters -- --model M: where the queries of each KV head point, for the policy Q-Filters (Godey et al. 2025,
// arXiv:2503.02812). Writes filters.json next to the weights; same model, same options, same file.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { shippedFolder } from "../../scripts/shippedFolder";
import { createForward } from "../../src/engine/cpu/forward";
import { createKvStore } from "../../src/engine/cpu/kvStore";
import { plainProducts } from "../../src/engine/cpu/products";
import { createQueryRing, newestQueries } from "../../src/engine/cpu/queryRing";
import { createSimdProducts } from "../../src/engine/cpu/simd/simdProducts";
import { createRopeTable } from "../../src/engine/ropeTable";
import { headCountOf } from "../../src/cache/headRows";
import { errorMessage, InputError } from "../../src/lib/errors";
import { filtersFileName, parseQueryFilters, type QueryFiltersFile } from "../../src/model/queryFilters";
import type { LoadedModel } from "../../src/model/loadModel";
import { drawProblem, problemFamilies } from "../../src/problems/families";
import { shippedModels } from "../../src/settings/shippedModels";
import { parseCount, parseSeed } from "../eval/options";
import { openModel } from "../openModel";
import { addRow, createScatter, filterOf, type Scatter } from "./principalDirection";

const flags = {
  model: { type: "string", default: shippedFolder },
  texts: { type: "string", default: "80" },
  seed: { type: "string", default: "800000" },
  help: { type: "boolean", default: false },
} as const;

const usage = `Usage: npm run filters -- [--model M] …
  --model M   a folder in Hugging Face layout, or the id of a shipped model (${flags.model.default})
  --texts N   solved problems, of all families in turn, from easy to hard (${flags.texts.default})
  --seed S    of the first text (${flags.seed.default})
The model reads the texts; of each query head's queries after RoPE, the direction that most of their length lies along is found,
and a KV head's filter points away from the mean of its query heads' directions.`;

/** Numbers of a filter are stored with this many digits. */
const DIGITS = 6;
const CHUNK_TOKENS = 32;
const HARDEST = 8;

export async function main(argv: string[]): Promise<number> {
  try {
    const values = parseFlags(argv);
    if (values.help) console.log(usage);
    else await makeFilters(values);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return 2;
  }
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

async function makeFilters(values: ReturnType<typeof parseFlags>): Promise<void> {
  const shipped = shippedModels.find(({ id }) => id === values.model);
  const folder = shipped === undefined ? values.model : `public/models/${shipped.id}`;
  const { loaded, summary } = await openModel(folder);
  const [textCount, seed] = [parseCount(values.texts, "texts"), parseSeed(values.seed)];
  const { layerCount, headCount, kvHeadCount, headDim } = loaded.config;
  const scatters = Array.from({ length: layerCount * headCount }, () => createScatter(headDim)); // [layer][head]
  let tokenCount = 0;
  for (let at = 0; at < textCount; at++) {
    const family = problemFamilies[at % problemFamilies.length];
    const round = Math.floor(at / problemFamilies.length);
    const problem = drawProblem(family, 1 + (round % HARDEST), seed + at);
    tokenCount += addQueries(loaded, `${problem.prompt} ${problem.trace}`, scatters);
  }
  const memberCount = headCount / kvHeadCount;
  const heads = Array.from({ length: layerCount }, (_, layer) =>
    Array.from({ length: kvHeadCount }, (__, kvHead) => {
      const first = layer * headCount + kvHead * memberCount;
      return filterOf(scatters.slice(first, first + memberCount));
    }),
  );
  const given = (["texts", "seed"] as const).filter((flag) => values[flag] !== flags[flag].default);
  const command = ["npm run filters -- --model", summary.id, ...given.map((flag) => `--${flag} ${values[flag]}`)];
  const file: QueryFiltersFile = {
    version: 1,
    command: command.join(" "),
    model: { id: summary.id, digest: summary.digest },
    tokenCount,
    explained: heads.map((layer) => layer.map(({ explained }) => rounded(explained))),
    filters: heads.map((layer) => layer.map(({ filter }) => [...filter].map(rounded))),
  };
  const name = path.join(folder, filtersFileName);
  parseQueryFilters(JSON.stringify(file), name, { ...loaded.config, digest: summary.digest });
  await writeFile(name, `${JSON.stringify(file)}\n`);
  file.explained.forEach((layer, at) => console.log(`layer ${at}: ${layer.map((part) => part.toFixed(2)).join(" ")}`));
  console.log(`${name}: ${tokenCount} tokens; above, the part of the queries' squared length along each filter`);
}

/** Adds every token's queries after RoPE to the scatter of their head; says how many tokens there were. */
function addQueries(model: LoadedModel, text: string, scatters: readonly Scatter[]): number {
  const { config } = model;
  const tokens = Int32Array.from(model.tokenizer.encode(text)).subarray(0, config.maxPositions);
  const kv = createKvStore(config, new Int32Array(config.layerCount).fill(tokens.length * config.kvHeadCount));
  const ring = createQueryRing(config, tokens.length);
  const products = createSimdProducts(model.weights) ?? plainProducts;
  const ropeTable = createRopeTable(config, tokens.length);
  const slotCapacity = tokens.length;
  const forward = createForward(model, { kv, ring, products, ropeTable, slotCapacity, chunkCapacity: CHUNK_TOKENS });
  for (let start = 0; start < tokens.length; start += CHUNK_TOKENS) {
    const firstSlots = new Int32Array(headCountOf(config)).fill(start);
    const chunk = { tokens: tokens.subarray(start, start + CHUNK_TOKENS), firstPosition: start, firstSlots };
    forward.embed(chunk);
    for (let layer = 0; layer < config.layerCount; layer++) forward.runLayer(layer, chunk, null);
  }
  const { headCount, headDim } = config;
  for (let layer = 0; layer < config.layerCount; layer++) {
    const rowCount = tokens.length;
    const queries = newestQueries(ring, { layer, newestPosition: rowCount - 1, rowCount }); // [head][row][headDim]
    for (let at = 0; at < headCount * rowCount; at++) {
      const head = Math.floor(at / rowCount);
      addRow(scatters[layer * headCount + head], queries.subarray(at * headDim, (at + 1) * headDim));
    }
  }
  return tokens.length;
}

function rounded(value: number): number {
  return Number(value.toFixed(DIGITS));
}
