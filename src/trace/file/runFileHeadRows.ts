// The attention of query heads in a run file: one set of rows per step, as columns (docs/run-file.md).

import { assert, InputError } from "../../lib/errors";
import type { ColumnReader, ColumnWriter } from "./byteColumns";
import type { HeadAttention, ModelSummary, StepRecord, Trace } from "./flatTrace";

/** Whether the run kept each query head by itself. */
export function hasHeadRows(trace: Trace): boolean {
  return trace.steps.some(({ headAttention }) => headAttention !== undefined);
}

export function writeHeadRows(writer: ColumnWriter, steps: readonly StepRecord[], model: ModelSummary): void {
  const rowCount = model.layerCount * model.headCount;
  for (const { step, headAttention, headAttentionScale, lengthSlots } of steps) {
    const isWhole = headAttention?.length === rowCount * lengthSlots && headAttentionScale?.length === rowCount;
    assert(isWhole, `step ${step} has attention of query heads of another shape than layers × heads × slots`);
    writer.float32(headAttentionScale);
    writer.uint8(headAttention);
  }
}

/** [step], of steps whose lengths have been checked. `what` starts the message of every error. */
export function readHeadRows(
  reader: ColumnReader,
  steps: readonly StepRecord[],
  model: ModelSummary,
  what: string,
): HeadAttention[] {
  const { layerCount, headCount, kvHeadCount } = model;
  if (headCount % kvHeadCount !== 0) {
    throw new InputError(`${what}: ${headCount} query heads do not share ${kvHeadCount} KV heads evenly`);
  }
  const rowCount = layerCount * headCount;
  return steps.map(({ step, attention, lengthSlots }) => {
    const here = `${what}: step ${step}`;
    if (attention.length === 0) throw new InputError(`${here} has attention of query heads and none of KV heads`);
    const headAttentionScale = reader.float32(rowCount);
    for (const scale of headAttentionScale) {
      if (!(scale >= 0 && scale <= LARGEST_SHARE)) {
        throw new InputError(`${here}: a largest share of ${scale}, expected 0 to 1`);
      }
    }
    return { headAttention: reader.uint8(rowCount * lengthSlots), headAttentionScale };
  });
}

/** The whole attention of a head, and room for rounding. */
const LARGEST_SHARE = 1.001;
