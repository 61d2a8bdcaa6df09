// One step's attention joined over all pairs of layer and KV head, exactly: a figure that the trace does not hold.
import { emptyRows, headCountOf, headRow, newRows, rowLength } from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import { slotsSeenByStep, survivingPositions, type SeenSlots } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";

export type Joining = "mean" | "maximum";

/** What any head holds, and what it is paid; a head that let a position go pays it nothing. */
export interface JoinedRow {
  /** Positions that survived the event before in some head, ascending; those written since count up from `firstNew`. */
  readonly kept: Int32Array;
  readonly firstNew: number;
  readonly paid: Float32Array; // [place in kept, then new position]
}

export function joinedRow(trace: Trace, step: number, joining: Joining): JoinedRow {
  return createRowJoiner(trace, joining)(step);
}

/** For many rows: what the rows between two events share is computed once. */
export function createRowJoiner(trace: Trace, joining: Joining): (step: number) => JoinedRow {
  const headCount = headCountOf(trace.header.model);
  const addRun = joining === "mean" ? addToSums : raiseToMaxima;
  let known: KeptPlaces | null = null;
  return (step) => {
    const seen = slotsSeenByStep(trace, step);
    if (known?.event !== seen.event) known = keptPlaces(seen, headCount);
    const { kept, places } = known;
    const { attention, attentionScale, lengths } = trace.steps[step];
    // Written since the event: as many in every head.
    const newCount = lengths[0] - rowLength(places, 0);
    const paid = new Float32Array(kept.length + newCount);
    for (let head = 0; head < headCount; head++) {
      addRun(paid, {
        levels: headRow(attention, head),
        unit: attentionScale[head] / 255,
        places: headRow(places, head),
        newPlace: kept.length,
      });
    }
    if (joining === "mean") for (let place = 0; place < paid.length; place++) paid[place] /= headCount;
    return { kept, firstNew: seen.firstNew, paid };
  };
}

interface KeptPlaces {
  readonly event: EvictionEvent | null;
  readonly kept: Int32Array;
  /** Of each head's kept slots, a place in `kept`. */
  readonly places: HeadRows<Uint32Array>;
}

function keptPlaces(seen: SeenSlots, headCount: number): KeptPlaces {
  const { event, firstNew } = seen;
  const positions = event === null ? emptyRows(headCount, Int32Array) : survivingPositions(event);
  const isHeld = new Uint8Array(firstNew);
  for (const position of positions.values) isHeld[position] = 1;
  const placeOf = new Uint32Array(firstNew);
  const kept = new Int32Array(isHeld.reduce((sum, held) => sum + held, 0));
  let next = 0;
  for (let position = 0; position < firstNew; position++) {
    if (isHeld[position] === 0) continue;
    placeOf[position] = next;
    kept[next++] = position;
  }
  const places = newRows(positions.offsets, Uint32Array);
  positions.values.forEach((position, at) => (places.values[at] = placeOf[position]));
  return { event, kept, places };
}

/** One head's slots: the survivors of the event before, then, slot after slot, what was written since. */
interface HeadRun {
  readonly levels: Uint8Array;
  readonly unit: number;
  readonly places: Uint32Array;
  readonly newPlace: number;
}

function addToSums(paid: Float32Array, { levels, unit, places, newPlace }: HeadRun): void {
  for (let slot = 0; slot < places.length; slot++) paid[places[slot]] += levels[slot] * unit;
  const shift = newPlace - places.length;
  for (let slot = places.length; slot < levels.length; slot++) paid[shift + slot] += levels[slot] * unit;
}

function raiseToMaxima(paid: Float32Array, { levels, unit, places, newPlace }: HeadRun): void {
  for (let slot = 0; slot < places.length; slot++) {
    const share = levels[slot] * unit;
    if (share > paid[places[slot]]) paid[places[slot]] = share;
  }
  const shift = newPlace - places.length;
  for (let slot = places.length; slot < levels.length; slot++) {
    const share = levels[slot] * unit;
    if (share > paid[shift + slot]) paid[shift + slot] = share;
  }
}
