import { beforeAll, describe, expect, it } from "vitest";
import { headRow, rowLengths } from "../../cache/headRows";
import { greedySampling } from "../../model/sampling";
import { baseParameters } from "../../policy/parameters";
import type { Backend } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { tinyConfig } from "../seededModel.testing";
import { drawFrames, frameTokens, question, streamModel, streamOf } from "./drawStream.testing";
import type { StreamCompression } from "../../trace/stream/streamTrace";
import { openStream, type StreamRequest } from "./streamSession";

let backend: Backend;
beforeAll(async () => {
  backend = await createCpuBackend(streamModel);
});

async function openedWith(request: StreamRequest, frameCount: number, blockFrames = 1) {
  const stream = await openStream(backend, request);
  const frames = drawFrames(frameCount);
  const compressions: StreamCompression[] = [];
  for (let first = 0; first < frameCount; first += blockFrames) {
    const { compression } = await stream.push(frames.slice(first, first + blockFrames));
    if (compression !== null) compressions.push(compression);
  }
  return { stream, compressions, frames };
}

/** The whole stream and the question as one prompt, nothing evicted. */
async function plainForward(frameCount: number) {
  const tokens = Int32Array.from([0, ...drawFrames(frameCount).flatMap((frame) => [...frame]), ...question]);
  const session = await backend.createSession({
    ...{ slotCapacity: tokens.length + 8, positionCapacity: tokens.length + 8, windowSlots: 1, terms: [] },
    ...{ sampling: greedySampling, stopTokens: [], hasTaps: false, parameters: baseParameters },
  });
  await session.prefill(tokens);
  return session.collect();
}

describe("a stream under a cap", () => {
  it("never takes more than |M| slots over 128 frames, questions included, though it is longer than the context", async () => {
    const request = streamOf({ blockFrames: 1 }, { streamFrames: Infinity });
    const stream = await openStream(backend, request);
    const compressed: number[] = [];
    for (const [at, frame] of drawFrames(128).entries()) {
      const { compression } = await stream.push([frame]);
      if (compression !== null) compressed.push(...new Set(rowLengths(compression.kept)));
      if (at % 10 === 9) await stream.ask(question.subarray(0, 4), 3);
      expect(stream.session.lengths.every((length) => length <= 25)).toBe(true);
    }
    expect(1 + 128 * frameTokens).toBeGreaterThan(tinyConfig.maxPositions);
    expect(stream.slotCapacity).toBe(25);
    expect(stream.peakSlots).toBe(25);
    expect(compressed).toHaveLength(125);
    expect(new Set(compressed)).toEqual(new Set([19]));
  });

  it("answers as one plain forward while nothing is evicted, whether keys are renumbered or not", async () => {
    const plain = await plainForward(8);
    for (const isRenumbered of [true, false]) {
      const { stream } = await openedWith(streamOf({ capFrames: null, blockFrames: 3, isRenumbered }), 8);
      const [first] = (await stream.ask(question, 1)).forwards;
      expect(first.token).toBe(plain.token);
      first.candidateLogProbabilities.forEach((logProbability, at) =>
        expect(logProbability).toBeCloseTo(plain.candidateLogProbabilities[at], 5),
      );
    }
  });

  it.each([true, false])("is bit for bit as it was after a question (renumbered: %s)", async (isRenumbered) => {
    const request = streamOf({ isRenumbered });
    const { stream } = await openedWith(request, 9);
    const [asked, { stream: silent, frames }] = [stream, await openedWith(request, 9)];
    const before = await asked.session.readEntries();
    const { tokens } = await asked.ask(question.subarray(0, 4), 3);
    expect(await asked.session.readEntries()).toEqual(before);
    expect(tokens).toEqual((await asked.ask(question.subarray(0, 4), 3)).tokens);
    for (const frame of frames.slice(0, 4)) {
      const { compression } = await asked.push([frame]);
      expect(compression).toEqual((await silent.push([frame])).compression);
    }
    expect(await asked.session.readEntries()).toEqual(await silent.session.readEntries());
  });

  it("keeps the newest frame and the system token in every head, and says which patches of which frames stay", async () => {
    const { stream, compressions } = await openedWith(streamOf(), 40);
    const { kept, temporal, framesSeen } = compressions[compressions.length - 1];
    expect(framesSeen).toBe(40);
    for (let head = 0; head < 4; head++) {
      const own = headRow(kept, head);
      const newest = Array.from({ length: frameTokens }, (_, patch) => 1 + 39 * frameTokens + patch);
      expect([...own]).toEqual(expect.arrayContaining([0, ...newest]));
      const before = [...headRow(compressions[compressions.length - 2].kept, head), ...newest];
      expect(before).toEqual(expect.arrayContaining([...own]));
      expect(headRow(temporal, head)).toHaveLength(24);
    }
    expect(stream.positions()).toEqual(kept);
  });

  it("finds that a static patch resembles itself before RoPE in the first layer, wherever it stands", async () => {
    // Frames that begin with the same three tokens: in the first layer their keys before RoPE are equal.
    for (const isRenumbered of [true, false]) {
      const { compressions } = await openedWith(streamOf({ isRenumbered }), 30);
      const [{ kept }, { temporal }] = compressions.slice(-2);
      const newest = Int32Array.from({ length: frameTokens }, (_, patch) => 1 + 29 * frameTokens + patch);
      const places = [...headRow(kept, 0), ...newest].slice(1);
      places.forEach((position, slot) => {
        const isPast = slot < places.length - frameTokens;
        if (isPast && (position - 1) % frameTokens < 3) expect(headRow(temporal, 0)[slot]).toBeCloseTo(-1, 5);
      });
    }
    const { compressions } = await openedWith(streamOf({ temporalKeys: "afterRope" }), 4);
    expect(headRow(compressions[0].temporal, 0)[0]).toBeGreaterThan(-0.9999);
  });

  it("chooses alike whatever is asked, but by the question where it is known", async () => {
    const keptUnder = async (knownQuestion: Int32Array) => {
      const request = streamOf({ rule: "questionAttention", keepFrames: 2 }, { knownQuestion });
      return (await openedWith(request, 10)).stream.positions();
    };
    const short = question.subarray(0, 5); // no longer than the frame that makes room for it
    const other = short.map((token) => (token + 11) % 40);
    expect(await keptUnder(short)).toEqual(await keptUnder(short));
    expect(await keptUnder(short)).not.toEqual(await keptUnder(other));
  });

  it("refuses what cannot be: a question too long, a stream without end or room", async () => {
    const { stream } = await openedWith(streamOf(), 9);
    await expect(stream.ask(question, 3)).rejects.toThrow("9 slots, and 6 are left");
    await expect(openStream(backend, streamOf({ isRenumbered: false }, { streamFrames: Infinity }))).rejects.toThrow(
      "needs a cap",
    );
    await expect(openStream(backend, streamOf({ blockFrames: 2 }))).rejects.toThrow("choose a smaller |C|");
    const first = stream.ask(question.subarray(0, 3), 2);
    await expect(stream.push(drawFrames(1))).rejects.toThrow("at work");
    await first;
  });
});
