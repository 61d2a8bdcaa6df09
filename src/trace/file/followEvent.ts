// How the columns of an event follow from one another, which a run file makes use of in both directions (runFileEvents.ts):
//
//   positions              replayed from the survivors before
//   parts, total, carry    computed from the terms by the run's formula
//   survivors              decided from the totals by the rule of admission, and so are cut-offs and margins

import { headCountOf, headOf, headRow, headRows, joinRows, kvHeadOf, newRows, offsetsOf } from "../../cache/headRows";
import type { RowValues } from "../../cache/headRows";
import { chooseSurvivors, cutOf, keepCarry } from "../../policy/admission";
import { computeColumn, type Columns } from "../../policy/columns";
import { formulaTerms, stepOf, TOTAL, type Formula, type ScoreInputs } from "../../policy/formula";
import { windowScores } from "../../policy/layerWindows";
import { positionsSince } from "../replay";
import { protectedInHead } from "../layerWindows";
import type { EvictionEvent, TraceHeader } from "../trace";
import type { RunFileHead } from "./runFileHead";

/** A column that may follow from others. */
export type Derived = `parts.${string}` | "total" | "carry" | "survivors" | "cutOff" | "margin";

/** What all events of a run share. */
export interface EventRun {
  readonly header: TraceHeader;
  readonly headCount: number;
  readonly promptCount: number;
  readonly termNames: readonly string[];
  /** Some event lacks the scores of some head: nothing follows from them. */
  readonly isPartial: boolean;
  /** What may follow, in the order in which it does. */
  readonly derived: readonly Derived[];
  /** The header's, if all that it reads is there. */
  readonly formula: Formula | null;
}

type EventNames = Pick<RunFileHead, "termNames" | "partNames" | "hasCarry">;

export function eventRun(
  header: TraceHeader,
  { termNames, partNames, hasCarry }: EventNames,
  isPartial: boolean,
): EventRun {
  const { formula, model, promptTokens } = header;
  const isComputable =
    formula !== null &&
    !isPartial &&
    formulaTerms(formula).every((term) => termNames.includes(term)) &&
    (hasCarry || !formula.steps.some(({ operation }) => operation === "decayed"));
  return {
    header,
    headCount: headCountOf(model),
    promptCount: promptTokens.length,
    termNames,
    isPartial,
    derived: [
      ...partNames.map((name): Derived => `parts.${name}`),
      "total",
      ...(hasCarry ? (["carry"] as const) : []),
      "survivors",
      "cutOff",
      "margin",
    ],
    formula: isComputable ? formula : null,
  };
}

/** Whether the formula says what a column is; what was decided follows from the totals, if they are all there. */
export function canFollow(name: Derived, { formula, isPartial }: EventRun): boolean {
  if (isPartial) return false;
  if (name === "total") return formula !== null;
  if (name === "carry") return formula !== null && formula.carry !== null;
  return !name.startsWith("parts.") || stepOf(formula, partName(name)) !== undefined;
}

function partName(name: Derived): string {
  return name.slice("parts.".length);
}

export function valuesOf(event: EvictionEvent, name: Derived): RowValues {
  if (name === "cutOff" || name === "margin") return event[name];
  if (name === "survivors" || name === "total" || name === "carry") return event[name].values;
  return event.parts[partName(name)].values;
}

/** An event's numbers, and how many slots each head keeps. */
export interface EventFacts {
  readonly event: number;
  readonly step: number;
  readonly budgetSlots: number;
  readonly windowSlots: number;
  readonly keptCounts: Int32Array; // [head]
  /** 1 for a head whose scores are there. Absent: all. [head] */
  readonly scoredHeads?: Uint8Array;
}

export interface EventShape {
  /** n: slots before. [head] */
  readonly lengths: Int32Array;
  /** n of the heads whose scores are there, 0 of the others. [head] */
  readonly scoredLengths: Int32Array;
  /** Of rows of m = n − w candidates. [head + 1] */
  readonly offsets: Int32Array;
}

export function shapeOf(
  event: EventFacts,
  previous: EventFacts | null,
  { headCount, promptCount }: EventRun,
): EventShape {
  const written = event.step - (previous?.step ?? 0);
  const lengths = Int32Array.from(
    { length: headCount },
    (_, head) => (previous === null ? promptCount : previous.keptCounts[head]) + written,
  );
  const { scoredHeads, windowSlots } = event;
  const isScored = (head: number): boolean => scoredHeads === undefined || scoredHeads[head] === 1;
  return {
    lengths,
    scoredLengths: lengths.map((length, head) => (isScored(head) ? length : 0)),
    offsets: offsetsOf(lengths.map((length, head) => (isScored(head) ? length - windowSlots : 0))),
  };
}

interface StoredEvent extends EventFacts {
  readonly terms: EvictionEvent["terms"];
  /** A column as it was stored; undefined for one that follows. */
  readonly given: (name: Derived) => RowValues | undefined;
}

/** The event: what was stored as it is, everything else as it follows. */
export function followEvent(
  { event, step, budgetSlots, windowSlots, keptCounts, terms, given }: StoredEvent,
  previous: EvictionEvent | null,
  { lengths, offsets }: EventShape,
  run: EventRun,
): EvictionEvent {
  const { headCount, derived } = run;
  const positionsBefore = positionsSince(previous, step, run);
  const rows = new Map(
    derived
      .filter((name) => name.startsWith("parts.") || name === "total" || name === "carry")
      .map((name) => {
        const stored = given(name) as Float32Array | undefined;
        return [name, stored === undefined ? newRows(offsets, Float32Array) : headRows(stored, offsets)];
      }),
  );
  const row = (name: Derived, head: number): Float32Array | undefined => {
    const found = rows.get(name);
    return found && headRow(found, head);
  };
  const column = (name: Derived, head: number): StoredColumn => ({
    row: row(name, head),
    isStored: given(name) !== undefined,
  });
  const scored = { event, positionsBefore, terms, previous, offsets, keptCounts };
  for (let layer = 0; layer < run.header.model.layerCount; layer++) computeRows(layer, scored, run, column);
  const storedSurvivors = given("survivors") as Int32Array | undefined;
  const keptOffsets = offsetsOf(keptCounts);
  const survivors: Int32Array[] = [];
  const cutOff = new Float32Array(headCount);
  const margin = new Float32Array(headCount);
  for (let head = 0; head < headCount; head++) {
    const positions = headRow(positionsBefore, head);
    const total = row("total", head) ?? new Float32Array(0);
    const place = { positions, candidateCount: total.length, promptCount: run.promptCount };
    const admission = {
      total,
      isProtected: protectedInHead(run.header, head, place),
    };
    const slots =
      storedSurvivors?.subarray(keptOffsets[head], keptOffsets[head + 1]) ??
      (total.some(Number.isNaN)
        ? new Int32Array(0)
        : chooseSurvivors({ ...admission, lengthSlots: lengths[head], keepSlots: keptCounts[head] }).slots);
    survivors.push(slots);
    const cut = cutOf(admission, slots);
    cutOff[head] = cut.cutOff;
    margin[head] = cut.margin;
  }
  const none = newRows(new Int32Array(headCount + 1), Float32Array);
  return {
    event,
    step,
    budgetSlots,
    windowSlots,
    positionsBefore,
    terms,
    parts: Object.fromEntries(
      derived.filter((name) => name.startsWith("parts.")).map((name) => [partName(name), rows.get(name) ?? none]),
    ),
    total: rows.get("total") ?? none,
    carry: rows.get("carry") ?? none,
    survivors: joinRows(survivors, Int32Array),
    cutOff: (given("cutOff") as Float32Array | undefined) ?? cutOff,
    margin: (given("margin") as Float32Array | undefined) ?? margin,
  };
}

interface ScoredEvent extends Pick<EvictionEvent, "event" | "positionsBefore" | "terms"> {
  readonly previous: EvictionEvent | null;
  readonly offsets: Int32Array; // of rows of candidates, [head + 1]
  readonly keptCounts: Int32Array; // [head]
}

interface StoredColumn {
  /** The row of a column, if the run keeps it. */
  readonly row: Float32Array | undefined;
  readonly isStored: boolean;
}

/** Fills the rows of one layer's heads that aren't stored. */
function computeRows(
  layer: number,
  { event, positionsBefore, terms, previous, offsets, keptCounts }: ScoredEvent,
  { formula, header, promptCount }: EventRun,
  columnOf: (name: Derived, head: number) => StoredColumn,
): void {
  if (formula === null) return;
  const { kvHeadCount } = header.model;
  const heads = Array.from({ length: kvHeadCount }, (_, kvHead) => headOf(header.model, layer, kvHead));
  const isWindowed = (header.model.windows?.[layer] ?? null) !== null;
  const inputs = heads.map((head): ScoreInputs => ({
    ...{ layer, kvHead: kvHeadOf(header.model, head), event, promptCount },
    positions: headRow(positionsBefore, head),
    candidateCount: offsets[head + 1] - offsets[head],
    terms: Object.fromEntries(Object.entries(terms).map(([name, rows]) => [name, headRow(rows, head)])),
    carried: carriedRow(formula, terms, previous, head),
  }));
  if (isWindowed) {
    heads.forEach((head, kvHead) => {
      const total = columnOf("total", head);
      if (!total.isStored) total.row?.set(windowScores(formula, inputs[kvHead]).total);
    });
    return;
  }
  const columns: Columns[] = heads.map(() => ({}));
  const keepSlots = heads.map((head) => keptCounts[head]);
  for (const step of formula.steps) {
    const name = step.column === TOTAL ? "total" : (`parts.${step.column}` as const);
    const isStored = columnOf(name, heads[0]).isStored;
    const computed = isStored ? [] : computeColumn(step, inputs, { columns, keepSlots });
    heads.forEach((head, kvHead) => {
      const { row } = columnOf(name, head);
      const column = isStored ? row : computed[kvHead];
      columns[kvHead][step.column] = column;
      if (!isStored && column !== undefined) row?.set(column);
    });
  }
  heads.forEach((head, kvHead) => {
    if (formula.steps.length === 0) columnOf("total", head).row?.fill(Infinity);
    const carry = columnOf("carry", head);
    const carried = formula.carry === null ? undefined : columns[kvHead][formula.carry];
    if (!carry.isStored && carried !== undefined) carry.row?.set(carried);
  });
}

/** What a head's first slots carry into an event. */
function carriedRow(
  { start }: Formula,
  terms: EvictionEvent["terms"],
  previous: EvictionEvent | null,
  head: number,
): Float32Array | null {
  if (previous !== null) return keepCarry(headRow(previous.carry, head), headRow(previous.survivors, head));
  return start === null ? null : headRow(terms[start], head);
}
