// Devices with less than one hopes for, and devices that fail while a model is brought to them.
import { afterEach, describe, expect, it, vi } from "vitest";
import { greedySampling } from "../../model/sampling";
import { baseParameters } from "../../policy/parameters";
import type { Backend, Model, SessionRequest } from "../backend";
import { chooseBackend, type BackendMakers } from "../chooseBackend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { openGpu } from "../openGpu";
import { seededModel } from "../seededModel.testing";
import { alteredGpu } from "./alteredGpu.testing";
import { openDevice } from "./openDevice";
import { storedModel } from "./storedModel.testing";

/** An emulated GPU compiles for seconds. */
vi.setConfig({ testTimeout: 120_000 });

const opened: Backend[] = [];
afterEach(() => {
  for (const backend of opened.splice(0)) backend.dispose();
});

function makersOn(gpu: GPU): BackendMakers {
  return { createCpuBackend, openGpu: (model, options) => openGpu(gpu, model, options) };
}

it("computes without half precision, subgroups and timestamps, on a device that binds 128 MiB", async () => {
  const asked: (readonly string[])[] = [];
  const poor = alteredGpu({
    features: [],
    limits: { maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 },
    alter: (device) => asked.push([...device.features].filter((name) => name !== "core-features-and-limits")),
  });
  const device = await openDevice(poor);
  expect(device).toMatchObject({ hasFloat16: false, bindingBytes: 2 ** 27 });
  device?.device.destroy();
  for (const model of [storedModel(() => "Q8_0", true), seededModel(7)]) {
    const { backend, check, notice } = await chooseBackend(model, "gpu", makersOn(poor));
    opened.push(backend);
    expect([backend.summary.type, backend.summary.weightType, notice]).toEqual(["gpu", "f32", null]);
    expect(check?.largestDifference).toBeLessThan(1e-4);
  }
  expect(asked).toEqual([[], [], []]);
});

describe("a device that is lost while the model is brought to it", () => {
  it.each(["layer 0 qkv", "layer 1 down", "final norm"])(
    "at the buffer %s leaves the model to the CPU",
    async (label) => {
      const gpu = alteredGpu({
        alter: (device) => {
          const createBuffer = device.createBuffer.bind(device);
          device.createBuffer = (wanted) => {
            if (wanted.label === label) device.destroy();
            return createBuffer(wanted);
          };
        },
      });
      const { backend, notice, check } = await chooseBackend(
        storedModel(() => "Q4_0", true),
        "gpu",
        makersOn(gpu),
      );
      opened.push(backend);
      expect([backend.summary.type, check]).toEqual(["cpu", null]);
      expect(notice?.text).toMatch(/GPU.* The CPU decodes instead\.$/s);
    },
  );

  it("while its blocks are written, too", async () => {
    const gpu = alteredGpu({
      alter: (device) => {
        const writeBuffer = device.queue.writeBuffer.bind(device.queue);
        let writeCount = 0;
        device.queue.writeBuffer = (...parts: Parameters<GPUQueue["writeBuffer"]>) => {
          if (++writeCount === 20) device.destroy();
          writeBuffer(...parts);
        };
      },
    });
    const { backend, notice } = await chooseBackend(
      storedModel(() => "Q8_0", false),
      "gpu",
      makersOn(gpu),
    );
    opened.push(backend);
    expect(backend.summary.type).toBe("cpu");
    expect(notice?.text).toMatch(/GPU.* The CPU decodes instead\.$/s);
  });
});

describe("error scopes", () => {
  const plain: SessionRequest = {
    ...{ slotCapacity: 32, positionCapacity: 64, windowSlots: 4, sampling: greedySampling, stopTokens: [] },
    ...{ hasTaps: true, hasHeadTaps: true, parameters: baseParameters, terms: [] },
  };
  const kinds: readonly [string, SessionRequest][] = [
    ["plain", plain],
    ["with terms", { ...plain, terms: ["windowAttention", "redundancy", "promptAttention", "observedAttention"] }],
    ["of uneven layers", { ...plain, layerSlots: Int32Array.of(40, 24) }],
    ["that merges", { ...plain, merging: { queryRows: 4, decay: 0.9, needsReceived: true } }],
    ["that rotates keys again", { ...plain, isRerotated: true }],
    ["that packs", { ...plain, parameters: { ...baseParameters, storage: "kivi", groupNumbers: 4, residualSlots: 2 } }],
  ];

  it("are open around every buffer of a load and of each kind of session", async () => {
    let depth = 0;
    const made: [label: string, isWatched: boolean][] = [];
    const gpu = alteredGpu({
      alter: (device) => {
        const pushErrorScope = device.pushErrorScope.bind(device);
        const popErrorScope = device.popErrorScope.bind(device);
        const createBuffer = device.createBuffer.bind(device);
        device.pushErrorScope = (filter) => {
          depth++;
          pushErrorScope(filter);
        };
        device.popErrorScope = () => {
          depth--;
          return popErrorScope();
        };
        device.createBuffer = (wanted) => {
          // One for lack of memory, and one for what is not valid.
          made.push([wanted.label ?? "", depth >= 2]);
          return createBuffer(wanted);
        };
      },
    });
    const model: Model = seededModel(3);
    const outcome = await openGpu(gpu, model, { isSoftwareAllowed: true });
    if (outcome.type === "refused") throw new Error(outcome.reason);
    opened.push(outcome.backend);
    expect(made.length).toBeGreaterThan(10);
    for (const [kind, request] of kinds) {
      const before = made.length;
      (await outcome.backend.createSession(request)).dispose();
      expect(made.length, kind).toBeGreaterThan(before + 10);
    }
    expect(made.filter(([, isWatched]) => !isWatched)).toEqual([]);
    expect(depth).toBe(0);
  });
});
