// The comparison with the full cache in a run file: one record per step, as columns (docs/run-file.md).

import { assert, InputError } from "../../lib/errors";
import type { ColumnReader, ColumnWriter } from "./byteColumns";
import type { LoyaltyRecord, StepRecord } from "./flatTrace";

export function writeLoyalty(writer: ColumnWriter, steps: readonly StepRecord[], headCount: number): void {
  const records = steps.map(({ step, loyalty }) => {
    assert(loyalty !== undefined, `step ${step} was not compared with the full cache, others were`);
    const { length } = loyalty.lostAttention;
    assert(length === headCount, `step ${step} has lost attention of ${length} heads, expected ${headCount}`);
    return loyalty;
  });
  writer.float64(Float64Array.from(records, ({ klNats }) => klNats));
  writer.uint8(Uint8Array.from(records, ({ isTopAgreed }) => (isTopAgreed ? 1 : 0)));
  writer.int32(Int32Array.from(records, ({ chosenRank }) => chosenRank));
  writer.int32(Int32Array.from(records, ({ regret }) => regret.length));
  for (const { lostAttention, regret } of records) {
    writer.float32(lostAttention);
    writer.float32(regret);
  }
}

export interface LoyaltyShape {
  readonly stepCount: number;
  readonly headCount: number;
  readonly vocabularySize: number;
  /** Starts the message of every error. */
  readonly what: string;
}

/** [step]. Whether `regret` has a value for every position that was let go is for the whole trace to say. */
export function readLoyalty(reader: ColumnReader, shape: LoyaltyShape): LoyaltyRecord[] {
  const { stepCount, headCount, vocabularySize, what } = shape;
  const within = <Column extends ArrayLike<number>>(column: Column, least: number, most: number): Column => {
    for (let place = 0; place < column.length; place++) {
      const value = column[place];
      if (!(value >= least && value <= most)) {
        throw new InputError(`${what}: ${value} where a number from ${least} to ${most} is expected`);
      }
    }
    return column;
  };
  const klNats = within(reader.float64(stepCount), 0, Number.MAX_VALUE);
  const topFlags = within(reader.uint8(stepCount), 0, 1);
  const chosenRanks = within(reader.int32(stepCount), 1, vocabularySize);
  const regretCounts = within(reader.int32(stepCount), 0, Number.MAX_SAFE_INTEGER);
  return Array.from(klNats, (kl, step) => ({
    klNats: kl,
    isTopAgreed: topFlags[step] === 1,
    chosenRank: chosenRanks[step],
    lostAttention: within(reader.float32(headCount), 0, LARGEST_SHARE),
    regret: within(reader.float32(regretCounts[step]), 0, LARGEST_SHARE * headCount),
  }));
}

/** The whole attention of a head, and room for the rounding of its sum. */
const LARGEST_SHARE = 1.001;
