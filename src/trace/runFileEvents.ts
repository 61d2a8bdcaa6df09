// The events of a run file, one after the other: their arrays as columns, their single numbers in the head.

import { assert, InputError } from "../lib/errors";
import type { ColumnReader, ColumnWriter } from "./byteColumns";
import type { RunFileEvent } from "./runFileHead";
import type { EvictionEvent } from "./trace";

/** Sizes that the events of one run share. */
export interface EventShape {
  /** Pairs of layer and KV head. */
  readonly headCount: number;
  readonly promptCount: number;
}

export function writeEvent(writer: ColumnWriter, event: EvictionEvent, shape: EventShape): void {
  const { headCount } = shape;
  const candidates = headCount * event.candidateCount;
  const float32 = (column: Float32Array, count: number, name: string) => {
    assert(column.length === count, `event ${event.event}: ${name} has ${column.length} values, expected ${count}`);
    writer.float32(column);
  };
  assert(
    event.positionsBefore.length === headCount * event.lengthBefore,
    `event ${event.event}: positionsBefore has ${event.positionsBefore.length} values`,
  );
  writer.int32(event.positionsBefore);
  writer.int32(event.survivors);
  for (const [name, term] of Object.entries(event.terms)) {
    float32(term, termLength(name, event.candidateCount, shape), name);
  }
  for (const [name, part] of Object.entries(event.parts)) float32(part, candidates, name);
  float32(event.total, candidates, "total");
  if (event.carry.length > 0) float32(event.carry, candidates, "carry");
  float32(event.cutOff, headCount, "cutOff");
  float32(event.margin, headCount, "margin");
}

/** `what` starts the message of every error. */
export function readEvent(reader: ColumnReader, entry: RunFileEvent, shape: EventShape, what: string): EvictionEvent {
  const { event, step, lengthBefore, keptCount, budgetSlots, windowSlots, candidateCount } = entry;
  const { headCount } = shape;
  const place = `${what}: event ${event}`;
  if (candidateCount > lengthBefore || keptCount >= lengthBefore) {
    throw new InputError(`${place} keeps ${keptCount} slots and scores ${candidateCount} out of ${lengthBefore}`);
  }
  const candidates = headCount * candidateCount;
  const positionsBefore = reader.int32(headCount * lengthBefore);
  assertAscending(positionsBefore, lengthBefore, {
    limit: shape.promptCount + step,
    what: `${place}, positions`,
  });
  const survivors = reader.int32(headCount * keptCount);
  assertAscending(survivors, keptCount, { limit: lengthBefore, what: `${place}, survivors` });
  const terms = Object.fromEntries(
    entry.termNames.map((name) => [name, reader.float32(termLength(name, candidateCount, shape))]),
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

/** The prompt's column sums have a value per position of the prompt, every other term one per candidate. */
function termLength(name: string, candidateCount: number, shape: EventShape): number {
  return shape.headCount * (name === "promptAttention" ? shape.promptCount : candidateCount);
}

/** Each row of `width` values must rise strictly, within 0 … limit − 1. */
function assertAscending(rows: Int32Array, width: number, { limit, what }: { limit: number; what: string }): void {
  for (let place = 0; place < rows.length; place++) {
    const before = place % width === 0 ? -1 : rows[place - 1];
    if (rows[place] <= before || rows[place] >= limit) {
      throw new InputError(`${what}: ${rows[place]} follows ${before}, limit ${limit}`);
    }
  }
}
