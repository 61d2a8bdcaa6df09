// One layer and KV head in a Trace Event file: a process whose threads are lanes of tokens' lives, and one of evictions.

import { headRow, kvHeadOf, layerOf, lengthRange } from "../../cache/headRows";
import { candidateCountOf } from "../trace";
import type { Trace } from "../trace";
import type { StepTimes } from "./traceEventClock";
import type { Life } from "./traceEventLives";
import { evictedSlots, headLives } from "./traceEventLives";
import type { TraceEventRow } from "./traceEventRow";
import { evictionName, finite, FIRST_TID, instant, processNames, threadNames } from "./traceEventRow";

const FIRST_HEAD_PID = 2;
const FIRST_HEAD_TID = FIRST_TID + 10;
/** Texts of evicted tokens that one instant lists. */
const LISTED_TEXTS = 64;

/** `place`: which of the heads that are written this is; it fixes the numbers of the threads. */
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
    const gone = evictedSlots(event, head).map((slot) => positions[slot]);
    yield instant([pid, evictionTid], times[event.step].endUs, evictionName(event, head), {
      event: event.event,
      step: event.step,
      evicted: gone.slice(0, LISTED_TEXTS).map((position) => tokenText(trace, position)),
      ...(gone.length > LISTED_TEXTS && { andMore: gone.length - LISTED_TEXTS }),
      ...finite({ cutOff: event.cutOff[head], margin: event.margin[head] }),
    });
  }
  for (const life of lives) yield lifeRow(trace, times, life, { pid, tid: evictionTid + 1 + life.lane, head });
}

function lifeRow(
  trace: Trace,
  times: readonly StepTimes[],
  { position, bornStep, death }: Life,
  { pid, tid, head }: { pid: number; tid: number; head: number },
): TraceEventRow {
  const ts = times[bornStep].startUs;
  const endUs = times[death?.event.step ?? times.length - 1].endUs;
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
    args: { position, text, origin, bornStep, ...(death === null ? { heldToTheEnd: true } : deathArgs(death, head)) },
  };
}

function deathArgs({ event, slot }: NonNullable<Life["death"]>, head: number): TraceEventRow["args"] {
  const isScored = slot < candidateCountOf(event, head);
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

/** A slice needs a name that can be seen. */
function visibleText(text: string): string {
  if (text.trim() !== "") return text.trim();
  return text === "" ? "(no text)" : text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(/\s/g, "␣");
}

/** Over all heads, so that no two heads give their lanes the same number. */
function peakSlots({ steps }: Trace, stepCount: number): number {
  return steps.slice(0, stepCount).reduce((peak, { lengths }) => Math.max(peak, lengthRange(lengths).longest), 0);
}
