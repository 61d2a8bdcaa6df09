// The processes of a Trace Event file: the engine, and each layer and KV head with the lives of its tokens.

import { headRow, kvHeadOf, layerOf, lengthRange, meanLength, rowLengths } from "../../cache/headRows";
import { survivingPositions, writtenCountAfterStep } from "../replay";
import { areScoresRecorded } from "../recorded";
import { candidateCountOf, lengthBeforeOf, type EvictionEvent, type Trace } from "../trace";
import type { StepTimes, TraceEventRow } from "./traceEventRow";
import { evictionName, finite, FIRST_TID, instant, processNames, threadNames } from "./traceEventRow";

const ENGINE_PID = 1;
const tids = { forwards: FIRST_TID, readBack: FIRST_TID + 1, events: FIRST_TID + 2 };

/** The engine: forwards, read-back and events as slices, the cache length as a counter. */
export function* engineRows(trace: Trace, times: readonly StepTimes[], isMeasured: boolean): Generator<TraceEventRow> {
  const slice = (name: string, tid: number, span: readonly [number, number], args: TraceEventRow["args"]) =>
    ({ name, cat: "phase", ph: "X", pid: ENGINE_PID, tid, ts: span[0], dur: span[1] - span[0], args }) as const;
  const cacheLength = (ts: number, slots: number) =>
    ({ name: "cache length", ph: "C", pid: ENGINE_PID, tid: tids.forwards, ts, args: { slots } }) as const;

  yield* processNames(ENGINE_PID, `engine: ${trace.header.backend.adapter}`);
  yield* threadNames(ENGINE_PID, tids.forwards, "forwards", 1);
  if (isMeasured) yield* threadNames(ENGINE_PID, tids.readBack, "read-back", 2);
  yield* threadNames(ENGINE_PID, tids.events, "events", 3);
  let eventCount = 0;
  for (const [step, { startUs, computedUs, readBackUs, endUs }] of times.entries()) {
    const record = trace.steps[step];
    yield cacheLength(startUs, meanLength(record.lengths));
    yield slice(step === 0 ? "prefill" : "decode", tids.forwards, [startUs, computedUs], forwardArgs(trace, step));
    if (readBackUs > computedUs) yield slice("read-back", tids.readBack, [computedUs, readBackUs], { step });
    const event = trace.events[eventCount];
    if (event?.step === step) {
      eventCount++;
      if (endUs > readBackUs) yield slice("event", tids.events, [readBackUs, endUs], { step, event: event.event });
      yield instant([ENGINE_PID, tids.events], endUs, evictionName(event, null), {
        event: event.event,
        step,
        slotsBefore: meanLength(rowLengths(event.positionsBefore)),
        slotsAfter: meanLength(rowLengths(event.survivors)),
        windowSlots: event.windowSlots,
        positionsHeldSomewhere: new Set(survivingPositions(event).values).size,
      });
      yield cacheLength(endUs, meanLength(rowLengths(event.survivors)));
    } else if (endUs > readBackUs) {
      yield slice("event", tids.events, [readBackUs, endUs], { step, evicted: 0 });
    }
  }
}

function forwardArgs(trace: Trace, step: number): TraceEventRow["args"] {
  const { text, token, lengths, logProbability, entropy } = trace.steps[step];
  const { promptTokens } = trace.header;
  return {
    step,
    ...(step === 0 ? { promptTokens: promptTokens.length } : { fed: trace.steps[step - 1].text }),
    generated: text,
    token,
    slotsRead: meanLength(lengths),
    ...finite({ probability: Math.exp(logProbability), entropyNats: entropy }),
  };
}

const FIRST_HEAD_PID = 2;
const FIRST_HEAD_TID = FIRST_TID + 10;
/** Texts of evicted tokens that one instant lists. */
const LISTED_TEXTS = 64;

/**
 * One layer and KV head: a thread of evictions, and one for each lane of tokens' lives. `place`: its place among the heads
 * that are written, from which the threads get their numbers.
 */
export function* headRows(
  trace: Trace,
  times: readonly StepTimes[],
  head: number,
  place: number,
): Generator<TraceEventRow> {
  const { model } = trace.header;
  const pid = FIRST_HEAD_PID + head;
  const evictionTid = FIRST_HEAD_TID + place * (peakSlots(trace, times.length) + 1);
  const lives = headLives(trace, times.length, head);
  yield* processNames(pid, `layer ${layerOf(model, head)}, KV head ${kvHeadOf(model, head)}`);
  yield* threadNames(pid, evictionTid, "evictions", 0);
  const laneCount = lives.reduce((count, { lane }) => Math.max(count, lane + 1), 0);
  for (let lane = 0; lane < laneCount; lane++) {
    yield* threadNames(pid, evictionTid + 1 + lane, `lane ${lane}`, lane + 1);
  }
  for (const event of trace.events) {
    if (event.step >= times.length) break;
    const positions = headRow(event.positionsBefore, head);
    const evicted = evictedSlots(event, head).map((slot) => positions[slot]);
    yield instant([pid, evictionTid], times[event.step].endUs, evictionName(event, head), {
      event: event.event,
      step: event.step,
      evicted: evicted.slice(0, LISTED_TEXTS).map((position) => tokenText(trace, position)),
      ...(evicted.length > LISTED_TEXTS && { andMore: evicted.length - LISTED_TEXTS }),
      ...finite({ cutOff: event.cutOff[head], margin: event.margin[head] }),
    });
  }
  for (const life of lives) yield lifeRow(trace, times, life, { pid, tid: evictionTid + 1 + life.lane, head });
}

function lifeRow(
  trace: Trace,
  times: readonly StepTimes[],
  { position, writtenStep, eviction }: Life,
  { pid, tid, head }: { pid: number; tid: number; head: number },
): TraceEventRow {
  const ts = times[writtenStep].startUs;
  const endUs = times[eviction?.event.step ?? times.length - 1].endUs;
  const origin = position < trace.header.promptTokens.length ? "prompt" : "generated";
  const text = tokenText(trace, position);
  return {
    name: visibleText(text),
    cat: `life,${origin}`,
    ph: "X",
    pid,
    tid,
    ts,
    dur: endUs - ts,
    args: {
      position,
      text,
      origin,
      writtenStep,
      ...(eviction === null ? { heldToTheEnd: true } : evictionArgs(eviction, head)),
    },
  };
}

function evictionArgs({ event, slot }: NonNullable<Life["eviction"]>, head: number): TraceEventRow["args"] {
  const isScored = slot < candidateCountOf(event, head) && areScoresRecorded(event, head);
  return {
    evictedAtStep: event.step,
    event: event.event,
    ...finite({ cutOff: event.cutOff[head] }),
    ...(isScored && finite({ score: headRow(event.total, head)[slot] })),
  };
}

function tokenText({ header, steps }: Trace, position: number): string {
  const promptCount = header.promptTokens.length;
  return position < promptCount ? header.promptTexts[position] : steps[position - promptCount].text;
}

/** The text as the name of a slice, which must be visible. */
function visibleText(text: string): string {
  if (text.trim() !== "") return text.trim();
  return text === "" ? "(no text)" : text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(/\s/g, "␣");
}

/** Over all heads, so that no two heads give their lanes the same number. */
function peakSlots({ steps }: Trace, stepCount: number): number {
  return steps.slice(0, stepCount).reduce((peak, { lengths }) => Math.max(peak, lengthRange(lengths).longest), 0);
}

interface Life {
  readonly position: number;
  readonly lane: number;
  readonly writtenStep: number;
  /** The event that evicted it and the slot it was in; null if it is held to the end. */
  readonly eviction: { readonly event: EvictionEvent; readonly slot: number } | null;
}

/**
 * The lives of what the first `stepCount` steps wrote into one head, in the order of writing. Those in one lane do not
 * overlap: a new token takes the lowest lane that an eviction has freed. (Viewers draw slices of one thread only if they nest.)
 *
 *   lane 0  The ────────────┤and ──────          lane 1  cat ─────────────────
 *   lane 2      on ─────────┤     the ──
 */
function headLives(trace: Trace, stepCount: number, head: number): Life[] {
  const { promptTokens } = trace.header;
  const events = trace.events.filter(({ step }) => step < stepCount);
  const positionCount = writtenCountAfterStep(trace, stepCount - 1);
  const evictions = new Map<number, { event: EvictionEvent; slot: number }>();
  for (const event of events) {
    const positions = headRow(event.positionsBefore, head);
    for (const slot of evictedSlots(event, head)) evictions.set(positions[slot], { event, slot });
  }
  const lives: Life[] = [];
  const lanes = new Int32Array(positionCount);
  const freeLanes: number[] = []; // the lowest last
  let laneCount = 0;
  let eventCount = 0;
  for (let position = 0; position < positionCount; position++) {
    const writtenStep = Math.max(0, position - promptTokens.length + 1);
    for (; eventCount < events.length && events[eventCount].step < writtenStep; eventCount++) {
      const event = events[eventCount];
      const positions = headRow(event.positionsBefore, head);
      for (const slot of evictedSlots(event, head)) freeLanes.push(lanes[positions[slot]]);
      freeLanes.sort((left, right) => right - left);
    }
    lanes[position] = freeLanes.pop() ?? laneCount++;
    lives.push({ position, lane: lanes[position], writtenStep, eviction: evictions.get(position) ?? null });
  }
  return lives;
}

/** Slots of one head that an event evicted, ascending. */
function evictedSlots(event: EvictionEvent, head: number): number[] {
  const survivors = headRow(event.survivors, head);
  const lengthBefore = lengthBeforeOf(event, head);
  const evicted: number[] = [];
  let kept = 0;
  for (let slot = 0; slot < lengthBefore; slot++) {
    if (kept < survivors.length && survivors[kept] === slot) kept++;
    else evicted.push(slot);
  }
  return evicted;
}
