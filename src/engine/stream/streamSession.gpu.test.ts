// A stream on the GPU keeps the same patches as on the CPU, answers alike, and questions leave no trace.
import { afterAll, expect, it } from "vitest";
import type { Backend } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { closeTestBackends, openTestBackend } from "../gpu/gpuTestBackend.testing";
import { drawFrames, question, streamModel, streamOf } from "./drawStream.testing";
import { drawnStreamModel, drawStreamTrace } from "../../trace/stream/drawStreamTrace.testing";
import { checkStreamProof, proveStream } from "../../trace/stream/streamProof";
import { openStream, type StreamRequest } from "./streamSession";

afterAll(closeTestBackends);

it.each(["van", "van+recent", "snapkv"] as const)("leaves the trace that the CPU leaves: %s", async (policyId) => {
  const drawn = { frames: 20, policyId, choices: { capFrames: 5, poolingWidths: [3, 1] } };
  const onCpu = await drawStreamTrace(drawn);
  const onGpu = await drawStreamTrace(drawn, await openTestBackend(drawnStreamModel));
  expect(onGpu.header.backend.type).toBe("gpu");
  expect(onGpu.blocks.map(({ framesSeen, lengthSlots, peakSlots }) => [framesSeen, lengthSlots, peakSlots])).toEqual(
    onCpu.blocks.map(({ framesSeen, lengthSlots, peakSlots }) => [framesSeen, lengthSlots, peakSlots]),
  );
  expect(onGpu.compressions.map(({ kept }) => kept)).toEqual(onCpu.compressions.map(({ kept }) => kept));
  expect(checkStreamProof(proveStream(onCpu), onGpu).type).toBe("reproduced");
  onCpu.answers.forEach(({ attention }, at) =>
    attention.values.forEach((paid, slot) => expect(onGpu.answers[at].attention.values[slot]).toBeCloseTo(paid, 1)),
  );
});

it("measures TaR and VaN as the CPU does; only patches that never change tie, and rounding decides between them", async () => {
  const drawn = { frames: 12, policyId: "tar+van" as const };
  const [onCpu] = (await drawStreamTrace(drawn)).compressions;
  const [onGpu] = (await drawStreamTrace(drawn, await openTestBackend(drawnStreamModel))).compressions;
  onCpu.valueNorms.values.forEach((norm, slot) => expect(onGpu.valueNorms.values[slot]).toBeCloseTo(norm, 4));
  onCpu.temporal.values.forEach((score, slot) => expect(onGpu.temporal.values[slot]).toBeCloseTo(score, 4));
});

async function watch(backend: Backend, request: StreamRequest) {
  const stream = await openStream(backend, request);
  const frames = drawFrames(24);
  const scores: number[] = [];
  for (let first = 0; first < frames.length; first += 2) {
    const { compression } = await stream.push(frames.slice(first, first + 2));
    if (compression !== null) scores.push(...compression.temporal.values, ...compression.valueNorms.values);
  }
  const before = await stream.session.readEntries();
  const answer = await stream.ask(question, 4);
  expect(await stream.session.readEntries()).toEqual(before);
  const { peakSlots } = stream;
  const kept = stream.positions();
  stream.dispose();
  return { answer, kept, peakSlots, scores };
}

it.each([
  { isRenumbered: true },
  { isRenumbered: false },
  { isRenumbered: true, rule: "questionAttention" as const, known: question },
  // More frames step aside than have come since the last compression.
  { rule: "questionAttention" as const, capFrames: 8, keepFrames: 6, recentShare: 0.5, known: question },
])("agrees with the CPU: %o", async ({ known, ...choices }) => {
  const request = streamOf(
    { capFrames: 5, keepFrames: 3, blockFrames: 2, ...choices },
    { streamFrames: 24, ...(known && { knownQuestion: known }) },
  );
  const onCpu = await watch(await createCpuBackend(streamModel), request);
  const onGpu = await watch(await openTestBackend(streamModel), request);
  expect(onGpu.kept).toEqual(onCpu.kept);
  expect(onGpu.peakSlots).toBe(onCpu.peakSlots);
  onCpu.scores.forEach((score, at) => expect(onGpu.scores[at]).toBeCloseTo(score, 4));
  onCpu.answer.forwards.forEach((forward, at) => {
    expect(onGpu.answer.forwards[at].token).toBe(forward.token);
    expect(onGpu.answer.forwards[at].logProbability).toBeCloseTo(forward.logProbability, 3);
  });
});
