// One layer and KV head in a Trace Event file: a process whose threads are lanes of tokens' lives, and one of evictions.

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
  const { layerCount, kvHeadCount } = trace.header.model;
  const pid = FIRST_HEAD_PID + head;
  const evictionTid = FIRST_HEAD_TID + place * (peakSlots(trace, times.length) + 1);
  const lives = headLives(trace, times.length, head);
  yield* processNames(pid, `layer ${Math.floor(head / kvHeadCount)}, KV head ${head % kvHeadCount}`);
  yield* threadNames(pid, evictionTid, "evictions", 0);
  const laneCount = lives.reduce((count, { lane }) => Math.max(count, lane + 1), 0);
  for (let lane = 0; lane < laneCount; lane++) {
    yield* threadNames(pid, evictionTid + 1 + lane, `lane ${lane}`, lane + 1);
  }
  const headCount = layerCount * kvHeadCount;
  for (const event of trace.events) {
    if (event.step >= times.length) break;
    const gone = evictedSlots(event, headCount, head).map(
      (slot) => event.positionsBefore[head * event.lengthBefore + slot],
    );
    yield instant([pid, evictionTid], times[event.step].endUs, evictionName(event, headCount), {
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
  const isScored = slot < event.candidateCount;
  return {
    evictedAtStep: event.step,
    event: event.event,
    ...finite({ cutOff: event.cutOff[head] }),
    ...(isScored && finite({ score: event.total[head * event.candidateCount + slot] })),
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

function peakSlots({ steps }: Trace, stepCount: number): number {
  return steps.slice(0, stepCount).reduce((peak, { lengthSlots }) => Math.max(peak, lengthSlots), 0);
}
