// The events of a run file as columns: what was measured, and of everything else only what does not follow (followEvent.ts).
// The writer follows every event as a reader would, and stores a column that comes out otherwise in any bit.

import { headCountOf, headRow, headRows, offsetsOf, rowCount, rowLengths } from "../../cache/headRows";
import type { HeadRows, RowValues } from "../../cache/headRows";
import { assert, InputError } from "../../lib/errors";
import { areScoresRecorded } from "../recorded";
import { candidateCountOf, type EvictionEvent, type Trace, type TraceHeader } from "../trace";
import { within, type ColumnReader, type ColumnWriter } from "./columns";
import { canFollow, eventRun, followEvent, shapeOf, valuesOf } from "./followEvent";
import type { Derived, EventFacts, EventRun, EventShape } from "./followEvent";
import { readEvidence, writeEvidence } from "./runFileEvidence";
import { readMerges, writeMerges } from "./runFileMerges";
import { eventNames, type RunFileHead } from "./runFileHead";
import type { ReplayedStep } from "./runFileSteps";

/** A term with a value per position of the prompt; every other column has one per candidate. */
const PROMPT_TERM = "promptAttention";
/** Values of all events together: what a file holds, and what follows from it. */
const LARGEST_EVENT_VALUES = 2 ** 28;

export function writeEvents(columns: ColumnWriter, trace: Trace): void {
  const { header, events } = trace;
  if (events.length === 0) return;
  const scoredHeads = scoredHeadsOf(events);
  const run = eventRun(header, eventNames(trace), scoredHeads !== null);
  const facts = events.map((event, place) => factsOf(event, scoredHeads?.[place]));
  const shapes = facts.map((event, place) => shapeOf(event, facts[place - 1] ?? null, run));
  const sizes = events.map(({ positionsBefore }, place) => {
    const lengths = rowLengths(positionsBefore);
    return { lengths, scoredLengths: lengths.map((length, head) => length * (scoredHeads?.[place][head] ?? 1)) };
  });
  const values = mostValues(sizes, run);
  if (values > LARGEST_EVENT_VALUES) {
    throw new InputError(
      `The run’s events hold up to ${values} values, more than a page can open again; record fewer tokens, or with a longer interval.`,
    );
  }
  columns.put(
    "events/keptCounts",
    "int32",
    facts.map(({ keptCounts }) => keptCounts),
  );
  if (scoredHeads !== null) columns.put("events/scoredHeads", "uint8", scoredHeads);
  for (const name of run.termNames) {
    columns.put(
      `events/terms.${name}`,
      "float32",
      events.map(({ terms }) => terms[name].values),
    );
  }
  for (const name of storedColumns(events, run, { facts, shapes })) {
    const values = events.map((event) => valuesOf(event, name));
    columns.put(`events/${name}`, name === "survivors" ? "int32" : "float32", values);
  }
  writeEvidence(columns, events, shapes);
  writeMerges(columns, events);
}

/** Of events of these sizes: the position of every slot, and one value of each column for every slot whose scores are there. */
function mostValues(
  sizes: readonly Pick<EventShape, "lengths" | "scoredLengths">[],
  { termNames, derived }: EventRun,
): number {
  return sizes.reduce(
    (values, { lengths, scoredLengths }) =>
      values + sum(lengths) + sum(scoredLengths) * (termNames.length + derived.length),
    0,
  );
}

function sum(counts: Int32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}

function factsOf(event: EvictionEvent, scoredHeads: Uint8Array | undefined): EventFacts {
  const { step, budgetSlots, windowSlots, survivors } = event;
  const keptCounts = rowLengths(survivors);
  return { event: event.event, step, budgetSlots, windowSlots, keptCounts, ...(scoredHeads && { scoredHeads }) };
}

/** 1 for each head whose scores an event holds; null where every event holds all. [event][head] */
function scoredHeadsOf(events: readonly EvictionEvent[]): readonly Uint8Array[] | null {
  const flags = events.map((event) =>
    Uint8Array.from({ length: rowCount(event.survivors) }, (_, head) =>
      // A head without candidates has nothing that could be left out.
      Number(areScoresRecorded(event, head) || candidateCountOf(event, head) === 0),
    ),
  );
  return flags.some((heads) => heads.includes(0)) ? flags : null;
}

/** The columns that some event holds otherwise than they follow. */
function storedColumns(
  events: readonly EvictionEvent[],
  run: EventRun,
  { facts, shapes }: { readonly facts: readonly EventFacts[]; readonly shapes: readonly EventShape[] },
): readonly Derived[] {
  const stored = new Set(run.derived.filter((name) => !canFollow(name, run)));
  let previous: EvictionEvent | null = null;
  for (const [place, event] of events.entries()) {
    const shape = shapes[place];
    checkShape(event, shape, run);
    for (;;) {
      const given = (name: Derived) => (stored.has(name) ? valuesOf(event, name) : undefined);
      const read = followEvent({ ...facts[place], terms: event.terms, given }, previous, shape, run);
      assert(
        isSame(read.positionsBefore.values, event.positionsBefore.values),
        `event ${event.event} starts from positions that are not in the cache`,
      );
      const odd = run.derived.find((name) => !isSame(valuesOf(read, name), valuesOf(event, name)));
      if (odd === undefined) break;
      assert(!stored.has(odd), `event ${event.event}: ${odd} is not read as it was written`);
      stored.add(odd);
    }
    previous = event;
  }
  return run.derived.filter((name) => stored.has(name));
}

/** Value by value; 0 and −0 differ. */
function isSame(left: RowValues, right: RowValues): boolean {
  if (left.length !== right.length) return false;
  for (let place = 0; place < left.length; place++) if (!Object.is(left[place], right[place])) return false;
  return true;
}

/** Whoever made the trace keeps its promises of shape. */
function checkShape(event: EvictionEvent, shape: EventShape, run: EventRun): void {
  const { lengths, offsets } = shape;
  const check = (name: string, found: number, expected: number): void => {
    assert(found === expected, `event ${event.event}: ${name} has ${found} values, expected ${expected}`);
  };
  const candidates = offsets[run.headCount];
  check("positionsBefore", event.positionsBefore.values.length, offsetsOf(lengths)[run.headCount]);
  for (const name of run.termNames) {
    const expected = name === PROMPT_TERM ? promptOffsets(shape, run)[run.headCount] : candidates;
    check(`terms.${name}`, event.terms[name].values.length, expected);
  }
  for (const name of run.derived) {
    const expected =
      name === "survivors"
        ? event.survivors.values.length
        : name === "cutOff" || name === "margin"
          ? run.headCount
          : candidates;
    check(name, valuesOf(event, name).length, expected);
  }
}

/** Of rows with a value per position of the prompt. [head + 1] */
function promptOffsets({ scoredLengths }: EventShape, { promptCount }: EventRun): Int32Array {
  return offsetsOf(scoredLengths.map((length) => (length === 0 ? 0 : promptCount)));
}

/** Throws InputError for events that could not have taken place. */
export function readEvents(
  columns: ColumnReader,
  head: RunFileHead,
  header: TraceHeader,
  fileName: string,
): EvictionEvent[] {
  const entries = head.events;
  if (entries.length === 0) return [];
  const isPartial = columns.has("events/scoredHeads");
  const run = eventRun(header, head, isPartial);
  const { headCount } = run;
  const counts = columns.takeParts(
    "events/keptCounts",
    "int32",
    entries.map(() => headCount),
  );
  const flags = isPartial ? readScoredHeads(columns, entries.length, headCount, fileName) : null;
  const facts = entries.map((entry, place): EventFacts => ({
    ...entry,
    keptCounts: counts[place],
    ...(flags !== null && { scoredHeads: flags[place] }),
  }));
  const shapes = facts.map((event, place) => {
    const shape = shapeOf(event, facts[place - 1] ?? null, run);
    const objection = objectionTo(event, facts[place - 1] ?? null, shape, head.stepCount);
    if (objection !== null) throw new InputError(`${fileName} contradicts itself: event ${event.event} ${objection}`);
    return shape;
  });
  const values = mostValues(shapes, run);
  if (values > LARGEST_EVENT_VALUES) {
    throw new InputError(`${fileName} has events of up to ${values} values, more than this page can hold.`);
  }
  const candidates = shapes.map(({ offsets }) => offsets[headCount]);
  const ofPrompt = shapes.map((shape) => promptOffsets(shape, run));
  const terms = facts.map((): Record<string, HeadRows<Float32Array>> => ({}));
  for (const name of run.termNames) {
    const isOfPrompt = name === PROMPT_TERM;
    const lengths = isOfPrompt ? ofPrompt.map((offsets) => offsets[headCount]) : candidates;
    columns.takeParts(`events/terms.${name}`, "float32", lengths).forEach((values, place) => {
      terms[place][name] = headRows(values, isOfPrompt ? ofPrompt[place] : shapes[place].offsets);
    });
  }
  const stored = readStored(columns, { run, facts, candidates, fileName });

  const events: EvictionEvent[] = [];
  facts.forEach((event, place) => {
    const given = (name: Derived) => stored.get(name)?.[place];
    const read = followEvent({ ...event, terms: terms[place], given }, events.at(-1) ?? null, shapes[place], run);
    checkSurvivors(read, event, shapes[place], fileName);
    events.push(read);
  });
  const evidence = readEvidence(columns, { events, shapes, model: header.model, fileName });
  const merges = readMerges(columns, events, headCount, fileName);
  return events.map((event, place) => ({ ...event, ...evidence[place], ...(merges && { merges: merges[place] }) }));
}

/** [event][head] */
function readScoredHeads(
  columns: ColumnReader,
  eventCount: number,
  headCount: number,
  fileName: string,
): readonly Uint8Array[] {
  const lengths = new Array<number>(eventCount).fill(headCount);
  const flags = columns.takeParts("events/scoredHeads", "uint8", lengths);
  for (const heads of flags) within(heads, 0, 1, `${fileName}, events/scoredHeads`);
  return flags;
}

interface StoredRequest {
  readonly run: EventRun;
  readonly facts: readonly EventFacts[];
  readonly candidates: readonly number[];
  readonly fileName: string;
}

/** [event] each. */
function readStored(
  columns: ColumnReader,
  { run, facts, candidates, fileName }: StoredRequest,
): ReadonlyMap<Derived, readonly RowValues[]> {
  const stored = new Map<Derived, readonly RowValues[]>();
  for (const name of run.derived) {
    if (!columns.has(`events/${name}`)) {
      if (!canFollow(name, run))
        throw new InputError(`${fileName}: events/${name} is missing and follows from nothing`);
      continue;
    }
    if (name === "survivors") {
      const lengths = facts.map(({ keptCounts }) => offsetsOf(keptCounts)[run.headCount]);
      stored.set(name, columns.takeParts("events/survivors", "int32", lengths));
    } else {
      const lengths = name === "cutOff" || name === "margin" ? facts.map(() => run.headCount) : candidates;
      stored.set(name, columns.takeParts(`events/${name}`, "float32", lengths));
    }
  }
  return stored;
}

function objectionTo(
  { step, windowSlots, keptCounts }: EventFacts,
  previous: EventFacts | null,
  { lengths }: EventShape,
  stepCount: number,
): string | null {
  if (step >= stepCount || (previous !== null && step <= previous.step))
    return `falls on step ${step} of ${stepCount}, or out of order`;
  const narrow = lengths.find((length) => length < windowSlots);
  if (narrow !== undefined) return `has a window of ${windowSlots} in ${narrow} slots`;
  const odd = keptCounts.findIndex((count, head) => count < 0 || count > lengths[head]);
  if (odd >= 0) return `keeps ${keptCounts[odd]} of ${lengths[odd]} slots`;
  return keptCounts.every((count, head) => count === lengths[head]) ? "evicts nothing" : null;
}

/** As many survivors as the head says, rising strictly within the cache. */
function checkSurvivors(
  { event, survivors }: EvictionEvent,
  { keptCounts }: EventFacts,
  { lengths }: EventShape,
  fileName: string,
): void {
  lengths.forEach((length, head) => {
    const row = headRow(survivors, head);
    const isRising = row.every((slot, place) => slot > (place === 0 ? -1 : row[place - 1]) && slot < length);
    if (row.length !== keptCounts[head] || !isRising) {
      throw new InputError(
        `${fileName}: the survivors of event ${event} are not ${keptCounts[head]} slots that rise within ${length}`,
      );
    }
  });
}

/** What each step's forward saw, of events that have been read. [step] */
export function replaySteps(events: readonly EvictionEvent[], header: TraceHeader, stepCount: number): ReplayedStep[] {
  let lengths: Int32Array = new Int32Array(headCountOf(header.model)).fill(header.promptTokens.length - 1);
  const evicted = new Set<number>();
  let next = 0;
  return Array.from({ length: stepCount }, (_, step): ReplayedStep => {
    lengths = lengths.map((length) => length + 1);
    const seen = { lengths, evictedCount: evicted.size };
    if (events[next]?.step === step) {
      const { positionsBefore, survivors } = events[next++];
      for (const position of evictedPositions(positionsBefore, survivors)) evicted.add(position);
      lengths = rowLengths(survivors);
    }
    return seen;
  });
}

function* evictedPositions(positionsBefore: HeadRows<Int32Array>, survivors: HeadRows<Int32Array>): Generator<number> {
  for (let head = 0; head + 1 < survivors.offsets.length; head++) {
    const kept = headRow(survivors, head);
    const positions = headRow(positionsBefore, head);
    let place = 0;
    for (let slot = 0; slot < positions.length; slot++) {
      if (kept[place] === slot) place++;
      else yield positions[slot];
    }
  }
}
