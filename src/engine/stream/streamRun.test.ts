// Streams in the worker, driven by messages as the page sends them.
import { describe, expect, it } from "vitest";
import { rowLengths } from "../../cache/headRows";
import { breakableGpu, createHostBench, type BenchOptions, type HostBench } from "../hostBench.testing";
import type { EngineEvent, StreamRequest } from "../protocol";
import { streamFacts, streamReference, streamRequest, streamSource, streamTracesOf } from "./streamBench.testing";

async function openBench(options: BenchOptions = {}): Promise<HostBench> {
  const bench = createHostBench({ ...options, edge: { openSource: streamSource, ...options.edge } });
  const backend = options.edge?.openGpu === undefined ? "cpu" : "gpu";
  bench.send({ type: "load", load: 1, model: streamReference, backend });
  await bench.waitFor("ready");
  return bench;
}

async function watched(request: StreamRequest, options: BenchOptions = {}) {
  const bench = await openBench(options);
  bench.send({ type: "startStream", run: 1, request, isPaused: false });
  await bench.waitFor("streamEnded");
  return { traces: streamTracesOf(bench.events, 1), bench };
}

const shownOf = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.type === "watched" ? [event] : []));
const byHand = "? where lay the parcel last :";

describe("a stream in the worker", () => {
  it("sees every frame, compresses under |M|, asks what was planned, and ends", async () => {
    const request = streamRequest({ frames: 16 }, { frames: 16, policyId: "full" });
    const { traces, bench } = await watched(request);
    const [capped, full] = traces;
    expect(shownOf(bench.events).at(-1)?.framesShown).toBe(16);
    for (const { blocks, answers, end, header } of traces) {
      expect(end).toBe("whole");
      expect(blocks.at(-1)?.framesSeen).toBe(16);
      expect(answers.map(({ asked }) => asked)).toEqual(header.recipe.questions);
      expect(Math.max(...blocks.map(({ peakSlots }) => peakSlots))).toBeLessThanOrEqual(header.slotCapacity);
    }
    expect(capped.compressions.length).toBeGreaterThan(3);
    expect(new Set(rowLengths(capped.compressions[0].kept))).toEqual(new Set([1 + 6 * 26]));
    expect(full.compressions).toHaveLength(0);
    expect(full.blocks.at(-1)?.lengthSlots).toBe(1 + 16 * 26);
  });

  it("does the same in a lane whatever runs beside it", async () => {
    const lane = { frames: 12, choices: { capFrames: 5 } };
    const { traces: alone } = await watched(streamRequest(lane));
    const { traces: beside } = await watched(streamRequest(lane, { frames: 12, policyId: "window" }));
    expect(streamFacts(beside[0])).toEqual(streamFacts(alone[0]));
  });

  it("sees as many frames as it is allowed, pauses, and answers meanwhile", async () => {
    const bench = await openBench();
    bench.send({
      type: "startStream",
      run: 1,
      request: streamRequest({ frames: 12, questionCount: 1 }),
      isPaused: true,
    });
    await bench.waitFor("paused");
    bench.send({ type: "advance", run: 1, stepCount: 5 });
    const paused = await bench.waitFor("paused", bench.events.length);
    expect(paused.stepCount).toBe(5);
    bench.send({ type: "ask", run: 1, question: byHand });
    await bench.waitFor("watched", bench.events.length);
    const [{ blocks, answers }] = streamTracesOf(bench.events, 1);
    expect(answers.map(({ asked }) => asked)).toEqual([{ type: null, moment: 5, question: byHand, answer: null }]);
    // Blocks of two: the question closes the one that is open.
    expect(blocks.map(({ framesSeen }) => framesSeen)).toEqual([2, 4, 5]);
  });

  it("answers after its end, and when it was stopped", async () => {
    const { bench } = await watched(streamRequest({ frames: 6, questionCount: 0 }));
    bench.send({ type: "ask", run: 1, question: byHand });
    await bench.waitFor("watched", bench.events.length);
    expect(streamTracesOf(bench.events, 1)[0].answers[0].asked.moment).toBe(6);
    bench.send({ type: "startStream", run: 2, request: streamRequest({ frames: 6 }), isPaused: true });
    bench.send({ type: "stop", run: 2 });
    const stopped = await bench.waitFor("streamEnded", bench.events.length);
    expect(stopped).toMatchObject({ run: 2, end: "stopped" });
  });

  it("refuses a question with unknown words, and goes on", async () => {
    const bench = await openBench();
    bench.send({ type: "startStream", run: 1, request: streamRequest({ frames: 8 }), isPaused: true });
    bench.send({ type: "ask", run: 1, question: "? why :" });
    const { message } = await bench.waitFor("refused");
    expect(message).toBe("“? why :” was not asked: the model does not know “why”; ask in words of its questions");
    bench.send({ type: "resume", run: 1 });
    expect((await bench.waitFor("streamEnded")).end).toBe("whole");
  });

  it("fails in plain words where the choices cannot be", async () => {
    const bench = await openBench();
    const request = streamRequest({ frames: 8, choices: { keepFrames: 8 } });
    bench.send({ type: "startStream", run: 1, request, isPaused: false });
    expect((await bench.waitFor("failed")).message).toContain("choose a smaller |C|");
  });
});

it.each([1, 5, 6, 11, 14])("a device lost at report %i costs no answer: the stream is seen again", async (place) => {
  const request = streamRequest({ frames: 12, seed: 9 }, { frames: 12, policyId: "snapkv" });
  const { traces } = await watched(request);
  let openedCount = 0;
  const open = breakableGpu();
  const lost = await watched(request, {
    edge: {
      openGpu: (model, options) =>
        openedCount++ === 0
          ? open(model, options)
          : Promise.resolve({ type: "refused", reason: "No GPU was found." } as const),
    },
    onEvent(event, bench) {
      if (event.type === "watched" && shownOf(bench.events).length === place) bench.send({ type: "loseDevice" });
    },
  });
  expect(lost.traces.map(streamFacts)).toEqual(traces.map(streamFacts));
  expect(lost.bench.events.some(({ type }) => type === "backendChanged")).toBe(true);
});
