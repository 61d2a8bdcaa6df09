// npm run filters -- --model M: where the queries of each KV head point, for the policy Q-Filters (Godey et al. 2025,
// arXiv:2503.02812). Writes filters.json next to the weights; same model, same options, same file.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { newestQueries } from "../../src/engine/cpu/queryRing";
import type { LoadedModel } from "../../src/model/loadModel";
import { filtersFileName, parseQueryFilters, type QueryFiltersFile } from "../../src/model/queryFilters";
import { readText, runReading, type ReadingRun } from "../readTexts";
import { addRow, createScatter, filterOf, type Scatter } from "./principalDirection";

const about = `The model reads the texts; of each query head's queries after RoPE, the direction that most of their length lies along is found,
and a KV head's filter points away from the mean of its query heads' directions.`;

/** Numbers of a filter are stored with this many digits. */
const DIGITS = 6;

export function main(argv: string[]): Promise<number> {
  return runReading(argv, { name: "filters", seed: 800_000, about }, makeFilters);
}

async function makeFilters({ loaded, summary, folder, texts, command }: ReadingRun): Promise<void> {
  const { layerCount, headCount, kvHeadCount, headDim } = loaded.config;
  const scatters = Array.from({ length: layerCount * headCount }, () => createScatter(headDim)); // [layer][head]
  const tokenCount = texts.reduce((count, text) => count + addQueries(loaded, text, scatters), 0);
  const memberCount = headCount / kvHeadCount;
  const heads = Array.from({ length: layerCount }, (_, layer) =>
    Array.from({ length: kvHeadCount }, (__, kvHead) => {
      const first = layer * headCount + kvHead * memberCount;
      return filterOf(scatters.slice(first, first + memberCount));
    }),
  );
  const file: QueryFiltersFile = {
    version: 1,
    command,
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
  const { layerCount, headCount, headDim } = model.config;
  const { tokens, ring } = readText(model, text);
  for (let layer = 0; layer < layerCount; layer++) {
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
