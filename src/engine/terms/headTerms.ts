// The terms of one KV head at an event, from what the session holds: the table from a term's name to its function. The
// functions themselves, which the GPU's kernels are tested against, stand in the other files of this folder.
import { assert } from "../../lib/errors";
import { instructionPair } from "../../policy/fairShare";
import type { TermName } from "../../policy/policy";
import type { TermParameters } from "../backend";
import type { RowProducts } from "../cpu/products";
import { keyCosine } from "./keyCosine";
import { lagSpread } from "./lagSpread";
import { leverage, type LeverageInput } from "./leverage";
import { filterProduct, PROJECTION_COLUMNS, projectedValueNorm, sketchNorm } from "./projectedNorms";
import { candidateAttention, joinedLogits } from "./candidateAttention";
import { chunkAttention } from "./chunkAttention";
import { planeBefore, planeOf, pointsIn } from "./cloudPlane";
import { expectedAttention, foretoldQueries, valueLeverage, type ExpectedInput } from "./expectedAttention";
import type { ForetoldQueries } from "./expectedAttention";
import { instructionAttention, instructionVotes, type PromptInput } from "./instructionAttention";
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
  cloudPicture(): CloudPicture;
}

/** As in EventEvidence. */
export interface CloudPicture {
  readonly queryPoints: Float32Array;
  readonly keyPoints: Float32Array;
  readonly queryVariance: number;
}

/** What two terms share is computed once. */
export function createHeadTerms(head: HeadCache): HeadTerms {
  const { keys, values, headDim, products, matrices } = head;
  const window = once(() => measureWindow(head));
  const duplicates = once((): Redundancy => redundancy({ keys, headDim, products }));
  const foretold = once(() => foretoldQueries(head, true));
  const foretoldMean = once(() => foretoldQueries(head, false));
  const { parameters, positions, newestPosition, windowSlots } = head;
  const expected = once(() =>
    expectedAttention(
      expectedInput(head, parameters.hasCovariance ? foretold() : foretoldMean()),
      parameters.hasCovariance,
    ),
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
    valueLeverage: () => valueLeverage(expectedInput(head, foretoldMean()), parameters.sharpness),
    chunkAttention: () => measureChunkAttention(head),
    instructionVotes: () => instructionVotes(promptOf(head)),
    instructionAttention: () => instructionAttention(promptOf(head)),
    observedAttention: () => observedAttention(head.receivedSums(), positions, newestPosition),
  };
  return {
    term: (name) => functions[name](),
    excusedSlots: () => duplicates().excusedSlot,
    votingHeads: () => window().votingHeads,
    cloudPicture: () => cloudPicture(head, foretold()),
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

function expectedInput(
  { keys, values, headDim, parameters, products, logBias }: HeadCache,
  { clouds }: ForetoldQueries,
): ExpectedInput {
  return { keys, values, headDim, sinkSlots: parameters.sinkSlots, clouds, products, logBias };
}

function cloudPicture({ keys, headDim }: HeadCache, { clouds, queries, rotation }: ForetoldQueries): CloudPicture {
  const plane = planeOf(clouds);
  const before = planeBefore(rotation, plane);
  const queryPoints = new Float32Array((2 * queries.length * queries[0].length) / headDim);
  queries.forEach((own, member) => queryPoints.set(pointsIn(before, own), (member * 2 * own.length) / headDim));
  return {
    queryPoints,
    keyPoints: pointsIn(plane, keys),
    queryVariance: plane.variance,
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
      const to = (member * held.length + slot) * headDim;
      for (let dim = 0; dim < headDim; dim++) queries[to + dim] = newest[from + dim];
    });
  }
  const between = keys.subarray(sinkSlots * headDim, end * headDim);
  const logBias = head.logBias?.subarray(sinkSlots, end);
  attention.set(chunkAttention({ keys: between, queries, headDim, chunkSlots, products, logBias }), sinkSlots);
  return attention;
}

/** Every token of the prompt with its query. */
function promptOf(head: HeadCache): PromptInput {
  const { positions, newestPosition, parameters } = head;
  assert(positions.length === newestPosition + 1, "instructions vote on a prompt of which nothing has been evicted");
  const pair = instructionPair(parameters.instructions ?? []);
  assert(pair !== null, "two instructions vote, one directly behind the other");
  return { ...head, queries: head.newestQueries(positions.length), pair };
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
