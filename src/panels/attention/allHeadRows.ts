// Attention joined over all pairs of layer and KV head, which a trace does not hold: one step exactly, or all rows for the
// picture, each joined once, when somebody asks for it, and kept in 8 bits.
import { emptyRows, headCountOf, headRow, newRows, rowLength } from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import { isAttentionRecorded, recordedHeadCount } from "../../trace/recorded";
import { slotsSeenByStep, survivingPositions, type SeenSlots } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";
import type { AttentionRow, Joining, RowSource } from "./attentionRows";

const LEVELS = 255;

export interface AllHeadRows extends RowSource {
  /** Makes a row ready. */
  join(step: number): void;
  readyCount(): number;
}

/** The rows of a trace joined one way; the same object every time. */
export function allHeadRows(trace: Trace, joining: Joining): AllHeadRows {
  return latestOf(trace, [`allHeadRows ${joining}`], () => createAllHeadRows(trace, joining));
}

function createAllHeadRows(trace: Trace, joining: Joining): AllHeadRows {
  const rows: (AttentionRow | null | undefined)[] = []; // [step], undefined = not joined yet
  const joinRow = createRowJoiner(trace, joining);
  let readyCount = 0;
  let largest = 0;
  let lookedAt = 0;
  return {
    isReady: (step) => rows[step] !== undefined,
    row: (step) => rows[step] ?? null,
    largest() {
      // The largest of all heads is known before any row is joined, so colours stay as they are while rows come.
      for (; joining === "maximum" && lookedAt < trace.steps.length; lookedAt++) {
        for (const scale of trace.steps[lookedAt].attentionScale) if (scale > largest) largest = scale;
      }
      return largest;
    },
    readyCount: () => readyCount,
    join(step) {
      if (rows[step] !== undefined) return;
      const isRecorded = trace.steps[step].attention.values.length > 0;
      const row = isRecorded ? inLevels(joinRow(step)) : null;
      rows[step] = row;
      readyCount++;
      if (row !== null) largest = Math.max(largest, row.unit * LEVELS);
    },
  };
}

/** The same row in 8 bits, a quarter of the memory. */
function inLevels({ kept, firstNew, levels: paid }: AttentionRow): AttentionRow {
  let most = 0;
  for (const share of paid) if (share > most) most = share;
  const perUnit = most > 0 ? LEVELS / most : 0;
  const levels = new Uint8Array(paid.length);
  for (let place = 0; place < levels.length; place++) levels[place] = 0.5 + paid[place] * perUnit;
  return { kept, firstNew, levels, unit: most / LEVELS };
}

/** Exact. `kept` holds what survived the event before in some head; a head that evicted a position pays it nothing. */
export function joinedRow(trace: Trace, step: number, joining: Joining): AttentionRow {
  return createRowJoiner(trace, joining)(step);
}

/** For many rows: what the rows between two events share is computed once. */
function createRowJoiner(trace: Trace, joining: Joining): (step: number) => AttentionRow {
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
      if (!isAttentionRecorded(trace.steps[step], head)) continue;
      addRun(paid, {
        levels: headRow(attention, head),
        unit: attentionScale[head] / 255,
        places: headRow(places, head),
        newPlace: kept.length,
      });
    }
    // A run of many heads records some of them only.
    const recordedCount = recordedHeadCount(trace.steps[step]);
    if (joining === "mean") for (let place = 0; place < paid.length; place++) paid[place] /= recordedCount;
    return { kept, firstNew: seen.firstNew, levels: paid, unit: 1 };
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
