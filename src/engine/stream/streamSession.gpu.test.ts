// A stream on the GPU keeps the same patches as on the CPU, answers alike, and questions leave no trace.
import { afterAll, expect, it } from "vitest";
import type { Backend } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { closeTestBackends, openTestBackend } from "../gpu/gpuTestBackend.testing";
import { drawFrames, question, streamModel, streamOf } from "./drawStream.testing";
import { openStream, type StreamRequest } from "./streamSession";

afterAll(closeTestBackends);

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
