// Matrices as their files store them, on the GPU against the CPU: in planes where there is a kernel, else widened.
import { afterAll, describe, expect, it } from "vitest";
import { createCpuBackend } from "../cpu/cpuBackend";
import type { ModelConfig } from "../../model/config";
import { seededModel, seededPrompt } from "../seededModel.testing";
import { closeTestBackends, meanDivergence, openTestBackend, plainRequest } from "./gpuTestBackend.testing";
import { matrixForms, type MatrixForms } from "./matrixForms";
import { storedConfig as config, storedModel, wideStoredConfig as wideConfig } from "./storedModel.testing";

afterAll(closeTestBackends);
/** The forms of a layer in a few words: buffers of the joint matrix, and what multiplies behind them. */
function layerWords({ layers }: MatrixForms): string[] {
  return layers.map(({ qkv, attentionOutput, gateUp, down }) => {
    const joint = qkv.map(({ form, firstRow, rowCount }) => `${form} ${firstRow}+${rowCount}`).join(", ");
    return [joint, attentionOutput, gateUp, down].join(" | ");
  });
}

interface StoredCase {
  readonly name: string;
  readonly types: readonly string[];
  /** [layer] */
  readonly forms: readonly string[];
  readonly isTied: boolean;
  readonly base: ModelConfig;
}

/** All matrices of one type, in the same form in both layers. */
function allOf(type: string, isTied: boolean, form = type.toLowerCase()): StoredCase {
  const base = type.endsWith("_K") ? wideConfig : config;
  const rows = (base.headCount + 2 * base.kvHeadCount) * base.headDim;
  const words = `${form} 0+${rows} | ${form} | ${form} | ${form}`;
  return { name: type, types: [type], forms: [words, words], isTied, base };
}

describe.each<StoredCase>([
  ...[allOf("Q8_0", true), allOf("Q4_0", false), allOf("Q4_1", true), allOf("Q5_0", true), allOf("Q5_1", false)],
  ...[allOf("Q4_K", true), allOf("Q5_K", false), allOf("Q6_K", true)],
  ...[allOf("affine 8 bit", true, "affine8"), allOf("affine 4 bit", false, "affine4")],
  { ...allOf("IQ4_NL", true, "f32"), name: "IQ4_NL, which is widened" },
  {
    name: "types that differ between layers and in the joint matrices",
    // Place 0 is the embedding; a type that stands alone among gate and up widens both.
    types: [
      ...["Q8_0", "Q4_1", "Q4_1", "Q5_0", "Q8_0", "Q4_0", "Q4_0"],
      ...["Q5_1", "Q4_0", "Q8_0", "Q4_0", "Q5_1", "Q8_0", "Q4_1"],
    ],
    forms: ["q4_1 0+144, q5_0 144+48 | q8_0 | q4_0 | q5_1", "q4_0 0+96, q8_0 96+48, q4_0 144+48 | q5_1 | f32 | q8_0"],
    isTied: false,
    base: config,
  },
])("a model stored as $name", ({ types, forms, isTied, base }) => {
  it("agrees with the CPU in both shapes of the kernels", { timeout: 90_000 }, async () => {
    const model = storedModel((place) => types[place % types.length], isTied, base);
    expect(layerWords(matrixForms(model.weights, base, "f32"))).toEqual(forms);
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
  const model = storedModel(() => "IQ4_NL", true);
  const tokens = seededPrompt(3, 20, config.vocabularySize);
  const found = await openTestBackend(model, { weightType: "f16" }).then(
    (backend) => backend.createSession(plainRequest),
    () => null, // the device has no half precision
  );
  if (found === null) return;
  const expected = await (await createCpuBackend(model)).createSession(plainRequest);
  expect(await meanDivergence([expected, found], tokens)).toBeLessThan(1e-5);
});
