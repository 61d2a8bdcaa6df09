// The events of run files of versions 1 to 8, which are read and no longer written: one after the other, every array as a
// column; their single numbers stand in the head. runFileScores.ts has the layout since.

import { InputError } from "../../lib/errors";
import type { ColumnReader } from "./byteColumns";
import { columnLength, type ColumnShape } from "./eventColumns";
import type { RunFileEvent } from "./runFileHead";
import type { EvictionEvent } from "./flatTrace";

export interface EventShape extends ColumnShape {
  readonly stepCount: number;
}

/** `what` starts the message of every error. */
export function readEvent(reader: ColumnReader, entry: RunFileEvent, shape: EventShape, what: string): EvictionEvent {
  const { event, step, lengthBefore, keptCount, budgetSlots, windowSlots, candidateCount } = entry;
  const { headCount } = shape;
  const place = `${what}: event ${event}`;
  checkSlotCounts(entry, place);
  const candidates = headCount * candidateCount;
  const positionsBefore = reader.int32(headCount * lengthBefore);
  assertAscending(positionsBefore, lengthBefore, {
    limit: shape.promptCount + step,
    what: `${place}, positions`,
  });
  const survivors = reader.int32(headCount * keptCount);
  assertAscending(survivors, keptCount, { limit: lengthBefore, what: `${place}, survivors` });
  const terms = Object.fromEntries(
    entry.termNames.map((name) => [name, reader.float32(columnLength(`terms.${name}`, candidateCount, shape))]),
  );
  const parts = Object.fromEntries(entry.partNames.map((name) => [name, reader.float32(candidates)]));
  return {
    event,
    step,
    lengthBefore,
    budgetSlots,
    windowSlots,
    candidateCount,
    positionsBefore,
    survivors,
    terms,
    parts,
    total: reader.float32(candidates),
    carry: reader.float32(entry.hasCarry ? candidates : 0),
    cutOff: reader.float32(headCount),
    margin: reader.float32(headCount),
  };
}

/** `what` starts the message. */
export function checkSlotCounts({ lengthBefore, keptCount, candidateCount }: RunFileEvent, what: string): void {
  if (candidateCount > lengthBefore || keptCount >= lengthBefore) {
    throw new InputError(`${what} keeps ${keptCount} slots and scores ${candidateCount} out of ${lengthBefore}`);
  }
}

/** Each row of `width` values must rise strictly, within 0 … limit − 1. */
export function assertAscending(
  rows: Int32Array,
  width: number,
  { limit, what }: { limit: number; what: string },
): void {
  for (let place = 0; place < rows.length; place++) {
    const before = place % width === 0 ? -1 : rows[place - 1];
    if (rows[place] <= before || rows[place] >= limit) {
      throw new InputError(`${what}: ${rows[place]} follows ${before}, limit ${limit}`);
    }
  }
}
