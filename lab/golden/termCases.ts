// Cases of single terms: gkv.attention_scores, gkv.similarity_kernel, gkv.similarity_raw.
import { InputError } from "../../src/lib/errors";
import { DUPLICATE_COSINE } from "../../src/engine/terms/redundancy";
import type { RunCase } from "./caseParts";
import { concatenated, inOrder, readCount, readHeadDims, readPadding } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import type { Field } from "./field";
import { booleanOf, fieldOf, integersOf, numberOf, oneOf, sliceOf, tensorOf } from "./field";

export const runAttentionScores: RunCase = async (root, { probe, tolerance }) => {
  const dims = readHeadDims(root);
  const batchCount = readCount(root, "dims", "batch");
  const lengthSlots = readCount(root, "dims", "kv_len");
  const config = fieldOf(root, "config");
  const windowSlots = readCount(config, "window_size");
  const groupPooling = oneOf(fieldOf(config, "pooling"), ["max", "mean"]);
  const columnCount = booleanOf(fieldOf(config, "remove_query")) ? lengthSlots - windowSlots : lengthSlots;
  const keys = tensorOf(fieldOf(root, "keys"), [batchCount, dims.kvHeadCount, lengthSlots, dims.headDim]);
  const queries = tensorOf(fieldOf(root, "queries"), [batchCount, dims.headCount, windowSlots, dims.headDim]);
  const scores = await inOrder(readPadding(fieldOf(root, "attention_mask"), lengthSlots), async (paddingSlots, at) => {
    const attention = await probe.windowAttention({
      shape: { ...dims, lengthSlots, windowSlots, paddingSlots },
      keys: sliceOf(keys, at).data,
      queries: sliceOf(queries, at).data,
      groupPooling,
    });
    return firstColumns(attention, lengthSlots, columnCount);
  });
  const shape = [batchCount, dims.kvHeadCount, windowSlots, columnCount];
  const recorded = tensorOf(fieldOf(fieldOf(root, "expected"), "scores"), shape);
  return [compareArrays("scores", concatenated(scores), recorded.data, tolerance)];
};

export const runSimilarityKernel: RunCase = async (root, { probe, tolerance }) => {
  const { kvHeadCount, headDim } = readHeadDims(root);
  const batchCount = readCount(root, "dims", "batch");
  const lengthSlots = readCount(root, "dims", "kv_len");
  checkThreshold(root);
  const temperature = numberOf(fieldOf(fieldOf(root, "config"), "temperature"));
  if (temperature !== 1) throw new InputError(`config.temperature: only 1 is supported, found ${temperature}`);
  const keys = tensorOf(fieldOf(root, "keys"), [batchCount, kvHeadCount, lengthSlots, headDim]);
  const found = await inOrder(readPadding(fieldOf(root, "attention_mask"), lengthSlots), (paddingSlots, at) =>
    probe.redundancy({ kvHeadCount, headDim, lengthSlots, paddingSlots, keys: sliceOf(keys, at).data }),
  );
  const expected = fieldOf(root, "expected");
  const shape = [batchCount, kvHeadCount, lengthSlots];
  const array = (name: string, pieces: Float32Array[]) =>
    compareArrays(name, concatenated(pieces), tensorOf(fieldOf(expected, name), shape).data, tolerance);
  const excused = found.map(({ excusedSlot }) => nested(excusedSlot, kvHeadCount, lengthSlots));
  const recordedExcused = integersOf(fieldOf(expected, "exempted_row_of_column"));
  return [
    array(
      "similarity",
      found.map(({ softmax }) => softmax),
    ),
    array(
      "mean_similarity",
      found.map(({ meanCosine }) => meanCosine),
    ),
    compareExactly("exempted_row_of_column", excused, recordedExcused),
  ];
};

export const runSimilarityRaw: RunCase = async (root, { probe, tolerance }) => {
  const { kvHeadCount, headDim } = readHeadDims(root);
  const lengthSlots = readCount(root, "dims", "kv_len");
  checkThreshold(root);
  const config = fieldOf(root, "config");
  const retention = {
    direction: oneOf(fieldOf(config, "retain_direction"), ["last", "first", "last_percent", "first_percent"]),
    ratio: numberOf(fieldOf(config, "retain_ratio")),
  };
  const shape = [kvHeadCount, lengthSlots];
  const keys = tensorOf(fieldOf(root, "keys"), [...shape, headDim]).data;
  const found = await probe.redundancyRaw({ kvHeadCount, headDim, lengthSlots, paddingSlots: 0, keys }, retention);
  const recorded = tensorOf(fieldOf(fieldOf(root, "expected"), "similarity"), shape);
  return [compareArrays("similarity", found, recorded.data, tolerance)];
};

/** The threshold is a constant of the kernels, as it is in the reference's callers. */
function checkThreshold(root: Field): void {
  const threshold = numberOf(fieldOf(fieldOf(root, "config"), "threshold"));
  if (threshold !== DUPLICATE_COSINE) {
    throw new InputError(`config.threshold: only ${DUPLICATE_COSINE} is supported, found ${threshold}`);
  }
}

function firstColumns(rows: Float32Array, width: number, count: number): Float32Array {
  const rowCount = rows.length / width;
  return concatenated(Array.from({ length: rowCount }, (_, row) => rows.subarray(row * width, row * width + count)));
}

/** A flat [row][column] array as nested lists. */
function nested(flat: Int32Array, rowCount: number, columnCount: number): number[][] {
  return Array.from({ length: rowCount }, (_, row) => [...flat.subarray(row * columnCount, (row + 1) * columnCount)]);
}
