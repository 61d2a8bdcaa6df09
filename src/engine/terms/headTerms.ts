// The terms of one KV head at an event, from what the session holds: the table from a term's name to its function. The
// functions themselves, which the GPU's kernels are tested against, stand in the other files of this folder.
import type { TermName } from "../../policy/policy";
import type { TermParameters } from "../backend";
import type { RowProducts } from "../cpu/products";
import { keyCosine } from "./keyCosine";
import { lagSpread } from "./lagSpread";
import { leverage, type LeverageInput } from "./leverage";
import { filterProduct, PROJECTION_COLUMNS, projectedValueNorm, sketchNorm } from "./projectedNorms";
import { candidateAttention, joinedLogits } from "./candidateAttention";
import { chunkAttention } from "./chunkAttention";
import { expectedAttention, foretoldClouds, valueLeverage, type ExpectedInput } from "./expectedAttention";
import { observedAttention } from "./observedAttention";
import type { RopeAngles } from "./queryCloud";
import { redundancy, redundancyRaw, type Redundancy } from "./redundancy";
import type { HeadMatrices } from "./termMatrices";
import { vectorNorms } from "./vectorNorms";
import {
  groupAttention,
  placedAttention,
  votingHeads,
  windowAttention,
  windowStatistics,
  type WindowStatistics,
} from "./windowAttention";

/** The prompt's column sums are collected while the prefill runs; the others are measured at the event. */
export type CacheTermName = Exclude<TermName, "promptAttention">;

/** What one KV head holds, n slots of it, and what its terms depend on. */
export interface HeadCache {
  readonly keys: Float32Array; // [slot][headDim], after RoPE
  readonly values: Float32Array; // [slot][headDim]
  /** Original position of each slot. [slot] */
  readonly positions: Int32Array;
  readonly newestPosition: number;
  /** Query heads of the group. */
  readonly memberCount: number;
  readonly headDim: number;
  /** w: the newest slots, which are no candidates. */
  readonly windowSlots: number;
  readonly parameters: TermParameters;
  /** The newest queries of the group after RoPE, the newest last. [member][row of rowCount][headDim] */
  readonly newestQueries: (rowCount: number) => Float32Array;
  /** Columns of the output projection that read this group: [hidden][member][headDim]. */
  readonly outputWeight: () => Float32Array;
  readonly ropeAngles: RopeAngles;
  /** The same averaged over so many positions to come. */
  readonly rotationAhead: (positionCount: number) => Float64Array;
  readonly matrices: HeadMatrices;
  /** What each slot received since it was written, the mean over the group. [slot] */
  readonly receivedSums: () => ArrayLike<number>;
  /** Added to the logit of every slot; absent where nothing merges. [slot] */
  readonly logBias?: Float32Array | undefined;
  /** Also what stands behind the terms. */
  readonly hasEvidence: boolean;
  readonly products: RowProducts;
}

export interface HeadTerms {
  /** Of every slot, or of the candidates alone; a candidate's number is at its slot. */
  term(name: CacheTermName): Float32Array;
  excusedSlots(): Int32Array; // [slot]
  votingHeads(): Int8Array; // [candidate]
}

/** What two terms share is computed once. */
export function createHeadTerms(head: HeadCache): HeadTerms {
  const { keys, values, headDim, products, matrices } = head;
  const window = once(() => measureWindow(head));
  const duplicates = once((): Redundancy => redundancy({ keys, headDim, products }));
  const foretold = once(() => foretell(head, true));
  const foretoldMean = once(() => foretell(head, false));
  const { parameters, positions, newestPosition, windowSlots } = head;
  const expected = once(() =>
    expectedAttention(parameters.hasCovariance ? foretold() : foretoldMean(), parameters.hasCovariance),
  );
  const functions: Readonly<Record<CacheTermName, () => Float32Array>> = {
    windowAttention: () => window().mean,
    attentionShift: () => window().deviation,
    redundancy: () => duplicates().softmax,
    redundancyRaw: () => redundancyRaw({ keys, headDim, products }),
    keyNorm: () => vectorNorms(keys, headDim),
    valueNorm: () => vectorNorms(values, headDim),
    keyCosine: () => keyCosine(keys, headDim),
    projectedValueNorm: () => projectedValueNorm({ ...head, outputWeight: head.outputWeight() }),
    keySketchNorm: () => sketchNorm(keys, headDim, matrices.projection(PROJECTION_COLUMNS)),
    valueSketchNorm: () => sketchNorm(values, headDim, matrices.projection(PROJECTION_COLUMNS)),
    filterProduct: () => filterProduct(keys, matrices.filter()),
    lagSpread: () => lagSpread({ keys, values, headDim, ...head.parameters }),
    leverage: () => leverage(sketchedKeys(head)),
    placedAttention: () => placedAttention(window().attention, windowSlots),
    candidateAttention: () => measureCandidateAttention(head),
    expectedAttention: () => expected().attention,
    logExpectedAttention: () => expected().logarithm,
    valueLeverage: () => valueLeverage(foretoldMean(), parameters.sharpness),
    chunkAttention: () => measureChunkAttention(head),
    observedAttention: () => observedAttention(head.receivedSums(), positions, newestPosition),
  };
  return {
    term: (name) => functions[name](),
    excusedSlots: () => duplicates().excusedSlot,
    votingHeads: () => window().votingHeads,
  };
}

interface WindowMeasures extends WindowStatistics {
  readonly attention: Float32Array; // [row][slot]
  readonly votingHeads: Int8Array; // [candidate], empty where no evidence is asked for
}

function measureWindow(head: HeadCache): WindowMeasures {
  const { keys, headDim, memberCount, windowSlots, products, hasEvidence } = head;
  const queries = head.newestQueries(windowSlots);
  const { groupPooling } = head.parameters;
  const { logBias } = head;
  const group = groupAttention({ keys, queries, headDim, windowSlots, groupPooling, products, logBias });
  const brought = hasEvidence ? new Float64Array(memberCount * group.lengthSlots) : null;
  const attention = windowAttention(group, brought);
  const { mean, deviation } = windowStatistics(attention, windowSlots);
  return { attention, mean, deviation, votingHeads: brought === null ? new Int8Array(0) : votingHeads(group, brought) };
}

function measureCandidateAttention(head: HeadCache): Float32Array {
  const { keys, headDim, windowSlots, products } = head;
  const { groupPooling } = head.parameters;
  const queries = head.newestQueries(windowSlots);
  const { logBias } = head;
  const logits = joinedLogits({ keys, queries, headDim, windowSlots, groupPooling, products, logBias });
  return candidateAttention(logits, windowSlots);
}

function foretell(head: HeadCache, hasCovariance: boolean): ExpectedInput {
  const { keys, values, headDim, parameters, products } = head;
  return {
    keys,
    values,
    headDim,
    sinkSlots: parameters.sinkSlots,
    clouds: foretoldClouds(head, hasCovariance),
    products,
    logBias: head.logBias,
  };
}

/** Between sinks and window, each slot with the query of its position. */
function measureChunkAttention(head: HeadCache): Float32Array {
  const { keys, headDim, memberCount, windowSlots, positions, newestPosition, products } = head;
  const { attentionChunkSlots: chunkSlots, sinkSlots } = head.parameters;
  const end = positions.length - windowSlots;
  const attention = new Float32Array(positions.length);
  if (end <= sinkSlots) return attention;
  const held = positions.subarray(sinkSlots, end);
  const rowCount = newestPosition + 1 - held[0];
  const newest = head.newestQueries(rowCount); // [member][position from held[0] on][headDim]
  const queries = new Float32Array(memberCount * held.length * headDim);
  for (let member = 0; member < memberCount; member++) {
    held.forEach((position, slot) => {
      const from = (member * rowCount + position - held[0]) * headDim;
      queries.set(newest.subarray(from, from + headDim), (member * held.length + slot) * headDim);
    });
  }
  const between = keys.subarray(sinkSlots * headDim, end * headDim);
  const logBias = head.logBias?.subarray(sinkSlots, end);
  attention.set(chunkAttention({ keys: between, queries, headDim, chunkSlots, products, logBias }), sinkSlots);
  return attention;
}

function sketchedKeys(head: HeadCache): LeverageInput {
  const { matrices, parameters, positions, windowSlots } = head;
  const sketch = matrices.sketch(parameters.sketchColumns);
  return { ...head, sketch, first: parameters.sinkSlots, end: positions.length - windowSlots };
}

function once<Value extends object>(compute: () => Value): () => Value {
  let known: Value | null = null;
  return () => (known ??= compute());
}
