// npm run basis -- --model M: the directions in which the model's keys vary before RoPE, for reading through latents (SALS).
// Writes basis.json and basis.bin next to the weights; same model, same options, same files.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { directorySource } from "../../scripts/directorySource";
import type { KvCodec } from "../../src/engine/cpu/kvStore";
import { plainCodec } from "../../src/engine/cpu/plainKv";
import { assert } from "../../src/lib/errors";
import { sha256 } from "../../src/lib/sha256";
import { basisFileName, directionsFileName, encodeDirections, readKeyBasis } from "../../src/model/keyBasis";
import type { KeyBasisFile } from "../../src/model/keyBasis";
import { readText, runReading, type ReadingRun } from "../readTexts";
import { addKeys, createKeyScatter, energyShare, headEigen, keyEigen, type KeyScatter } from "./keySpectrum";

const about = `The model reads the texts; of each layer's keys before RoPE, all heads jointly and not centred, the eigenvectors of XᵀX / N are
stored, with the eigenvalues before and after RoPE.`;

/** Eigenvalues are stored with this many digits. */
const DIGITS = 6;

export function main(argv: string[]): Promise<number> {
  return runReading(argv, { name: "basis", seed: 600_000, about }, makeBasis);
}

/** The keys of one layer. */
interface LayerScatters {
  readonly before: KeyScatter;
  readonly after: KeyScatter;
}

async function makeBasis({ loaded, summary, folder, texts, command }: ReadingRun): Promise<void> {
  const { layerCount, kvHeadCount, headDim } = loaded.config;
  const width = kvHeadCount * headDim;
  const scatters = Array.from({ length: layerCount }, (): LayerScatters => {
    return { before: createKeyScatter(width), after: createKeyScatter(width) };
  });
  for (const text of texts) readText(loaded, text, gatheringCodec(scatters));
  const eigens = scatters.map(({ before, after }) => ({ before: keyEigen(before), after: keyEigen(after) }));
  const coordinateCount = Math.max(...eigens.map(({ before }) => countHolding(before.values)));
  const directions = encodeDirections(
    eigens.map(({ before }) => Float32Array.from(before.vectors.subarray(0, coordinateCount * width))),
  );
  const file: KeyBasisFile = {
    version: 1,
    command,
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
