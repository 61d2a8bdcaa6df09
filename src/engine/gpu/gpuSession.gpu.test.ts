// What a session asks of the device, what it refuses, and how it ends when the device is lost.
import { afterAll, describe, expect, it } from "vitest";
import { headCountOf } from "../../cache/headRows";
import { seededModel, seededPrompt, tinyConfig } from "../seededModel.testing";
import { createGpuBackend } from "./gpuBackend";
import { openDevice } from "./openDevice";
import { closeTestBackends, generate, openTestBackend, plainRequest } from "./gpuTestBackend.testing";

afterAll(closeTestBackends);

describe("a session", () => {
  it("takes one submit per token, and gives its memory back", async () => {
    const backend = await openTestBackend(seededModel(5));
    const session = await backend.createSession({ ...plainRequest, hasTaps: true });
    await session.prefill(seededPrompt(9, 12));
    await session.collect();
    const before = { ...session.stats };
    await generate(session, 10);
    expect(session.stats.submitCount - before.submitCount).toBe(10);
    const perStep = (session.stats.dispatchCount - before.dispatchCount) / 10;
    expect(perStep).toBeLessThanOrEqual(8 * tinyConfig.layerCount + 4);
    expect(session.memory.bytesPerSlot).toBe(2 * headCountOf(tinyConfig) * tinyConfig.headDim * 4);
    expect(session.memory.kvBytes).toBe(session.memory.bytesPerSlot * 128);
    session.dispose();
  });

  it("refuses a cache that no buffer of the device can hold", async () => {
    const backend = await openTestBackend(seededModel(5));
    await expect(backend.createSession({ ...plainRequest, slotCapacity: 2 ** 26 })).rejects.toThrow(/cache of keys/);
  });

  it("stops between chunks of a long prompt when aborted", async () => {
    const backend = await openTestBackend(seededModel(5));
    const session = await backend.createSession({ ...plainRequest, slotCapacity: 256, positionCapacity: 256 });
    const stop = new AbortController();
    const prefill = session.prefill(seededPrompt(9, 200), stop.signal);
    stop.abort(new Error("stopped by the user"));
    await expect(prefill).rejects.toThrow("stopped by the user");
    expect(session.lengths[0]).toBeLessThan(200);
  });
});

describe("a lost device", () => {
  it("says so, and ends what is in flight", async () => {
    const device = await openDevice(navigator.gpu);
    if (device === null) throw new Error("this browser has no WebGPU adapter");
    const backend = await createGpuBackend(device, seededModel(5));
    const session = await backend.createSession({ ...plainRequest, terms: ["windowAttention"] });
    await session.prefill(seededPrompt(9, 20));
    session.decode();
    session.decode();
    const collected = Promise.allSettled([session.collect(), session.collect()]);
    device.device.destroy();
    expect(await backend.lost).toMatch(/the GPU device was (closed|lost)/);
    await collected;
    session.decode();
    await expect(session.collect()).rejects.toThrow(/the GPU device was (closed|lost)/);
    await expect(session.measureTerms()).rejects.toThrow(/the GPU device was (closed|lost)/);
    await expect(session.readLogits()).rejects.toThrow(/the GPU device was (closed|lost)/);
  });
});
