// What stands behind the terms of a run's events, as columns of a run file (docs/run-file.md). Since version 9 those of all
// events stand together, and excused slots as what differs from the event before; runFileEvidenceByEvent.ts reads the others.

import { assert, InputError } from "../../lib/errors";
import type { ColumnReader, ColumnWriter } from "./byteColumns";
import { expectedExcused } from "./expectedExcused";
import { cutApart, sum } from "./runFileColumns";
import type { EventEvidence, EvictionEvent, ModelSummary, Trace } from "./flatTrace";

/** What evidence can be of; bit by bit in the file. */
const EXCUSED_BIT = 1;
const VOTING_BIT = 2;

/** Whether any event of the run tells what stands behind it. */
export function hasEvidence(trace: Trace): boolean {
  return trace.events.some((event) => recordedBits(event) > 0);
}

export function recordedBits({ excusedSlots, votingHeads }: EventEvidence): number {
  return (excusedSlots === undefined ? 0 : EXCUSED_BIT) | (votingHeads === undefined ? 0 : VOTING_BIT);
}

export function writeEvidence(writer: ColumnWriter, events: readonly EvictionEvent[], headCount: number): void {
  writer.uint8(Uint8Array.from(events, recordedBits));
  const excused = new Uint32Array(sum(events.map(({ excusedSlots }) => excusedSlots?.length ?? 0)));
  const voting = new Uint8Array(sum(events.map(({ votingHeads }) => votingHeads?.length ?? 0)));
  let [excusedAt, votingAt] = [0, 0];
  for (const [place, event] of events.entries()) {
    checkLengths(event, headCount);
    const { excusedSlots, votingHeads } = event;
    if (excusedSlots !== undefined) {
      const expected = expectedExcused(event, events[place - 1] ?? null, headCount);
      excusedSlots.forEach((slot, at) => {
        assert(slot >= -1, `event ${event.event}: ${slot} is no slot, −1 is none`);
        excused[excusedAt++] = slot === expected[at] ? 0 : slot + 2;
      });
    }
    if (votingHeads !== undefined) {
      voting.set(votingHeads, votingAt);
      votingAt += votingHeads.length;
    }
  }
  writer.uint32(excused);
  writer.uint8(voting);
}

/** [event], of events whose sizes have been checked. `what` starts the message of every error. */
export function readEvidence(
  reader: ColumnReader,
  events: readonly EvictionEvent[],
  model: ModelSummary,
  what: string,
): EventEvidence[] {
  const headCount = model.layerCount * model.kvHeadCount;
  const bits = [...reader.uint8(events.length)];
  bits.forEach((recorded, place) => checkBits(recorded, `${what}: event ${events[place].event}`));
  const lengthsOf = (bit: number, rowLength: (event: EvictionEvent) => number): number[] =>
    events.map((event, place) => (bits[place] & bit ? headCount * rowLength(event) : 0));
  const excusedLengths = lengthsOf(EXCUSED_BIT, ({ lengthBefore }) => lengthBefore);
  const votingLengths = lengthsOf(VOTING_BIT, ({ candidateCount }) => candidateCount);
  const excused = cutApart(reader.uint32(sum(excusedLengths)), excusedLengths);
  const voting = cutApart(reader.uint8(sum(votingLengths)), votingLengths);

  const evidence: EventEvidence[] = [];
  events.forEach((event, place) => {
    const previous = place === 0 ? null : { ...events[place - 1], ...evidence[place - 1] };
    const excusedSlots = bits[place] & EXCUSED_BIT ? slotsOf(excused[place], event, previous, headCount) : undefined;
    const votingHeads = bits[place] & VOTING_BIT ? new Int8Array(voting[place].buffer) : undefined;
    evidence.push({ ...(excusedSlots && { excusedSlots }), ...(votingHeads && { votingHeads }) });
    checkEvidence(evidence[place], event, model, what);
  });
  return evidence;
}

/** 0 stands for what the event before lets expect, 1 for none and 2 for slot 0. */
function slotsOf(
  column: Uint32Array,
  event: EvictionEvent,
  previous: EvictionEvent | null,
  headCount: number,
): Int32Array {
  const expected = expectedExcused(event, previous, headCount);
  return Int32Array.from(column, (stored, at) => (stored === 0 ? expected[at] : stored - 2));
}

export function checkBits(recorded: number, what: string): void {
  if (recorded > (EXCUSED_BIT | VOTING_BIT)) throw new InputError(`${what} records ${recorded}, at most 3 expected`);
}

/** `what` starts the message. */
export function checkEvidence(
  { excusedSlots, votingHeads }: EventEvidence,
  { event, lengthBefore }: EvictionEvent,
  { headCount, kvHeadCount }: ModelSummary,
  what: string,
): void {
  const here = `${what}: event ${event}`;
  if (excusedSlots !== undefined) {
    assertWithin(excusedSlots, lengthBefore, `${here}, excused slots`);
    assertOthers(excusedSlots, lengthBefore, here);
  }
  if (votingHeads !== undefined) assertWithin(votingHeads, headCount / kvHeadCount, `${here}, voting heads`);
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

function checkLengths(
  { event, lengthBefore, candidateCount, excusedSlots, votingHeads }: EvictionEvent,
  heads: number,
): void {
  const check = (found: number | undefined, expected: number, name: string): void => {
    assert(found === undefined || found === expected, `event ${event}: ${found} ${name} of ${expected}`);
  };
  check(excusedSlots?.length, heads * lengthBefore, "excused slots");
  check(votingHeads?.length, heads * candidateCount, "voting heads");
}
