// npm run basis -- --model M: the directions in which the model's keys vary before RoPE, for reading through latents (SALS).
// Writes basis.json and basis.bin next to the weights; same model, same options, same files.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { directorySource } from "../../scripts/directorySource";
import { shippedFolder } from "../../scripts/shippedFolder";
import { headCountOf } from "../../src/cache/headRows";
import { createForward } from "../../src/engine/cpu/forward";
import { createKvStore, type KvCodec } from "../../src/engine/cpu/kvStore";
import { plainCodec } from "../../src/engine/cpu/plainKv";
import { plainProducts } from "../../src/engine/cpu/products";
import { createQueryRing } from "../../src/engine/cpu/queryRing";
import { createSimdProducts } from "../../src/engine/cpu/simd/simdProducts";
import { createRopeTable } from "../../src/engine/ropeTable";
import { assert, errorMessage, InputError } from "../../src/lib/errors";
import { sha256 } from "../../src/lib/sha256";
import { basisFileName, directionsFileName, encodeDirections, readKeyBasis } from "../../src/model/keyBasis";
import type { KeyBasisFile } from "../../src/model/keyBasis";
import type { LoadedModel } from "../../src/model/loadModel";
import { drawProblem, problemFamilies } from "../../src/problems/families";
import { shippedModels } from "../../src/settings/shippedModels";
import { parseCount, parseSeed } from "../eval/options";
import { openModel } from "../openModel";
import { addKeys, createKeyScatter, energyShare, headEigen, keyEigen, type KeyScatter } from "./keySpectrum";

const flags = {
  model: { type: "string", default: shippedFolder },
  texts: { type: "string", default: "80" },
  seed: { type: "string", default: "600000" },
  help: { type: "boolean", default: false },
} as const;

const usage = `Usage: npm run basis -- [--model M] …
  --model M   a folder in Hugging Face layout, or the id of a shipped model (${flags.model.default})
  --texts N   solved problems, of all families in turn, from easy to hard (${flags.texts.default})
  --seed S    of the first text (${flags.seed.default})
The model reads the texts; of each layer's keys before RoPE, all heads jointly and not centred, the eigenvectors of XᵀX / N are
stored, with the eigenvalues before and after RoPE.`;

/** Eigenvalues are stored with this many digits. */
const DIGITS = 6;
const CHUNK_TOKENS = 32;
const HARDEST = 8;

export async function main(argv: string[]): Promise<number> {
  try {
    const values = parseFlags(argv);
    if (values.help) console.log(usage);
    else await makeBasis(values);
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

/** The keys of one layer. */
interface LayerScatters {
  readonly before: KeyScatter;
  readonly after: KeyScatter;
}

async function makeBasis(values: ReturnType<typeof parseFlags>): Promise<void> {
  const shipped = shippedModels.find(({ id }) => id === values.model);
  const folder = shipped === undefined ? values.model : `public/models/${shipped.id}`;
  const { loaded, summary } = await openModel(folder);
  const [textCount, seed] = [parseCount(values.texts, "texts"), parseSeed(values.seed)];
  const { layerCount, kvHeadCount, headDim } = loaded.config;
  const width = kvHeadCount * headDim;
  const scatters = Array.from({ length: layerCount }, (): LayerScatters => {
    return { before: createKeyScatter(width), after: createKeyScatter(width) };
  });
  for (let at = 0; at < textCount; at++) {
    const family = problemFamilies[at % problemFamilies.length];
    const round = Math.floor(at / problemFamilies.length);
    const problem = drawProblem(family, 1 + (round % HARDEST), seed + at);
    readText(loaded, `${problem.prompt} ${problem.trace}`, scatters);
  }
  const eigens = scatters.map(({ before, after }) => ({ before: keyEigen(before), after: keyEigen(after) }));
  const coordinateCount = Math.max(...eigens.map(({ before }) => countHolding(before.values)));
  const directions = encodeDirections(
    eigens.map(({ before }) => Float32Array.from(before.vectors.subarray(0, coordinateCount * width))),
  );
  const given = (["texts", "seed"] as const).filter((flag) => values[flag] !== flags[flag].default);
  const command = ["npm run basis -- --model", summary.id, ...given.map((flag) => `--${flag} ${values[flag]}`)];
  const file: KeyBasisFile = {
    version: 1,
    command: command.join(" "),
    model: { id: summary.id, digest: summary.digest },
    keyCount: scatters[0].before.rowCount,
    coordinateCount,
    directionsDigest: await sha256(directions),
    layers: eigens.map(({ before, after }, layer) => ({
      before: rounded(before.values),
      after: rounded(after.values),
      byHead: Array.from({ length: kvHeadCount }, (_, kvHead) =>
        rounded(headEigen(scatters[layer].before, kvHeadCount, kvHead).values),
      ),
    })),
  };
  await writeFile(path.join(folder, directionsFileName), directions);
  await writeFile(path.join(folder, basisFileName), `${JSON.stringify(file)}\n`);
  await readKeyBasis(directorySource(folder), { ...loaded.config, digest: summary.digest });
  for (const part of [0.125, 0.25]) {
    const rank = Math.round(part * width);
    const shares = eigens.map(({ before, after }) =>
      [before, after].map((eigen) => energyShare(eigen, rank).toFixed(3)),
    );
    const layers = shares.map(([before, after], layer) => `layer ${layer}: ${before} (after RoPE ${after})`);
    console.log(`rank ${rank} of ${width} holds ${layers.join(", ")}`);
  }
  console.log(
    `${path.join(folder, basisFileName)}: ${file.keyCount} tokens; above, the part of the keys' squared length`,
  );
}

/** Adds the keys of every token to the scatters of their layers. */
function readText(model: LoadedModel, text: string, scatters: readonly LayerScatters[]): void {
  const { config } = model;
  const tokens = Int32Array.from(model.tokenizer.encode(text)).subarray(0, config.maxPositions);
  const layerSlots = new Int32Array(config.layerCount).fill(tokens.length * config.kvHeadCount);
  const kv = createKvStore(config, layerSlots, gatheringCodec(scatters));
  const ring = createQueryRing(config, 1);
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
}

/** Keeps entries as computed, and looks at every key on its way in. */
function gatheringCodec(scatters: readonly LayerScatters[]): KvCodec {
  return {
    needsUnrotatedKeys: true,
    createLayer: (shape) => {
      const plain = plainCodec.createLayer(shape);
      const { before, after } = scatters[shape.layer];
      return {
        ...plain,
        storeToken: (token) => {
          assert(token.unrotatedKeys !== null, "keys from before RoPE");
          addKeys(before, token.unrotatedKeys);
          addKeys(after, token.keys);
          plain.storeToken(token);
        },
      };
    },
  };
}

/** Directions that hold any of the keys: a model whose KV heads repeat one another has fewer than dimensions. */
function countHolding(energies: Float64Array): number {
  return energies.filter((energy) => energy > 1e-9 * energies[0]).length;
}

function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Number(Math.max(0, value).toPrecision(DIGITS)));
}
