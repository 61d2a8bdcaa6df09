// One head's terms with fewer digits: rounded, what follows reckoned again, and every token whose fate that would have
// turned given its exact terms back, until nobody's fate is turned.

import { decisionFaults } from "./decisionFaults";
import { carriedRow, isTerm, PROMPT_TERM, type Columns } from "./eventColumns";
import { forecastInto, type Forecast, type Forecasts } from "./forecast";
import { roundedFloat } from "./roundedFloat";

/** Times that what rounding turned is put right, before the head keeps all its terms exact. */
const MOST_PASSES = 16;

/** One head at one event, as it was measured and decided. */
export interface HeadMoment {
  readonly columns: Columns;
  readonly positions: Int32Array; // [slot]
  readonly total: Float32Array; // [candidate]
  readonly survivors: Int32Array;
  readonly isProtected: Uint8Array | null;
}

/** The head's columns at each event; as measured where nothing else leads to its decisions. [event] */
export function roundedHead(moments: readonly HeadMoment[], forecasts: Forecasts, bits: number): Columns[] {
  const exact = new Set<number>();
  const reach = widestReach(forecasts);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const rows = reckoned(moments, forecasts, (position, value) =>
      exact.has(position) ? value : roundedFloat(value, bits),
    );
    const before = exact.size;
    let hasFaults = false;
    for (const [place, moment] of moments.entries()) {
      const faults = decisionFaults(moment, rows[place].get("total") ?? moment.total);
      if (faults === null) return asMeasured(moments);
      hasFaults ||= faults.length > 0;
      for (const slot of faults) addAround(exact, moment.positions, slot, reach);
    }
    if (!hasFaults) return rows;
    if (exact.size === before) return asMeasured(moments);
  }
  return asMeasured(moments);
}

function asMeasured(moments: readonly HeadMoment[]): Columns[] {
  return moments.map(({ columns }) => columns);
}

/** Slots on either side from which pooling takes a score. */
function widestReach(forecasts: Forecasts): number {
  const widths = [...forecasts.values()].filter(({ operation }) => operation === "pooled").map(({ number }) => number);
  return (Math.max(1, ...widths) - 1) / 2;
}

function addAround(exact: Set<number>, positions: Int32Array, slot: number, reach: number): void {
  for (const position of positions.subarray(Math.max(0, slot - reach), slot + reach + 1)) exact.add(position);
}

/** Terms as `rounding` gives them, the largest of a row as it is because the others are divided by it; and what follows. */
function reckoned(
  moments: readonly HeadMoment[],
  forecasts: Forecasts,
  rounding: (position: number, value: number) => number,
): Columns[] {
  const all: Columns[] = [];
  for (const [place, { columns, positions }] of moments.entries()) {
    const carried = place === 0 ? null : carriedInto(moments[place - 1], all[place - 1]);
    const rows = new Map<string, Float32Array>();
    for (const [key, row] of columns) {
      const forecast = forecasts.get(key);
      const positionOf = (at: number): number => (key === PROMPT_TERM ? at : positions[at]);
      if (isTerm(key)) rows.set(key, roundedRow(row, positionOf, rounding));
      else if (forecast !== undefined) rows.set(key, told(forecast, rows, carried, row.length));
      else rows.set(key, row);
    }
    all.push(rows);
  }
  return all;
}

function roundedRow(
  row: Float32Array,
  positionOf: (at: number) => number,
  rounding: (position: number, value: number) => number,
): Float32Array {
  const largest = row.reduce((high, value) => (value > high ? value : high), 0);
  return row.map((value, at) => (value === largest ? value : rounding(positionOf(at), value)));
}

function told(forecast: Forecast, rows: Columns, carried: Float32Array | null, length: number): Float32Array {
  const row = new Float32Array(length);
  const sources = forecast.from.map((key) => rows.get(key)).filter((source) => source !== undefined);
  forecastInto(row, forecast, { sources, carried });
  return row;
}

/** What the slots carry once the decision of a moment is over. */
function carriedInto({ survivors, total }: HeadMoment, columns: Columns): Float32Array {
  const carry = columns.get("carry") ?? new Float32Array(0);
  return carriedRow({ carry, survivors, candidateCount: total.length }, 0, 1);
}
