// Gives the events of a drawn trace merges, with votes that add up, or its steps the slots that they read. Nothing but tests may
// import this file.
import { headRow, joinRows, rowCount, type HeadRows, type RowValues } from "../cache/headRows";
import { evictedSlots, type EventMerges } from "./merges";
import type { EvictionEvent, ParameterValue, Trace } from "./trace";

/** Who takes an evicted position in, among those that the head keeps; null: it is dropped. */
export type ChooseCarrier = (place: {
  readonly event: number;
  readonly head: number;
  readonly position: number;
  readonly kept: readonly number[];
}) => number | null;

export function withMerges(trace: Trace, choose: ChooseCarrier, merging: ParameterValue = "keepKv"): Trace {
  let votes: readonly (readonly number[])[] = []; // [head][slot]
  const events = trace.events.map((event): EvictionEvent => {
    const merges = drawMerges(event, votes, choose);
    votes = Array.from({ length: rowCount(merges.votes) }, (_, head) => [...headRow(merges.votes, head)]);
    return { ...event, merges };
  });
  return { ...trace, header: { ...trace.header, parameters: { ...trace.header.parameters, merging } }, events };
}

function drawMerges(
  event: EvictionEvent,
  votesBefore: readonly (readonly number[])[],
  choose: ChooseCarrier,
): EventMerges {
  const heads = Array.from({ length: rowCount(event.survivors) }, (_, head) => {
    const positions = headRow(event.positionsBefore, head);
    const survivors = headRow(event.survivors, head);
    const kept = Array.from(survivors, (slot) => positions[slot]);
    const votes = Array.from(survivors, (slot) => votesBefore.at(head)?.at(slot) ?? 1);
    const evicted = evictedSlots(survivors, positions.length);
    const carriers = Array.from(evicted, (slot) => {
      const carrier = choose({ event: event.event, head, position: positions[slot], kept });
      const place = carrier === null ? -1 : kept.indexOf(carrier);
      if (place >= 0) votes[place] += votesBefore.at(head)?.at(slot) ?? 1;
      return place;
    });
    return { votes, carriers };
  });
  const rowsOf = <Values extends RowValues>(
    row: (head: (typeof heads)[number]) => ArrayLike<number>,
    of: { new (length: number): Values; from(values: ArrayLike<number>): Values },
  ): HeadRows<Values> =>
    joinRows(
      heads.map((head) => of.from(row(head))),
      of,
    );
  const none = (): number[] => [];
  return {
    targets: rowsOf(none, Int32Array),
    sources: rowsOf(none, Int32Array),
    keyWeights: rowsOf(none, Float32Array),
    valueWeights: rowsOf(none, Float32Array),
    logBias: rowsOf(({ votes }) => votes.map(Math.log), Float32Array),
    votes: rowsOf(({ votes }) => votes, Int32Array),
    partners: rowsOf(({ carriers }) => carriers.map((place) => Math.max(0, place)), Int32Array),
    cosines: rowsOf(({ carriers }) => carriers.map((place) => (place < 0 ? 0.25 : 0.75)), Float32Array),
    carriers: rowsOf(({ carriers }) => carriers, Int32Array),
    fallbacks: rowsOf(({ votes }) => votes.map(() => 0), Uint8Array),
  };
}

/** At one step, the slots that each head's newest query read; an empty row where it read all, as at every other step. */
export function withReads(trace: Trace, at: number, slots: readonly (readonly number[])[]): Trace {
  const headCount = trace.steps[at].lengths.length;
  const rowsAt = (step: number) =>
    Array.from({ length: headCount }, (_, head) => Int32Array.from(step === at ? slots[head % slots.length] : []));
  return {
    ...trace,
    header: { ...trace.header, parameters: { ...trace.header.parameters, reading: "latents" } },
    steps: trace.steps.map((record) => ({ ...record, readSlots: joinRows(rowsAt(record.step), Int32Array) })),
  };
}
