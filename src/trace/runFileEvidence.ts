// What stands behind the terms of a run's events, as columns of a run file (docs/run-file.md).

import { assert, InputError } from "../lib/errors";
import type { ColumnReader, ColumnWriter } from "./byteColumns";
import type { EventEvidence, EvictionEvent, ModelSummary, Trace } from "./trace";

/** What evidence can be of; bit by bit in the file. */
const EXCUSED_BIT = 1;
const VOTING_BIT = 2;

/** Whether any event of the run tells what stands behind it. */
export function hasEvidence(trace: Trace): boolean {
  return trace.events.some((event) => recordedBits(event) > 0);
}

export function writeEvidence(writer: ColumnWriter, events: readonly EvictionEvent[], headCount: number): void {
  writer.uint8(Uint8Array.from(events, recordedBits));
  for (const { event, lengthBefore, candidateCount, excusedSlots, votingHeads } of events) {
    if (excusedSlots !== undefined) {
      const expected = headCount * lengthBefore;
      assert(excusedSlots.length === expected, `event ${event}: ${excusedSlots.length} excused slots of ${expected}`);
      writer.uint32(Uint32Array.from(excusedSlots, (slot) => slot + 1));
    }
    if (votingHeads !== undefined) {
      const expected = headCount * candidateCount;
      assert(votingHeads.length === expected, `event ${event}: ${votingHeads.length} voting heads of ${expected}`);
      writer.uint8(new Uint8Array(votingHeads.buffer, votingHeads.byteOffset, votingHeads.length));
    }
  }
}

/** [event], of events whose sizes have been checked. `what` starts the message of every error. */
export function readEvidence(
  reader: ColumnReader,
  events: readonly EvictionEvent[],
  model: ModelSummary,
  what: string,
): EventEvidence[] {
  const rowCount = model.layerCount * model.kvHeadCount;
  const groupSize = model.headCount / model.kvHeadCount;
  const bits = [...reader.uint8(events.length)];
  return events.map(({ event, lengthBefore, candidateCount }, place) => {
    const recorded = bits[place];
    const here = `${what}: event ${event}`;
    if (recorded > (EXCUSED_BIT | VOTING_BIT)) throw new InputError(`${here} records ${recorded}, at most 3 expected`);
    const excusedSlots = recorded & EXCUSED_BIT ? slotsOf(reader.uint32(rowCount * lengthBefore)) : undefined;
    const votingHeads =
      recorded & VOTING_BIT ? new Int8Array(reader.uint8(rowCount * candidateCount).buffer) : undefined;
    if (excusedSlots !== undefined) {
      assertWithin(excusedSlots, lengthBefore, `${here}, excused slots`);
      assertOthers(excusedSlots, lengthBefore, here);
    }
    if (votingHeads !== undefined) assertWithin(votingHeads, groupSize, `${here}, voting heads`);
    return { ...(excusedSlots && { excusedSlots }), ...(votingHeads && { votingHeads }) };
  });
}

function recordedBits({ excusedSlots, votingHeads }: EventEvidence): number {
  return (excusedSlots === undefined ? 0 : EXCUSED_BIT) | (votingHeads === undefined ? 0 : VOTING_BIT);
}

/** In the file 0 stands for none and 1 for slot 0: small numbers pack well. */
function slotsOf(column: Uint32Array): Int32Array {
  return Int32Array.from(column, (next) => next - 1);
}

/** −1 stands for none. */
function assertWithin(column: Int32Array | Int8Array, limit: number, what: string): void {
  for (const value of column) {
    if (value < -1 || value >= limit) throw new InputError(`${what}: ${value}, limit ${limit}`);
  }
}

/** No slot is its own near-duplicate. */
function assertOthers(excusedSlots: Int32Array, width: number, what: string): void {
  const at = excusedSlots.findIndex((slot, place) => slot === place % width);
  if (at >= 0) throw new InputError(`${what}: slot ${excusedSlots[at]} is its own near-duplicate`);
}
