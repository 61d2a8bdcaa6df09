// The score columns of an event under one kind of name, in the order in which they follow from one another:
// "terms.…" as measured, "parts.…" as the policy made them, "total", "carry". And a column told by its forecast.

import { assert } from "../../lib/errors";
import { forecastInto, type Forecast } from "./forecast";
import type { EvictionEvent } from "./flatTrace";

/** A term with a value per position of the prompt; every other column has one per candidate. */
export const PROMPT_TERM = "terms.promptAttention";

/** Terms are measured, everything else follows. */
export function isTerm(key: string): boolean {
  return key.startsWith("terms.");
}

interface ColumnNames {
  readonly termNames: readonly string[];
  readonly partNames: readonly string[];
  readonly hasCarry: boolean;
}

/** Keys of an event's columns, in order. */
export function columnKeys({ termNames, partNames, hasCarry }: ColumnNames): string[] {
  return [
    ...termNames.map((name) => `terms.${name}`),
    ...partNames.map((name) => `parts.${name}`),
    "total",
    ...(hasCarry ? ["carry"] : []),
  ];
}

export type Columns = ReadonlyMap<string, Float32Array>;

/** By key, in order. [layer][kvHead][candidate], PROMPT_TERM [layer][kvHead][position] */
export function eventColumns({ terms, parts, total, carry }: EvictionEvent): Columns {
  const columns = [...Object.values(terms), ...Object.values(parts), total, carry];
  const names = { termNames: Object.keys(terms), partNames: Object.keys(parts), hasCarry: carry.length > 0 };
  return new Map(columnKeys(names).map((key, place) => [key, columns[place]]));
}

/** Sizes that the events of one run share. */
export interface ColumnShape {
  /** Pairs of layer and KV head. */
  readonly headCount: number;
  readonly promptCount: number;
}

/** Values in a column, all heads. */
export function columnLength(key: string, candidateCount: number, { headCount, promptCount }: ColumnShape): number {
  return headCount * (key === PROMPT_TERM ? promptCount : candidateCount);
}

/** One head's part of a column. */
export function headPart(column: Float32Array, head: number, headCount: number): Float32Array {
  const width = column.length / headCount;
  return column.subarray(head * width, (head + 1) * width);
}

/** Where the scores come from that slots carry into an event. */
export type CarrySource = Pick<EvictionEvent, "carry" | "survivors" | "candidateCount">;

/** What the first slots of a head carry: the scores that the event before kept with them. [slot that was scored before] */
export function carriedRow(
  { carry, survivors, candidateCount }: CarrySource,
  head: number,
  headCount: number,
): Float32Array {
  if (carry.length === 0) return new Float32Array(0);
  const keptCount = survivors.length / headCount;
  const row = new Float32Array(keptCount);
  let carriedCount = 0;
  for (let kept = head * keptCount; kept < (head + 1) * keptCount; kept++) {
    if (survivors[kept] < candidateCount) row[carriedCount++] = carry[head * candidateCount + survivors[kept]];
  }
  return row.subarray(0, carriedCount);
}

export interface ForecastPlace {
  readonly headCount: number;
  /** Of the event whose column is told. */
  readonly candidateCount: number;
  readonly previous: CarrySource | null;
}

/** The column that a forecast tells, all heads. `columns`: at least those that it reads. */
export function forecastColumn(forecast: Forecast, columns: Columns, place: ForecastPlace): Float32Array {
  const { headCount, candidateCount, previous } = place;
  const sources = forecast.from.map((key) => {
    const source = columns.get(key);
    assert(source !== undefined, `the forecast of ${forecast.column} reads ${key}, which the event lacks`);
    return source;
  });
  const told = new Float32Array(headCount * candidateCount);
  for (let head = 0; head < headCount; head++) {
    forecastInto(headPart(told, head, headCount), forecast, {
      sources: sources.map((source) => headPart(source, head, headCount)),
      carried: previous === null ? null : carriedRow(previous, head, headCount),
    });
  }
  return told;
}

const NAN_BITS = 0x7fc00000;

/**
 * XOR of the bits of a column and of its forecast: 0 where the forecast is right, and its own inverse. A NaN of the
 * forecast counts as the one NaN that all machines write.
 */
export function xorBits(column: Float32Array, told: Float32Array): Float32Array {
  const bits = new Uint32Array(column.slice().buffer);
  const toldBits = new Uint32Array(told.buffer, told.byteOffset, told.length);
  for (let place = 0; place < bits.length; place++) {
    bits[place] ^= Number.isNaN(told[place]) ? NAN_BITS : toldBits[place];
  }
  return new Float32Array(bits.buffer);
}
