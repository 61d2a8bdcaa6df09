// Masks that eviction leaves behind: gkv.sparse_mask_from_history, gkv.build_sparse_mask, gkv.expand_sparse_mask.
import type { PolicyParameters } from "../../src/policy/policy";
import type { KeptSet } from "./masks";
import { expandedMask, historyMask } from "./masks";
import type { CaseContext, RunCase } from "./caseParts";
import { inOrder, readCount, readHeadDims, readPadding, readParameters } from "./caseParts";
import type { FieldComparison } from "./compare";
import { compareExactly } from "./compare";
import type { Field } from "./field";
import { bitsOf, fieldOf, integerListOf, itemsOf, optionalField, sliceOf, tensorOf } from "./field";
import type { RunSet, SequenceRun } from "./sequenceRun";
import { heads, keptByRun } from "./sequenceRun";

export const runSparseMaskFromHistory: RunCase = async (root, context) => {
  const inputs = fieldOf(root, "inputs");
  return optionalField(inputs, "history") === null ? runWithLoop(root, context) : runHandMade(root);
};

/** A history given with the case, batched. */
function runHandMade(root: Field): FieldComparison[] {
  const inputs = fieldOf(root, "inputs");
  const batchCount = readCount(root, "dims", "batch");
  const kvHeadCount = readCount(root, "dims", "kv_heads");
  const tokenCount = readCount(root, "dims", "seq_len");
  const paddings = readPadding(fieldOf(inputs, "attention_mask"), tokenCount);
  const recorded = bitsOf(fieldOf(fieldOf(root, "expected"), "mask"), [
    batchCount,
    kvHeadCount,
    tokenCount,
    tokenCount,
  ]);
  const sets = itemsOf(fieldOf(inputs, "history"));
  const found = paddings.flatMap((paddingCount, sequence) =>
    Array.from({ length: kvHeadCount }, (_, kvHead) => {
      const history = sets.map((set): KeptSet => {
        const heads = itemsOf(itemsOf(fieldOf(set, "positions"))[sequence]);
        return { startRow: readCount(set, "start"), positions: integerListOf(heads[kvHead]) };
      });
      return historyMask(history, { tokenCount, paddingCount });
    }),
  );
  return [compareMasks("mask", found, recorded.data)];
}

/** A whole run: what its events keep, what its rows then see, and what the reference's driver makes of it. */
async function runWithLoop(root: Field, { probe }: CaseContext): Promise<FieldComparison[]> {
  const dims = readHeadDims(root);
  const tokenCount = readCount(root, "dims", "seq_len");
  const run: SequenceRun = {
    ...dims,
    parameters: readParameters(root),
    promptCount: readCount(root, "loop", "prompt_len"),
    intervalSteps: readCount(root, "loop", "divide_length"),
    keys: tensorOf(fieldOf(root, "keys"), [dims.kvHeadCount, tokenCount, dims.headDim]),
    queries: tensorOf(fieldOf(root, "queries"), [dims.headCount, tokenCount, dims.headDim]),
    paddingCount: 0,
    hasWindowInMaximum: false,
  };
  const inputs = fieldOf(root, "inputs");
  const expected = fieldOf(root, "expected");
  const shape = { tokenCount, paddingCount: 0 };
  const history = await keptByRun(run, probe);
  const maskOf = (sets: readonly RunSet[]) =>
    heads(dims).map((kvHead) =>
      historyMask(
        sets.map(({ startRow, positions }) => ({ startRow, positions: positions[kvHead] })),
        shape,
      ),
    );
  const trueMask = maskOf(history);
  const driverMask = maskOf(readHistory(fieldOf(inputs, "history_as_recorded_by_driver")));
  const bits = (name: string) => bitsOf(fieldOf(expected, name), [dims.kvHeadCount, tokenCount, tokenCount]).data;
  const differing = trueMask.flatMap((mask, kvHead) =>
    [...mask.keys()].filter((cell) => mask[cell] !== driverMask[kvHead][cell]),
  );
  const rows = [...new Set(differing.map((cell) => Math.floor(cell / tokenCount)))].sort((left, right) => left - right);
  return [
    compareExactly(
      "history_after_compression",
      listed(history),
      listed(readHistory(fieldOf(inputs, "history_after_compression"))),
    ),
    compareMasks("mask_true_visibility", trueMask, bits("mask_true_visibility")),
    compareMasks("mask_from_driver_history", driverMask, bits("mask_from_driver_history")),
    compareExactly("cells_differing", differing.length, readCount(expected, "cells_differing")),
    compareExactly("rows_differing", rows, integerListOf(fieldOf(expected, "rows_differing"))),
  ];
}

export const runBuildSparseMask: RunCase = async (root, { probe }) => {
  const dims = readHeadDims(root);
  const batchCount = readCount(root, "dims", "batch");
  const tokenCount = readCount(root, "dims", "seq_len");
  const inputs = fieldOf(root, "inputs");
  const config = fieldOf(root, "config");
  // The function has these built in: its options name the smoothing, but not that scores are carried and redundancy is on.
  const parameters: PolicyParameters = { ...readParameters(root), smoothing: "max", redundancy: "kernel" };
  const keys = tensorOf(fieldOf(inputs, "keys"), [batchCount, dims.kvHeadCount, tokenCount, dims.headDim]);
  const queries = tensorOf(fieldOf(inputs, "queries"), [batchCount, dims.headCount, tokenCount, dims.headDim]);
  const paddings = readPadding(fieldOf(inputs, "attention_mask"), tokenCount);
  const masks = await inOrder(paddings, async (paddingCount, sequence) => {
    const history = await keptByRun(
      {
        ...dims,
        parameters,
        promptCount: readCount(inputs, "input_length"),
        intervalSteps: readCount(config, "divide_length"),
        keys: sliceOf(keys, sequence),
        queries: sliceOf(queries, sequence),
        paddingCount,
        hasWindowInMaximum: true,
      },
      probe,
    );
    return heads(dims).map((kvHead) =>
      historyMask(
        history.map(({ startRow, positions }) => ({ startRow, positions: positions[kvHead] })),
        { tokenCount, paddingCount },
      ),
    );
  });
  const recorded = bitsOf(fieldOf(fieldOf(root, "expected"), "mask"), [
    batchCount,
    dims.kvHeadCount,
    tokenCount,
    tokenCount,
  ]);
  return [compareMasks("mask", masks.flat(), recorded.data)];
};

export const runExpandSparseMask: RunCase = (root) => {
  const batchCount = readCount(root, "dims", "batch");
  const kvHeadCount = readCount(root, "dims", "kv_heads");
  const oldCount = readCount(root, "dims", "seq_len");
  const tokenCount = readCount(root, "config", "expand_len");
  const inputs = fieldOf(root, "inputs");
  const old = bitsOf(fieldOf(inputs, "sparse_mask"), [batchCount, kvHeadCount, oldCount, oldCount]).data;
  const kept = itemsOf(fieldOf(inputs, "kept_positions")).flatMap((sequence) => itemsOf(sequence).map(integerListOf));
  const size = oldCount * oldCount;
  const found = kept.map((positions, at) =>
    expandedMask(old.subarray(at * size, (at + 1) * size), positions, tokenCount),
  );
  const shape = [batchCount, kvHeadCount, tokenCount, tokenCount];
  return Promise.resolve([compareMasks("mask", found, bitsOf(fieldOf(fieldOf(root, "expected"), "mask"), shape).data)]);
};

function readHistory(field: Field): RunSet[] {
  return itemsOf(field).map((set) => ({
    startRow: readCount(set, "start"),
    positions: itemsOf(fieldOf(set, "positions")).map(integerListOf),
  }));
}

/** As lists in lists, which is what comparisons take. */
function listed(sets: readonly RunSet[]): unknown[] {
  return sets.map(({ startRow, positions }) => [startRow, positions]);
}

/** Masks of all sequences and heads in order, against one flat array. */
function compareMasks(field: string, found: readonly Uint8Array[], recorded: Uint8Array): FieldComparison {
  const flat = found.flatMap((mask) => [...mask]);
  return compareExactly(field, flat, [...recorded]);
}
