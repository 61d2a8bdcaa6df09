// Matrices as their files store them, on the GPU against the CPU: in planes where there is a kernel, else widened.
import { afterAll, describe, expect, it } from "vitest";
import { createCpuBackend } from "../cpu/cpuBackend";
import { seededModel, seededPrompt } from "../seededModel.testing";
import { closeTestBackends, meanDivergence, openTestBackend, plainRequest } from "./gpuTestBackend.testing";
import { matrixForms } from "./gpuWeights";
import { storedConfig as config, storedModel } from "./storedModel.testing";

afterAll(closeTestBackends);
describe.each<[string, readonly string[], string, boolean]>([
  ["Q8_0", ["Q8_0"], "q8_0", true],
  ["Q4_0", ["Q4_0"], "q4_0", false],
  ["Q4_1", ["Q4_1"], "q4_1", true],
  ["Q5_0, which is widened", ["Q5_0"], "f32", true],
  ["types that differ between layers, which are widened", ["Q8_0", "Q4_1", "Q5_1"], "f32", false],
])("a model stored as %s", (_, types, form, isTied) => {
  it("agrees with the CPU in both shapes of the kernels", async () => {
    const model = storedModel((place) => types[place % types.length], isTied);
    expect(matrixForms(model.weights, "f32").down).toBe(form);
    const tokens = seededPrompt(3, 40, config.vocabularySize);
    const expected = await (await createCpuBackend(model)).createSession(plainRequest);
    for (const kernelShapes of ["software", "hardware"] as const) {
      const found = await (await openTestBackend(model, { kernelShapes })).createSession(plainRequest);
      const own =
        kernelShapes === "software" ? expected : await (await createCpuBackend(model)).createSession(plainRequest);
      expect(await meanDivergence([own, found], tokens)).toBeLessThan(1e-6);
      found.dispose();
    }
  });
});

it.each([
  ["blocks", storedModel(() => "Q8_0", true)],
  ["numbers, untied", seededModel(7, { ...config, isTied: false })],
])("splits a vocabulary that does not fit into one buffer: %s", async (_, model) => {
  const tokens = seededPrompt(4, 30, config.vocabularySize);
  const bytes = 4 * config.hiddenSize * 130; // 128 rows of numbers, more of blocks
  const backend = await openTestBackend(model, {
    bindingBytes: model.weights.output instanceof Float32Array ? bytes : bytes / 4 + 999,
  });
  const expected = await (await createCpuBackend(model)).createSession(plainRequest);
  expect(await meanDivergence([expected, await backend.createSession(plainRequest)], tokens)).toBeLessThan(1e-6);
});

it("widens to half precision where the device has it and the numbers fit", async () => {
  const model = storedModel(() => "Q5_0", true);
  const tokens = seededPrompt(3, 20, config.vocabularySize);
  const found = await openTestBackend(model, { weightType: "f16" }).then(
    (backend) => backend.createSession(plainRequest),
    () => null, // the device has no half precision
  );
  if (found === null) return;
  const expected = await (await createCpuBackend(model)).createSession(plainRequest);
  expect(await meanDivergence([expected, found], tokens)).toBeLessThan(1e-5);
});
