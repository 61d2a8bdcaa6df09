// npm run storage -- --model M: how well the model's keys and values stand being stored in fewer bits. Writes storage.json next to
// the weights; same model, same options, same file.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { KvCodec } from "../../src/engine/cpu/kvStore";
import { plainCodec } from "../../src/engine/cpu/plainKv";
import {
  parseStorageSurvey,
  surveyedBits,
  surveyFileName,
  type StorageSurvey,
  type SurveyedEntries,
} from "../../src/model/storageSurvey";
import { tokenTexts } from "../../src/model/tokenizer";
import { readText, runReading, type ReadingRun } from "../readTexts";
import { addEntries, correlationOf, createEntrySums, errorsOf, type EntrySums } from "./surveyEntries";

const about = `The model reads the texts. Of each layer's keys (after RoPE) and values: how alike the KV heads are, how much is left once their
mean is taken off, and what ${surveyedBits.join(", ")} bits lose in groups along channels, along tokens, and of the deviations from the mean.`;

/** As wide as a head of the shipped models, and KIVI's own along tokens. */
const GROUP_SIZE = 32;
const DIGITS = 4;
const kinds = ["keys", "values"] as const;
type Kind = (typeof kinds)[number];

export function main(argv: string[]): Promise<number> {
  return runReading(argv, { name: "storage", seed: 400_000, about }, survey);
}

/** What a layer was given. [token] of [kvHead][headDim] */
type Gathered = Record<Kind, Float32Array[]>;

async function survey({ loaded, summary, folder, texts, command }: ReadingRun): Promise<void> {
  const { layerCount, kvHeadCount, headDim } = loaded.config;
  const sums = Array.from({ length: layerCount }, (): Record<Kind, EntrySums> => {
    const empty = () => createEntrySums(kvHeadCount, headDim, GROUP_SIZE);
    return { keys: empty(), values: empty() };
  });
  let example: { readonly words: readonly string[]; readonly layers: readonly Gathered[] } | null = null;
  for (const text of texts) {
    const layers = sums.map((): Gathered => ({ keys: [], values: [] }));
    const { tokens } = readText(loaded, text, gatheringCodec(layers));
    for (const [layer, gathered] of layers.entries()) {
      for (const kind of kinds) addEntries(sums[layer][kind], gathered[kind]);
    }
    example ??= { words: tokenTexts(loaded.tokenizer, tokens), layers };
  }
  const shown = example ?? { words: [], layers: [] };
  // The middle of the first text: neither a sink nor the end.
  const position = Math.floor(shown.words.length / 2);
  const entriesOf = (layer: number, kind: Kind): SurveyedEntries => {
    const { [kind]: of } = sums[layer];
    const entry = shown.layers[layer][kind][position];
    const { channels, tokens, deviations } = errorsOf(of);
    return {
      correlation: rounded(correlationOf(of)),
      deviationShare: rounded(of.deviationSquares / of.squares),
      errors: { channels: channels.map(rounded), tokens: tokens.map(rounded), deviations: deviations.map(rounded) },
      example: Array.from({ length: kvHeadCount }, (_, head) =>
        Array.from(entry.subarray(head * headDim, (head + 1) * headDim), rounded),
      ),
    };
  };
  const file: StorageSurvey = {
    version: 1,
    command,
    model: { id: summary.id, digest: summary.digest },
    tokenCount: sums[0].keys.tokenCount,
    groupSize: GROUP_SIZE,
    example: {
      word: shown.words[position].trim(),
      position,
      sentence: shown.words
        .slice(position - 6, position + 7)
        .join("")
        .trim(),
    },
    layers: sums.map((_, layer) => ({ keys: entriesOf(layer, "keys"), values: entriesOf(layer, "values") })),
  };
  const name = path.join(folder, surveyFileName);
  parseStorageSurvey(JSON.stringify(file), name, { ...loaded.config, digest: summary.digest });
  await writeFile(name, `${JSON.stringify(file)}\n`);
  file.layers.forEach((layer, at) => {
    const parts = kinds.map((kind) => `${kind} ρ ${layer[kind].correlation.toFixed(2)}`);
    console.log(`layer ${at}: ${parts.join(", ")}`);
  });
  console.log(`${name}: ${file.tokenCount} tokens; ρ: mean correlation of two KV heads`);
}

/** Keeps entries as computed, and remembers every one. */
function gatheringCodec(layers: readonly Gathered[]): KvCodec {
  return {
    needsUnrotatedKeys: false,
    createLayer: (shape) => {
      const plain = plainCodec.createLayer(shape);
      return {
        ...plain,
        storeToken: (token) => {
          for (const kind of kinds) layers[shape.layer][kind].push(token[kind].slice());
          plain.storeToken(token);
        },
      };
    },
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
