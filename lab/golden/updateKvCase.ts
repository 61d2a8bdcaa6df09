// gkv.update_kv: one event over a batch. Only the reference's batches have left padding and finished sequences, so their
// rules (methods section 3, step 7 and the notes after step 9) are here and not in the product.
import { budgetInForce } from "../../src/policy/budget";
import { chooseSurvivors, keepCarry } from "../../src/policy/admission";
import type { Scores } from "../../src/policy/columns";
import type { PolicyParameters } from "../../src/policy/policy";
import { InputError } from "../../src/lib/errors";
import type { HeadDims, RunCase } from "./caseParts";
import { concatenated, inOrder, readCount, readExpected, readHeadDims, readPadding, readParameters } from "./caseParts";
import type { FieldComparison } from "./compare";
import { compareArrays, compareExactly } from "./compare";
import type { Field, Tensor } from "./field";
import { fieldOf, integerListOf, integersOf, itemsOf, optionalField, sliceOf, tensorOf } from "./field";
import { scoreHeads } from "./scoreHeads";

interface Batch extends HeadDims {
  readonly batchCount: number;
  readonly lengthSlots: number;
  readonly parameters: PolicyParameters;
  readonly keys: Tensor; // [sequence][kvHead][slot][headDim]
  readonly queries: Tensor; // [sequence][head][row][headDim]
  readonly paddings: readonly number[]; // [sequence]
  readonly positions: readonly (readonly Int32Array[])[]; // [sequence][kvHead] of [slot]
  readonly carried: Tensor | null; // [sequence][kvHead][slot of the first ones]
  readonly isFinished: readonly boolean[]; // [sequence]
}

/** One KV head of one sequence after the event. */
interface HeadOutcome {
  readonly scores: Scores;
  readonly slots: Int32Array;
  readonly positions: Int32Array;
  readonly carried: Float32Array | null;
}

export const runUpdateKv: RunCase = async (root, { probe, tolerance }) => {
  const batch = readBatch(root);
  const { parameters, lengthSlots } = batch;
  if (lengthSlots <= parameters.budgetSlots) return compareUnchanged(batch, fieldOf(root, "expected"), tolerance);
  const scored = await inOrder(batch.positions, (positions, sequence) =>
    scoreHeads(
      {
        ...batch,
        paddingSlots: batch.paddings[sequence],
        keys: sliceOf(batch.keys, sequence).data,
        rawKeys: sliceOf(batch.keys, 0).data,
        queries: sliceOf(batch.queries, sequence).data,
        positions,
        carried: batch.carried === null ? null : headsOf(sliceOf(batch.carried, sequence)),
      },
      parameters,
      probe,
    ),
  );
  const outcomes = lowerPadding(batch, scored).map((heads, sequence) =>
    heads.map((scores, kvHead): HeadOutcome => {
      const { slots } = chooseSurvivors({
        total: scores.total,
        lengthSlots,
        keepSlots: parameters.budgetSlots,
        isProtected: null,
      });
      return { scores, slots, ...remembered(batch, [sequence, kvHead], scores, slots) };
    }),
  );
  return compareBatch(batch, fieldOf(root, "expected"), outcomes, tolerance);
};

function readBatch(root: Field): Batch {
  const dims = readHeadDims(root);
  const batchCount = readCount(root, "dims", "batch");
  const lengthSlots = readCount(root, "dims", "kv_len");
  const inputs = fieldOf(root, "inputs");
  const chosen = readParameters(root);
  const parameters = { ...chosen, budgetSlots: budgetInForce(chosen, readCount(inputs, "cur_len")) };
  const heads = [batchCount, dims.kvHeadCount];
  const cache = optionalField(inputs, "score_cache");
  const carriedCount = cache === null ? 0 : integerListOf(fieldOf(cache, "shape"))[2];
  const positions = itemsOf(fieldOf(inputs, "positions")).map((sequence) =>
    itemsOf(sequence).map((head) => Int32Array.from(integerListOf(head))),
  );
  if (positions.some((sequence) => sequence.some((head) => head.length !== lengthSlots))) {
    throw new InputError(`inputs.positions: expected ${lengthSlots} positions per head`);
  }
  return {
    ...dims,
    batchCount,
    lengthSlots,
    parameters,
    keys: tensorOf(fieldOf(inputs, "keys"), [...heads, lengthSlots, dims.headDim]),
    queries: tensorOf(fieldOf(inputs, "queries"), [batchCount, dims.headCount, parameters.windowSlots, dims.headDim]),
    paddings: readPadding(fieldOf(inputs, "attention_mask"), lengthSlots),
    positions,
    carried: cache === null ? null : tensorOf(cache, [...heads, carriedCount]),
    isFinished: integerListOf(fieldOf(inputs, "unfinished")).map((flag) => flag === 0),
  };
}

/** Step 7: padding gets the batch's lowest score minus 1e-6. Where Z is F itself, F changes with it. */
function lowerPadding({ paddings, parameters }: Batch, scored: readonly Scores[][]): Scores[][] {
  const lowest = scored
    .flat()
    .reduce((low, { total }) => total.reduce((lower, score) => Math.min(lower, score), low), Infinity);
  const isAliased = parameters.poolingSlots === 1 && parameters.redundancy === "none";
  return scored.map((heads, sequence) => {
    const lowered = (scores: Float32Array): Float32Array =>
      scores.map((score, slot) => (slot < paddings[sequence] ? lowest - 1e-6 : score));
    return heads.map(({ total, carry, parts }) => ({
      total: lowered(total),
      carry: carry !== null && isAliased ? lowered(carry) : carry,
      parts,
    }));
  });
}

/** Positions and carried scores after the event: a finished sequence keeps its old ones, cut to length. */
function remembered(
  { positions, carried, isFinished, parameters }: Batch,
  [sequence, kvHead]: readonly [sequence: number, kvHead: number],
  { carry }: Scores,
  slots: Int32Array,
): Pick<HeadOutcome, "positions" | "carried"> {
  const old = positions[sequence][kvHead];
  const fresh = carry === null ? null : keepCarry(carry, slots);
  const oldCarried = carried === null ? null : sliceOf(sliceOf(carried, sequence), kvHead).data;
  if (!isFinished[sequence] || parameters.smoothing === "none" || oldCarried === null) {
    const isFrozen = isFinished[sequence];
    return { positions: isFrozen ? old.slice(0, slots.length) : slots.map((slot) => old[slot]), carried: fresh };
  }
  const isLonger = fresh !== null && fresh.length > oldCarried.length;
  return {
    positions: old.slice(0, slots.length),
    carried: isLonger ? fresh : oldCarried.slice(0, fresh?.length),
  };
}

function compareBatch(
  batch: Batch,
  expected: Field,
  outcomes: readonly (readonly HeadOutcome[])[],
  tolerance: number,
): FieldComparison[] {
  const { batchCount, kvHeadCount, lengthSlots, parameters, paddings } = batch;
  const candidateCount = lengthSlots - parameters.windowSlots;
  const comparisons: FieldComparison[] = [];
  const array = (name: string, pick: (head: HeadOutcome) => Float32Array | null | undefined): void => {
    const width = name === "score_cache" ? parameters.budgetSlots - parameters.windowSlots : candidateCount;
    const recorded = readExpected(expected, name, [batchCount, kvHeadCount, width]);
    if (recorded === null) return;
    const rows = outcomes
      .flat()
      .map(pick)
      .filter((row) => row instanceof Float32Array);
    comparisons.push(compareArrays(`expected.${name}`, concatenated(rows), recorded.data, tolerance));
  };
  const lists = (name: string, pick: (head: HeadOutcome, sequence: number) => Int32Array | number): void => {
    const field = optionalField(expected, name);
    if (field === null) return;
    const found = outcomes.map((heads, sequence) =>
      heads.map((head) => {
        const picked = pick(head, sequence);
        return typeof picked === "number" ? picked : [...picked];
      }),
    );
    comparisons.push(compareExactly(`expected.${name}`, found, integersOf(field)));
  };
  const keptCandidates = ({ slots }: HeadOutcome): Int32Array => slots.filter((slot) => slot < candidateCount);
  array("local_score", ({ scores }) => scores.parts.localRaw);
  array("global_score", ({ scores }) => scores.carry);
  array("redundancy", ({ scores }) => scores.parts.redundancy);
  array("ranked_score", ({ scores }) => scores.total);
  array("score_cache", ({ carried }) => carried);
  lists("kept_indices", keptCandidates);
  lists("kept_positions", ({ positions }) => positions);
  lists("surviving_cache_slots", ({ slots }) => slots);
  // Too few real tokens for the budget: which padding fills it up is a tie, so only the amount can be compared.
  lists("kept_valid_indices", (head, sequence) => keptCandidates(head).filter((slot) => slot >= paddings[sequence]));
  lists(
    "padding_slots_kept",
    (head, sequence) => keptCandidates(head).filter((slot) => slot < paddings[sequence]).length,
  );
  return comparisons;
}

/** Step 0: an event that does not act leaves slots, positions and carried scores as they are. */
function compareUnchanged(batch: Batch, expected: Field, tolerance: number): FieldComparison[] {
  const slots = Array.from({ length: batch.lengthSlots }, (_, slot) => slot);
  const comparisons: FieldComparison[] = [];
  const lists = (name: string, found: unknown): void => {
    const field = optionalField(expected, name);
    if (field !== null) comparisons.push(compareExactly(`expected.${name}`, found, integersOf(field)));
  };
  lists(
    "kept_positions",
    batch.positions.map((heads) => heads.map((positions) => [...positions])),
  );
  lists(
    "surviving_cache_slots",
    batch.positions.map((heads) => heads.map(() => slots)),
  );
  const carried = batch.carried && readExpected(expected, "score_cache", batch.carried.shape);
  if (batch.carried !== null && carried !== null) {
    comparisons.push(compareArrays("expected.score_cache", batch.carried.data, carried.data, tolerance));
  }
  if (comparisons.length === 0) throw new InputError("expected: nothing is recorded of an event that does not act");
  return comparisons;
}

function headsOf(tensor: Tensor): Float32Array[] {
  return Array.from({ length: tensor.shape[0] }, (_, head) => sliceOf(tensor, head).data);
}
