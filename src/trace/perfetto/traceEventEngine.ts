// The engine's process in a Trace Event file: forwards, read-back and events as slices, the cache length as a counter.

import { meanLength, rowLengths } from "../../cache/headRows";
import { survivingPositions } from "../replay";
import type { Trace } from "../trace";
import type { StepTimes } from "./traceEventClock";
import type { TraceEventRow } from "./traceEventRow";
import { evictionName, finite, FIRST_TID, instant, processNames, threadNames } from "./traceEventRow";

const ENGINE_PID = 1;
const tids = { forwards: FIRST_TID, readBack: FIRST_TID + 1, events: FIRST_TID + 2 };

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
