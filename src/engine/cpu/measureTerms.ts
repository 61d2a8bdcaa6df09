// An event's terms on the CPU: the plain functions of src/engine/terms/ over every head's slots and the query ring.

import type { HeadRows } from "../../cache/headRows";
import { headOf, headRow, newRows, offsetsOf } from "../../cache/headRows";
import type { Measured, Model, TermParameters } from "../backend";
import { createBreather } from "../giveWay";
import { createHeadTerms, type CacheTermName, type HeadCache } from "../terms/headTerms";
import { averageRotation, bufferedQueries } from "../terms/queryCloud";
import { withoutWindows } from "../terms/withoutWindows";
import { matricesOfHead, type TermMatrices } from "../terms/termMatrices";
import type { KvStore } from "./kvStore";
import type { MatrixProducts, RowProducts } from "./products";
import type { QueryRing } from "./queryRing";
import { newestQueries } from "./queryRing";

export interface PresentCache {
  readonly model: Model;
  readonly kv: KvStore;
  readonly ring: QueryRing;
  readonly ropeTables: readonly Float32Array[]; // [layer] of [position][headDim / 2][cosine, sine]
  readonly lengths: Int32Array; // [head]
  readonly positions: HeadRows<Int32Array>;
  readonly newestPosition: number;
  /** [head] of [slot]; empty where no term asks for them. */
  readonly receivedSums: readonly Float64Array[];
  /** Of a session that merges. [head] of [slot] */
  readonly logBias?: readonly Float32Array[] | undefined;
  readonly windowSlots: number;
  readonly parameters: TermParameters;
  readonly hasEvidence: boolean;
  readonly products: RowProducts;
  /** Of the model's matrices. */
  readonly copyRow: MatrixProducts["copyRow"];
  readonly matrices: TermMatrices;
}

/** Gives way between heads after this much work: redundancy grows with the square of the length. */
const SLICE_MS = 25;

/** Empty rows of each term, and no evidence, while every slot is in the window. */
export async function measureTerms(cache: PresentCache, names: readonly CacheTermName[]): Promise<Measured> {
  const breather = createBreather(SLICE_MS);
  const { lengths, windowSlots } = cache;
  const { config } = cache.model;
  const rotations = tableRotations(cache);
  const candidateOffsets = offsetsOf(lengths.map((length) => Math.max(0, length - windowSlots)));
  const terms: Partial<Record<CacheTermName, HeadRows<Float32Array>>> = {};
  for (const name of names) terms[name] = newRows(candidateOffsets, Float32Array);
  if (candidateOffsets[lengths.length] === 0) return { terms };
  const recordsEvidenceOf = (name: CacheTermName): boolean => cache.hasEvidence && names.includes(name);
  const excusedSlots = recordsEvidenceOf("redundancy") ? newRows(offsetsOf(lengths), Int32Array) : undefined;
  const votes = recordsEvidenceOf("windowAttention") ? newRows(candidateOffsets, Int8Array) : undefined;
  const cloud =
    recordsEvidenceOf("expectedAttention") && cache.parameters.hasCovariance ? newCloudRows(cache) : undefined;
  for (let layer = 0; layer < config.layerCount; layer++) {
    if (config.layers[layer].window !== null) continue;
    const queriesOf = layerQueries(cache, layer);
    const outputOf = layerOutput(cache, layer);
    for (let kvHead = 0; kvHead < config.kvHeadCount; kvHead++) {
      await breather.breathe();
      const head = headOf(config, layer, kvHead);
      const measures = createHeadTerms(
        headCache(cache, { layer, kvHead, queriesOf, outputOf, rotations: rotations(layer) }),
      );
      for (const name of names) {
        const rows = terms[name];
        if (!rows) continue;
        const row = headRow(rows, head);
        row.set(measures.term(name).subarray(0, row.length));
      }
      if (excusedSlots) headRow(excusedSlots, head).set(measures.excusedSlots());
      if (votes) headRow(votes, head).set(measures.votingHeads());
      if (cloud) {
        const { queryPoints, keyPoints, queryVariance } = measures.cloudPicture();
        headRow(cloud.queryPoints, head).set(queryPoints);
        headRow(cloud.keyPoints, head).set(keyPoints);
        cloud.queryVariance[head] = queryVariance;
      }
    }
  }
  const measured = { terms, ...(excusedSlots && { excusedSlots }), ...(votes && { votingHeads: votes }), ...cloud };
  return withoutWindows(measured, config);
}

function newCloudRows({ model, lengths, newestPosition, parameters }: PresentCache) {
  const { rowCount } = bufferedQueries(newestPosition, parameters.queryBuffer, parameters.sinkSlots);
  const memberCount = model.config.headCount / model.config.kvHeadCount;
  return {
    queryPoints: newRows(offsetsOf(lengths.map(() => 2 * memberCount * rowCount)), Float32Array),
    keyPoints: newRows(offsetsOf(lengths.map((length) => 2 * length)), Float32Array),
    queryVariance: new Float32Array(lengths.length),
  };
}

interface PlacedHead {
  readonly layer: number;
  readonly kvHead: number;
  /** The newest queries of the layer, [head][row][headDim]. */
  readonly queriesOf: (rowCount: number) => Float32Array;
  /** Columns of the output projection that read a group: [hidden][member][headDim]. */
  readonly outputOf: (kvHead: number) => Float32Array;
  readonly rotations: Rotations;
}

type Rotations = Pick<HeadCache, "ropeAngles" | "rotationAhead">;

function headCache(cache: PresentCache, placed: PlacedHead): HeadCache {
  const { layer, kvHead, queriesOf, outputOf, rotations } = placed;
  const { model, kv, lengths, positions, windowSlots, parameters, hasEvidence, products } = cache;
  const { newestPosition, receivedSums, logBias } = cache;
  const { headDim, headCount, kvHeadCount } = model.config;
  const memberCount = headCount / kvHeadCount;
  const head = headOf(model.config, layer, kvHead);
  const lengthSlots = lengths[head];
  const layerKv = kv.layers[layer];
  return {
    keys: layerKv.keys(kvHead, lengthSlots),
    values: layerKv.values(kvHead, lengthSlots),
    positions: headRow(positions, head),
    ...{ newestPosition, memberCount, headDim, windowSlots, parameters, hasEvidence, products },
    receivedSums: () => receivedSums[head],
    logBias: logBias?.[head].subarray(0, lengthSlots),
    newestQueries: (rowCount) => {
      const width = memberCount * rowCount * headDim;
      return queriesOf(rowCount).subarray(kvHead * width, (kvHead + 1) * width);
    },
    outputWeight: () => outputOf(kvHead),
    matrices: matricesOfHead(cache.matrices, layer, kvHead),
    ...rotations,
  };
}

/** Of a layer: what layers with the same table share is made once. */
function tableRotations({ model, ropeTables, newestPosition }: PresentCache): (layer: number) => Rotations {
  const known = new Map<Float32Array, Rotations>();
  return (layer) => {
    const table = ropeTables[layer];
    const rotations = known.get(table) ?? rotationsOf(table, model.config.headDim, newestPosition);
    known.set(table, rotations);
    return rotations;
  };
}

/** A view for each position that any head asks for, and averages when first asked for. */
function rotationsOf(ropeTable: Float32Array, headDim: number, newestPosition: number): Rotations {
  const views: (Float32Array | undefined)[] = [];
  const anglesAt = (position: number): Float32Array => ropeTable.subarray(position * headDim, (position + 1) * headDim);
  const averages = new Map<number, Float64Array>();
  return {
    ropeAngles: (position) => (views[position] ??= anglesAt(position)),
    rotationAhead: (positionCount) => {
      const rotation = averages.get(positionCount) ?? averageRotation(anglesAt, newestPosition + 1, positionCount);
      averages.set(positionCount, rotation);
      return rotation;
    },
  };
}

/** Put in the order of groups when first asked for: rows that are stored in blocks are unpacked once. */
function layerOutput({ model, copyRow }: PresentCache, layer: number): (kvHead: number) => Float32Array {
  const { hiddenSize, headCount, kvHeadCount, headDim } = model.config;
  const rowWidth = headCount * headDim;
  const width = rowWidth / kvHeadCount;
  let known: Float32Array | null = null; // [kvHead][hidden][member][headDim]
  const ofAll = (): Float32Array => {
    const columns = new Float32Array(hiddenSize * rowWidth);
    const whole = new Float32Array(rowWidth);
    for (let row = 0; row < hiddenSize; row++) {
      copyRow(model.weights.layers[layer].attentionOutput, row, whole);
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        const to = (kvHead * hiddenSize + row) * width;
        for (let column = 0; column < width; column++) columns[to + column] = whole[kvHead * width + column];
      }
    }
    return columns;
  };
  return (kvHead) => {
    known ??= ofAll();
    return known.subarray(kvHead * hiddenSize * width, (kvHead + 1) * hiddenSize * width);
  };
}

/** Put in the order of positions when first asked for. */
function layerQueries({ ring, newestPosition }: PresentCache, layer: number): (rowCount: number) => Float32Array {
  const known = new Map<number, Float32Array>();
  return (rowCount) => {
    const queries = known.get(rowCount) ?? newestQueries(ring, { layer, newestPosition, rowCount });
    known.set(rowCount, queries);
    return queries;
  };
}
