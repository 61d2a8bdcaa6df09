// The self-test on a real WebGPU device: it agrees with models of every kind, and finds a kernel that is broken.
import { afterEach, describe, expect, it, vi } from "vitest";
import { httpSource } from "../../model/httpSource";
import { loadModel } from "../../model/loadModel";
import type { BackendCheck } from "../../trace/trace";
import type { Backend, Model } from "../backend";
import { chooseBackend } from "../chooseBackend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { alteredGpu, withKernel } from "../gpu/alteredGpu.testing";
import { createGpuBackend, type GpuBackendOptions } from "../gpu/gpuBackend";
import { openDevice } from "../gpu/openDevice";
import { storedConfig, storedModel } from "../gpu/storedModel.testing";
import { openGpu } from "../openGpu";
import { seededModel } from "../seededModel.testing";
import { checkBackend } from "./selfTest";

/** An emulated GPU compiles for seconds. */
vi.setConfig({ testTimeout: 120_000 });

const opened: Backend[] = [];
afterEach(() => {
  for (const backend of opened.splice(0)) backend.dispose();
});

async function check(model: Model, gpu: GPU, options?: GpuBackendOptions, partBytes?: number): Promise<BackendCheck> {
  const device = await openDevice(gpu);
  if (device === null) throw new Error("this browser has no WebGPU adapter");
  const backend = await createGpuBackend(device, model, options);
  opened.push(backend);
  return checkBackend(backend, model, createCpuBackend, partBytes);
}

const q8 = storedModel(() => "Q8_0", true);
const q4 = storedModel(() => "Q4_0", false);

describe("a device that computes as it should", () => {
  it("passes with the shipped model, fast", async () => {
    const found = await check(await loadModel(httpSource("/models/winnow-1m")), navigator.gpu);
    expect(found.largestDifference).toBeLessThan(found.tolerance / 20);
  });

  it.each<[string, Model]>([
    ["Q8_0", q8],
    ["Q4_0", q4],
    ["Q4_1", storedModel(() => "Q4_1", true)],
    ["IQ4_NL, widened", storedModel(() => "IQ4_NL", true)],
    ["F32", seededModel(7, { ...storedConfig, hasQkNorm: true, hasQkvBias: true })],
  ])("passes with a model in %s, in both shapes of the kernels", async (_, model) => {
    for (const kernelShapes of ["software", "hardware"] as const) {
      const found = await check(model, navigator.gpu, { kernelShapes });
      expect(found.largestDifference).toBeLessThan(found.tolerance / 4);
    }
  });

  it("passes with a split vocabulary, and where the CPU computes one of two layers", async () => {
    const found = await check(q8, navigator.gpu, { bindingBytes: storedConfig.hiddenSize * 130 }, 1);
    expect(found.layerCount).toBe(1);
    expect(found.largestDifference).toBeLessThan(found.tolerance);
  });
});

describe("a device with a broken kernel", () => {
  /** The kernel, what it says, what it says instead; where that shows. */
  it.each<[string, string, string, string]>([
    ["embed", "tokens[row] - FIRST_TOKEN", "(tokens[row] ^ 1u) - FIRST_TOKEN", "keys of layer 0"],
    ["rmsNorm", "input[base + column] * scale", "input[base + column] * scale * 1.01", "keys of layer 0"],
    ["matMul", "vec4u(24u, 16u, 8u, 0u)", "vec4u(24u, 16u, 8u, 8u)", "keys of layer 0"],
    ["matVec", "codes) * halfValue(", "codes) * 1.01 * halfValue(", "keys of layer 0"],
    ["qkvRope", "high * angles.xz + low * angles.yw", "high * angles.xz - low * angles.yw", "keys of layer 0"],
    ["attentionScores", "inverseSqrt(f32(HEAD_VECTORS * 4u))", "1.0 / f32(HEAD_VECTORS * 4u)", "keys of layer 1"],
    ["attentionMix", "mix3 += probabilities[base3 + slot]", "mix3 += probabilities[base2 + slot]", "keys of layer 1"],
    ["attentionDecode", "mix * inverseSum", "mix / f32(lengthSlots)", "keys of layer 1"],
    ["gateUp", "activate(sums).xy", "activate(-sums).xy", "keys of layer 1"],
    ["sample", "log(sums.x)", "1.01 * log(sums.x)", "the sample after token 8"],
  ])("is found out: %s", async (name, found, instead, place) => {
    const result = await check(q8, alteredGpu(withKernel(name, found, instead)), { kernelShapes: "software" });
    expect(result.largestDifference).toBeGreaterThan(result.tolerance);
    expect(result.place).toBe(place);
  });

  it.each<[string, Model, string, string]>([
    ["Q8_0", q8, "sum += dot(", "sum += 0.98 * dot("],
    ["Q4_0", q4, "vec4f(first) - 8.0", "vec4f(first) - 7.0"],
  ])("is found out in the form for real GPUs of the products of %s", async (_, model, found, instead) => {
    const gpu = alteredGpu(withKernel("matVecBlocks", found, instead));
    const result = await check(model, gpu, { kernelShapes: "hardware" });
    expect([result.place, result.largestDifference > result.tolerance]).toEqual(["keys of layer 0", true]);
  });

  it("is named, and the CPU takes over", async () => {
    const gpu = alteredGpu(withKernel("qkvRope", "+ low * angles.yw", "- low * angles.yw"));
    const makers = {
      createCpuBackend,
      openGpu: (model: Model, options: { readonly isSoftwareAllowed: boolean }) => openGpu(gpu, model, options),
    };
    const { backend, notice, check: kept } = await chooseBackend(q4, "gpu", makers);
    expect([backend.summary.type, kept]).toEqual(["cpu", null]);
    expect(notice?.text).toMatch(
      /^The GPU \(.*swiftshader.*\) computes this model wrongly: compared with the CPU, keys of layer 0 are off by [\d.]+ of their size/i,
    );
  });
});
