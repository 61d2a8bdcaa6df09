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
import { attendSelected, reconstructKeys } from "../../src/engine/reading/attendSelected";
import { leadingBasis, toLatent, type LatentBasis } from "../../src/engine/reading/latents";
import {
  jointQuery,
  latentQueries,
  latentScores,
  meanQueries,
  selectSlots,
} from "../../src/engine/reading/selectSlots";
import { createRopeTable } from "../../src/engine/ropeTable";
import { elementsReadDense, elementsReadInPaper, elementsReadSelected } from "../../src/trace/elementsRead";
import type { RunCase } from "./caseParts";
import { readCount, readHeadDims } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import type { Field } from "./field";
import { fieldOf, integersOf, itemsOf, numberOf, optionalField, tensorOf } from "./field";

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

export const runSelect: RunCase = (root, { tolerance }) => {
  const { kvHeadCount, headCount, headDim, tokenCount, basis, keys, latents, means, rule } = readLayer(root);
  const scoreRank = rule.scoreRank;
  const perHead = latentQueries(basis, means, kvHeadCount, basis.rank);
  const joint = jointQuery(perHead, kvHeadCount);
  const jointScores = latentScores(latents, basis.rank, joint.subarray(0, scoreRank));
  const headScores = Array.from({ length: kvHeadCount }, (_, kvHead) =>
    latentScores(latents, basis.rank, perHead.subarray(kvHead * basis.rank, kvHead * basis.rank + scoreRank)),
  );
  const trueScores = Array.from({ length: kvHeadCount * tokenCount }, (_, at) => {
    const kvHead = Math.floor(at / tokenCount);
    let sum = 0;
    for (let dim = 0; dim < headDim; dim++) sum += keys[at * headDim + dim] * means[kvHead * headDim + dim];
    return sum;
  });
  const expected = fieldOf(root, "expected");
  const array = (name: string, found: ArrayLike<number>, shape: readonly number[]) =>
    compareArrays(name, found, tensorOf(fieldOf(expected, name), shape).data, tolerance);
  const slots = (name: string, found: unknown) => compareExactly(name, found, integersOf(fieldOf(expected, name)));
  return Promise.resolve([
    compareExactly("query heads", headCount % kvHeadCount, 0),
    array("latent_keys", latents, [tokenCount, basis.rank]),
    array("latent_query_per_kv_head", perHead, [kvHeadCount, basis.rank]),
    array("latent_query_joint", joint, [basis.rank]),
    array("joint_scores", jointScores, [tokenCount]),
    array("per_kv_head_scores", Float32Array.from(headScores.flatMap((row) => [...row])), [kvHeadCount, tokenCount]),
    array("true_pre_rope_scores", trueScores, [kvHeadCount, tokenCount]),
    slots("joint_selected", [...selectSlots(jointScores, rule)]),
    slots(
      "per_kv_head_selected",
      headScores.map((scores) => [...selectSlots(scores, rule)]),
    ),
  ]);
};

export const runAttend: RunCase = (root, { tolerance }) => {
  const layer = readLayer(root);
  const { kvHeadCount, headCount, headDim, tokenCount, basis, keys, latents, means, queries, rule } = layer;
  const values = tensorOf(fieldOf(fieldOf(root, "inputs"), "values"), [kvHeadCount, tokenCount, headDim]).data;
  const anglesOf = ropeAngles(root, headDim, tokenCount);
  const joint = jointQuery(latentQueries(basis, means, kvHeadCount, rule.scoreRank), kvHeadCount);
  const slots = selectSlots(latentScores(latents, basis.rank, joint), rule);
  const everySlot = Int32Array.from({ length: tokenCount }, (_, slot) => slot);
  const rotatedQueries = queries.slice();
  rotateHeads(rotatedQueries, anglesOf(tokenCount - 1));
  const found = {
    keys: new Float32Array(kvHeadCount * slots.length * headDim),
    weights: new Float32Array(headCount * slots.length),
    output: new Float32Array(headCount * headDim),
    dense: new Float32Array(headCount * headDim),
    mass: new Float32Array(headCount),
  };
  for (let head = 0; head < headCount; head++) {
    const kvHead = Math.floor((head * kvHeadCount) / headCount);
    const part = (all: Float32Array, width: number, at: number) => all.subarray(at * width, (at + 1) * width);
    const query = part(rotatedQueries, headDim, head);
    const headValues = part(values, tokenCount * headDim, kvHead);
    const read = reconstructKeys(basis, latents, kvHead, { slots, headDim, anglesOf });
    part(found.keys, read.length, kvHead).set(read);
    const weights = part(found.weights, slots.length, head);
    attendSelected(query, { slots, keys: read, values: headValues }, weights, part(found.output, headDim, head));
    const exactKeys = part(keys, tokenCount * headDim, kvHead).slice();
    everySlot.forEach((slot) => rotateHeads(part(exactKeys, headDim, slot), anglesOf(slot)));
    const whole = { slots: everySlot, keys: exactKeys, values: headValues };
    const denseWeights = new Float32Array(tokenCount);
    attendSelected(query, whole, denseWeights, part(found.dense, headDim, head));
    found.mass[head] = slots.reduce((mass, slot) => mass + denseWeights[slot], 0);
  }
  const expected = fieldOf(root, "expected");
  const array = (name: string, values: ArrayLike<number>, shape: readonly number[]) =>
    compareArrays(name, values, tensorOf(fieldOf(expected, name), shape).data, tolerance);
  const exactly = (name: string, value: unknown) => compareExactly(name, value, integersOf(fieldOf(expected, name)));
  const counts = { slotCount: tokenCount, selectedCount: slots.length, width: kvHeadCount * headDim };
  const ranks = { rank: basis.rank, scoreRank: rule.scoreRank };
  return Promise.resolve([
    exactly("selected", [...slots]),
    array("queries_rotated", rotatedQueries, [headCount, headDim]),
    array("keys_reconstructed_rotated", found.keys, [kvHeadCount, slots.length, headDim]),
    array("weights", found.weights, [headCount, slots.length]),
    array("output", found.output, [headCount, headDim]),
    array("dense_output", found.dense, [headCount, headDim]),
    array("attention_mass_captured", found.mass, [headCount]),
    exactly("elements_read", elementsReadInPaper(counts, ranks)),
    exactly("elements_read_plain_values", elementsReadSelected(counts, ranks)),
    exactly("elements_read_dense", elementsReadDense(counts)),
  ]);
};

function readLayer(root: Field) {
  const { kvHeadCount, headCount, headDim } = readHeadDims(root);
  const tokenCount = readCount(root, "dims", "tokens");
  const count = (name: string): number => readCount(root, "config", name);
  const [rank, width] = [count("rank"), kvHeadCount * headDim];
  const inputs = fieldOf(root, "inputs");
  const columns = tensorOf(fieldOf(inputs, "basis"), [width, rank]).data;
  const directions = Float32Array.from(
    { length: rank * width },
    (_, at) => columns[(at % width) * rank + Math.floor(at / width)],
  );
  const basis: LatentBasis = leadingBasis(directions, width, rank);
  const keys = tensorOf(fieldOf(inputs, "keys_pre_rope"), [kvHeadCount, tokenCount, headDim]).data;
  const queries = tensorOf(fieldOf(inputs, "queries_pre_rope"), [headCount, headDim]).data;
  const latents = new Float32Array(tokenCount * rank);
  tokenRows(keys, kvHeadCount, headDim).forEach((row, slot) =>
    toLatent(basis, row, latents.subarray(slot * rank, (slot + 1) * rank)),
  );
  const rule = {
    ...{ scoreRank: count("score_rank"), topSlots: count("n_select") },
    ...{ sinkSlots: count("sinks"), recentSlots: count("recent") },
  };
  const means = meanQueries(queries, kvHeadCount, headDim);
  return { kvHeadCount, headCount, headDim, tokenCount, basis, keys, queries, latents, means, rule };
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
