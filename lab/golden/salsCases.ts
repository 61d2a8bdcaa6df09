// related.sals.*: the basis of a layer's keys, the selection on leading coordinates, and attention over the selected. The numbers
// were derived from the formulas; there is no public code.
import {
  addKeys,
  createKeyScatter,
  energyShare,
  keyEigen,
  perHeadEnergyShare,
  type KeyScatter,
} from "../basis/keySpectrum";
import { rotateHeads } from "../../src/engine/cpu/layerOps";
import { attendSelected } from "../../src/engine/reading/attendSelected";
import { leadingBasis } from "../../src/engine/reading/latents";
import { jointQuery, latentQueries, meanQueries } from "../../src/engine/reading/selectSlots";
import { createRopeTable } from "../../src/engine/ropeTable";
import { elementsReadDense, elementsReadInPaper, elementsReadSelected } from "../../src/trace/elementsRead";
import type { RunCase } from "./caseParts";
import { concatenated, readCount, readHeadDims } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import type { Field } from "./field";
import { countOf, fieldOf, integersOf, itemsOf, numberOf, optionalField, tensorOf } from "./field";
import { rotatedQueries, type ProbedReading } from "./readingProbe";

export const runBasis: RunCase = (root, { tolerance }) => {
  const { kvHeadCount, headDim } = readHeadDims(root);
  const tokenCount = readCount(root, "dims", "tokens");
  const rank = readCount(root, "config", "rank");
  const width = kvHeadCount * headDim;
  const keys = tensorOf(fieldOf(fieldOf(root, "inputs"), "keys_pre_rope"), [kvHeadCount, tokenCount, headDim]).data;
  const angles = ropeAngles(root, headDim, tokenCount);
  const before = createKeyScatter(width);
  const after = createKeyScatter(width);
  tokenRows(keys, kvHeadCount, headDim).forEach((row, position) => {
    addKeys(before, row);
    rotateHeads(row, angles(position));
    addKeys(after, row);
  });
  const expected = fieldOf(root, "expected");
  const array = (name: string, found: ArrayLike<number>, shape: readonly number[]) =>
    compareArrays(name, found, tensorOf(fieldOf(expected, name), shape).data, tolerance);
  const sides = [
    ["pre", before],
    ["post", after],
  ] as const;
  return Promise.resolve([
    ...sides.flatMap(([side, scatter]) => {
      const { values, vectors } = keyEigen(scatter);
      return [
        array(`eigenvalues_${side}`, values, [width]),
        array(`projector_${side}`, projector(vectors, width, rank), [width, width]),
      ];
    }),
    ...energyComparisons(fieldOf(expected, "energy"), { before, after, kvHeadCount, tolerance }),
  ]);
};

interface Scatters {
  readonly before: KeyScatter;
  readonly after: KeyScatter;
  readonly kvHeadCount: number;
  readonly tolerance: number;
}

function energyComparisons(energy: Field, { before, after, kvHeadCount, tolerance }: Scatters) {
  const [pre, post] = [keyEigen(before), keyEigen(after)];
  return itemsOf(energy).flatMap((item) => {
    const rank = readCount(item, "rank");
    const number = (name: string, found: number) =>
      compareArrays(`${item.path}.${name}`, [found], [numberOf(fieldOf(item, name))], tolerance);
    const perHead = perHeadEnergyShare(before, kvHeadCount, rank);
    const hasPerHead = optionalField(item, "per_head_pre") !== null;
    return [
      number("joint_pre", energyShare(pre, rank)),
      number("joint_post", energyShare(post, rank)),
      perHead === null || !hasPerHead
        ? compareExactly(`${item.path}.per_head_pre`, perHead === null, !hasPerHead)
        : number("per_head_pre", perHead),
    ];
  });
}

/** U Uᵀ of the leading directions, in which neither signs nor turns within equal eigenvalues show. */
function projector(vectors: Float64Array, size: number, rank: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let place = 0; place < rank; place++) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        product[row * size + column] += vectors[place * size + row] * vectors[place * size + column];
      }
    }
  }
  return product;
}

export const runSelect: RunCase = async (root, { probe, tolerance }) => {
  const layer = readLayer(root);
  const { kvHeadCount, headDim, tokenCount, rank, directions, queries, keys } = layer;
  const joint = await probe.readLatents(layer);
  const perHead = await probe.readLatents({ ...layer, rule: { ...layer.rule, chosenBy: "head" } });
  // On both backends: a kernel keeps its query to itself.
  const means = meanQueries(queries, kvHeadCount, headDim);
  const width = kvHeadCount * headDim;
  const latent = latentQueries(leadingBasis(directions, width, rank), means, kvHeadCount, rank);
  const trueScores = Array.from({ length: kvHeadCount * tokenCount }, (_, at) => {
    const [kvHead, token] = [Math.floor(at / tokenCount), at % tokenCount];
    let sum = 0;
    for (let dim = kvHead * headDim; dim < (kvHead + 1) * headDim; dim++) sum += keys[token * width + dim] * means[dim];
    return sum;
  });
  const expected = fieldOf(root, "expected");
  const array = (name: string, found: ArrayLike<number>, shape: readonly number[]) =>
    compareArrays(name, found, tensorOf(fieldOf(expected, name), shape).data, tolerance);
  const slots = (name: string, found: unknown) => compareExactly(name, found, integersOf(fieldOf(expected, name)));
  return [
    array("latent_keys", joint.latents, [tokenCount, rank]),
    array("latent_query_per_kv_head", latent, [kvHeadCount, rank]),
    array("latent_query_joint", jointQuery(latent, kvHeadCount), [rank]),
    array("joint_scores", joint.scores, [tokenCount]),
    array("per_kv_head_scores", perHead.scores, [kvHeadCount, tokenCount]),
    array("true_pre_rope_scores", trueScores, [kvHeadCount, tokenCount]),
    slots("joint_selected", [...joint.readSlots[0]]),
    slots(
      "per_kv_head_selected",
      perHead.readSlots.map((read) => [...read]),
    ),
  ];
};

export const runAttend: RunCase = async (root, { probe, tolerance }) => {
  const layer = readLayer(root);
  const { kvHeadCount, headCount, headDim, tokenCount, rank, rule } = layer;
  const found = await probe.readLatents(layer);
  const [slots] = found.readSlots;
  const dense = denseAttention(layer);
  const masses = dense.weights.map((row) => slots.reduce((mass, slot) => mass + row[slot], 0));
  const expected = fieldOf(root, "expected");
  const array = (name: string, values: ArrayLike<number>, shape: readonly number[]) =>
    compareArrays(name, values, tensorOf(fieldOf(expected, name), shape).data, tolerance);
  const exactly = (name: string, value: unknown) => compareExactly(name, value, integersOf(fieldOf(expected, name)));
  const counts = { slotCount: tokenCount, selectedCount: slots.length, width: kvHeadCount * headDim };
  const ranks = { rank, scoreRank: rule.scoreRank };
  return [
    exactly("selected", [...slots]),
    array("queries_rotated", rotatedQueries(layer), [headCount, headDim]),
    array("keys_reconstructed_rotated", concatenated(found.keys), [kvHeadCount, slots.length, headDim]),
    array("weights", concatenated(found.weights), [headCount, slots.length]),
    array("output", found.output, [headCount, headDim]),
    array("dense_output", dense.output, [headCount, headDim]),
    array("attention_mass_captured", masses, [headCount]),
    exactly("elements_read", elementsReadInPaper(counts, ranks)),
    exactly("elements_read_plain_values", elementsReadSelected(counts, ranks)),
    exactly("elements_read_dense", elementsReadDense(counts)),
  ];
};

/** Over all slots, with the keys themselves. */
function denseAttention(layer: ProbedReading): { weights: Float32Array[]; output: Float32Array } {
  const { headCount, kvHeadCount, headDim, tokenCount, keys, values, ropeTable } = layer;
  const slots = Int32Array.from({ length: tokenCount }, (_, slot) => slot);
  const queries = rotatedQueries(layer);
  const output = new Float32Array(headCount * headDim);
  const weights = Array.from({ length: headCount }, (_, head) => {
    const kvHead = Math.floor((head * kvHeadCount) / headCount);
    const headKeys = new Float32Array(tokenCount * headDim);
    for (const slot of slots) {
      const start = (slot * kvHeadCount + kvHead) * headDim;
      const key = headKeys.subarray(slot * headDim, (slot + 1) * headDim);
      key.set(keys.subarray(start, start + headDim));
      rotateHeads(key, ropeTable.subarray(slot * headDim, (slot + 1) * headDim));
    }
    const headValues = values.subarray(kvHead * tokenCount * headDim, (kvHead + 1) * tokenCount * headDim);
    const row = new Float32Array(tokenCount);
    const part = (all: Float32Array): Float32Array => all.subarray(head * headDim, (head + 1) * headDim);
    attendSelected(part(queries), { slots, keys: headKeys, values: headValues }, row, part(output));
    return row;
  });
  return { weights, output };
}

function readLayer(root: Field): ProbedReading {
  const { kvHeadCount, headCount, headDim } = readHeadDims(root);
  const tokenCount = readCount(root, "dims", "tokens");
  const config = fieldOf(root, "config");
  const count = (name: string): number => countOf(fieldOf(config, name));
  const [rank, width] = [count("rank"), kvHeadCount * headDim];
  const inputs = fieldOf(root, "inputs");
  const columns = tensorOf(fieldOf(inputs, "basis"), [width, rank]).data;
  const keys = tensorOf(fieldOf(inputs, "keys_pre_rope"), [kvHeadCount, tokenCount, headDim]).data;
  const values = optionalField(inputs, "values");
  const theta = optionalField(config, "rope_theta");
  return {
    ...{ kvHeadCount, headCount, headDim, tokenCount, rank },
    directions: Float32Array.from(
      { length: rank * width },
      (_, at) => columns[(at % width) * rank + Math.floor(at / width)],
    ),
    keys: concatenated(tokenRows(keys, kvHeadCount, headDim)),
    values: values === null ? new Float32Array(keys.length) : tensorOf(values, [kvHeadCount, tokenCount, headDim]).data,
    queries: tensorOf(fieldOf(inputs, "queries_pre_rope"), [headCount, headDim]).data,
    // Nothing that a case of the selection compares depends on the angles.
    ropeTable: createRopeTable(
      { headDim, ropeTheta: theta === null ? 10000 : numberOf(theta), ropeScaling: null },
      tokenCount,
    ),
    rule: {
      ...{ scoreRank: count("score_rank"), topSlots: count("n_select") },
      ...{ sinkSlots: count("sinks"), recentSlots: count("recent"), chosenBy: "layer" },
    },
  };
}

/** [kvHead][token][headDim] → of each token [kvHead][headDim] */
function tokenRows(keys: Float32Array, kvHeadCount: number, headDim: number): Float32Array[] {
  const tokenCount = keys.length / (kvHeadCount * headDim);
  return Array.from({ length: tokenCount }, (_, token) => {
    const row = new Float32Array(kvHeadCount * headDim);
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      const start = (kvHead * tokenCount + token) * headDim;
      row.set(keys.subarray(start, start + headDim), kvHead * headDim);
    }
    return row;
  });
}

function ropeAngles(root: Field, headDim: number, tokenCount: number): (position: number) => Float32Array {
  const ropeTheta = numberOf(fieldOf(fieldOf(root, "config"), "rope_theta"));
  const table = createRopeTable({ headDim, ropeTheta, ropeScaling: null }, tokenCount);
  return (position) => table.subarray(position * headDim, (position + 1) * headDim);
}
