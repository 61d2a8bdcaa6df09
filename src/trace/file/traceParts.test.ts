// Parts of drawn runs, through the clone that carries them from a worker.
import { expect, it } from "vitest";
import { drawRandomTrace } from "../drawTrace.testing";
import type { Trace } from "../trace";
import { ownBuffers, traceParts } from "./traceParts";

function carried(trace: Trace): Trace {
  const parts = traceParts(trace);
  const buffers = ownBuffers(parts);
  const received = parts.map((part, place) => structuredClone(part, { transfer: [...buffers[place]] }));
  return {
    ...trace,
    steps: received.flatMap(({ steps }) => steps),
    events: received.flatMap(({ events }) => events),
  };
}

it("make the same trace again", () => {
  for (let seed = 0; seed < 30; seed++) expect(carried(drawRandomTrace(seed))).toEqual(drawRandomTrace(seed));
});

it("are of 64 steps, each with the events on them", () => {
  const { steps } = drawRandomTrace(1);
  const long = Array.from({ length: 150 }, (_, step) => ({ ...steps[0], step }));
  const [event] = drawRandomTrace(3).events;
  const events = [63, 64, 149].map((step) => ({ ...event, step }));
  const parts = traceParts({ steps: long, events });
  expect(parts.map((part) => [part.steps.length, part.events.map(({ step }) => step)])).toEqual([
    [64, [63]],
    [64, [64]],
    [22, [149]],
  ]);
});

it("do not move a buffer that two of them use", () => {
  const { steps } = drawRandomTrace(1);
  const long = Array.from({ length: 65 }, (_, step) => ({ ...steps[0], step }));
  const parts = traceParts({ steps: long, events: [] });
  expect(ownBuffers(parts).flat()).toEqual([]);
});
