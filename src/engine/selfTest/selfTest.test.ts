// The self-test against GPUs that lie, each in its own way, and what becomes of the load then.
import { describe, expect, it } from "vitest";
import { InputError } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import { fullLayers } from "../../model/layerConfig";
import { codeTensor } from "../../model/gguf/drawGguf.testing";
import { weightFormat } from "../../model/weightFormats";
import { countParameters } from "../../model/weightLayout";
import { isStored, type StoredMatrix } from "../../model/weights";
import { MOST_CPU_PARAMETERS, type BackendCheck } from "../../trace/trace";
import type { Backend, Model, Session } from "../backend";
import { chooseBackend, type GpuOutcome } from "../chooseBackend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { seededModel, tinyConfig } from "../seededModel.testing";
import { changedKeys, changedLogits, fakeGpu, withMatrix, withMethods } from "./liars.testing";
import { partToTest, takePart } from "./modelPart";
import { checkBackend } from "./selfTest";

const rope = { ropeTheta: 10_000, ropeScaling: null };
const config: ModelConfig = { ...tinyConfig, layerCount: 3, layers: fullLayers(3, rope), hasQkNorm: true };
const model = seededModel(5, config);
const check = (suspect: Backend): Promise<BackendCheck> => checkBackend(suspect, model, createCpuBackend);

async function found(suspect: Backend | Promise<Backend>): Promise<string> {
  const { largestDifference, tolerance, place } = await check(await suspect);
  return largestDifference <= tolerance ? "nothing" : place;
}

const scaled = (factor: number) => (numbers: Float32Array) => numbers.map((number) => factor * number);

describe("the self-test", () => {
  it("finds no difference where the GPU computes what the CPU does", async () => {
    expect(await check(await fakeGpu(model))).toMatchObject({ largestDifference: 0, layerCount: 3 });
  });

  it.each<[string, (session: Session) => Session, string]>([
    ["logits that are not a number", changedLogits(scaled(NaN)), "logits after token 8"],
    ["logits of zero", changedLogits(scaled(0)), "logits after token 8"],
    ["logits scaled by 1 %", changedLogits(scaled(1.01)), "logits after token 8"],
    [
      "one logit that is infinite",
      changedLogits((logits) => logits.map((logit, token) => (token === 17 ? Infinity : logit))),
      "logits after token 8",
    ],
    [
      "a second part of the output that begins a row too late",
      changedLogits((logits) => logits.map((logit, token) => (token > 24 ? logits[token - 1] : logit))),
      "logits after token 8",
    ],
    [
      "another token than the best",
      (own) =>
        withMethods(own, {
          async collect() {
            const result = await own.collect();
            return { ...result, token: (result.token + 1) % config.vocabularySize };
          },
        }),
      "the sample after token 8",
    ],
    ["one key of the last layer", changedKeys(({ values }) => (values[values.length - 3] *= 1.1)), "keys of layer 2"],
    ["a key that is not a number", changedKeys(({ values }) => (values[0] = NaN)), "keys of layer 0"],
  ])("finds %s", async (_, lie, place) => {
    expect(await found(fakeGpu(model, lie))).toBe(place);
  });

  it.each<[string, Model, string]>([
    ["queries of layer 0 off by 1 %", withMatrix(model, 0, "query", scaled(1.01)), "nothing"], // their norm hides the scale
    ["keys of layer 1 that are zero", withMatrix(model, 1, "key", scaled(0)), "keys of layer 1"],
    ["values of layer 0 off by 1 %", withMatrix(model, 0, "value", scaled(1.01)), "values of layer 0"],
    ["the output of the heads in layer 0", withMatrix(model, 0, "attentionOutput", scaled(-1)), "keys of layer 1"],
    ["the gate of layer 1", withMatrix(model, 1, "gate", scaled(0.9)), "keys of layer 2"],
    ["a wrong last layer", withMatrix(model, 2, "down", (down) => down.toReversed()), "logits after token 8"],
    [
      "another RoPE",
      { ...model, config: { ...config, layers: fullLayers(3, { ropeTheta: 5000, ropeScaling: null }) } },
      "keys of layer 0",
    ],
  ])("tells of %s", async (_, wrong, place) => {
    expect(await found(fakeGpu(wrong))).toBe(place);
  });

  it("finds decode steps that are wrong after a prompt that was right", async () => {
    const forgetful = (own: Session): Session => withMethods(own, { decode: (token = 0) => own.decode(token ^ 1) });
    expect(await found(fakeGpu(model, forgetful))).toBe("keys of layer 0");
  });

  it("rejects where the device is lost while it is checked, instead of waiting", async () => {
    const gpu = await fakeGpu(model, (own) => withMethods(own, { readLogits: () => new Promise(() => undefined) }));
    await expect(check({ ...gpu, lost: Promise.resolve("the GPU device was lost") })).rejects.toThrow("was lost");
  });

  it("blames the model where the CPU cannot compute it either", async () => {
    const broken = withMatrix(model, 1, "up", scaled(NaN));
    await expect(checkBackend(await fakeGpu(model), broken, createCpuBackend)).rejects.toThrow(InputError);
  });
});

describe("a model that is too large to be computed whole on the CPU", () => {
  const large = seededModel(6, {
    ...tinyConfig,
    ...{ layerCount: 8, layers: fullLayers(8, rope), vocabularySize: 2000, isTied: false },
  });
  /** Room for three layers and a half. */
  const partBytes = (3.5 * 4 * (countParameters(large.config) - 2 * 2000 * 16)) / 8;
  const checkLarge = async (lie?: (session: Session) => Session): Promise<BackendCheck> =>
    checkBackend(await fakeGpu(large, lie), large, createCpuBackend, partBytes);

  it("is tested in layers and rows spread over it", async () => {
    const part = partToTest(large, partBytes);
    expect(part.layers).toEqual([0, 4, 7]);
    expect([part.rows.length, part.rows[0], part.rows.at(-1)]).toEqual([256, 0, 1999]);
    const { config: partConfig } = takePart(large, part);
    expect([partConfig.layerCount, partConfig.vocabularySize]).toEqual([3, 256]);
    expect(await checkLarge()).toMatchObject({ largestDifference: 0, layerCount: 3 });
    expect(await checkLarge(changedLogits((logits) => logits.with(1999, 2)))).toMatchObject({
      place: "logits after token 8",
    });
  });

  it("takes the rows that it needs out of blocks, too", async () => {
    const matrix = codedMatrix("Q8_0", 2000, 32);
    const part = partToTest({ ...large, weights: { ...large.weights, output: matrix } }, partBytes);
    const { weights } = takePart({ ...large, weights: { ...large.weights, embedding: matrix, output: matrix } }, part);
    expect(weights.output).toBe(weights.embedding);
    if (!isStored(weights.output)) throw new Error("it stays in its file");
    expect(weights.output.rowCount).toBe(256);
    expect(Array.from(await weights.output.readRows(254, 2))).toEqual(
      [part.rows[254], 1999].flatMap((row) => Array.from(matrix.bytes.subarray(row * 34, (row + 1) * 34))),
    );
  });

  it("must give finite numbers in the layers between, too", async () => {
    const perLayer = large.config.kvHeadCount;
    const lie = changedKeys(({ offsets, values }) => {
      const isWhole = offsets.length - 1 === 8 * perLayer;
      if (isWhole) values.fill(0, offsets[2 * perLayer], offsets[3 * perLayer]);
    });
    expect(await checkLarge(lie)).toMatchObject({ place: "keys of layer 2", largestDifference: Infinity });
  });

  it("leaves its layers what each of them is", () => {
    const layers = large.config.layers.map(({ rope }, layer) => ({ rope, window: layer === 7 ? null : layer + 1 }));
    const mixed = { ...large, config: { ...large.config, layers } };
    expect(takePart(mixed, partToTest(mixed, partBytes)).config.layers).toEqual([layers[0], layers[4], layers[7]]);
  });
});

function codedMatrix(
  type: string,
  rowCount: number,
  columnCount: number,
): StoredMatrix & { readonly bytes: Uint8Array } {
  const format = weightFormat(type);
  if (format === undefined) throw new Error("the format is known");
  const { bytes } = codeTensor("m", [columnCount, rowCount], { type, size: 0.15, seed: 1 });
  const rowBytes = (columnCount / format.blockValues) * format.blockBytes;
  const readRows: StoredMatrix["readRows"] = (first, count) =>
    Promise.resolve(bytes.subarray(first * rowBytes, (first + count) * rowBytes));
  return { name: type, format, rowCount, columnCount, readRows, bytes };
}

describe("the choice of the backend after the self-test", () => {
  const lying = fakeGpu(model, changedLogits(scaled(1.01)));
  const makers = (gpu: Promise<Backend>) => ({
    createCpuBackend,
    openGpu: async (): Promise<GpuOutcome> => ({ type: "opened", backend: await gpu, lose: () => undefined }),
  });

  it.each(["auto", "gpu"] as const)(
    "leaves a model of this size to the CPU, and names the adapter (%s)",
    async (choice) => {
      let checkCount = 0;
      const opened = await chooseBackend(model, choice, makers(lying), () => checkCount++);
      expect(opened).toMatchObject({ backend: { summary: { type: "cpu" } }, check: null });
      expect(opened.notice?.tone).toBe("warning");
      expect(opened.notice?.text).toMatch(
        /^The GPU \(a lying one\) computes this model wrongly: compared with the CPU, logits after token 8 are off by 0\.0\d+ of their size, where rounding explains 0\.001\. The CPU decodes instead\.$/,
      );
      expect(checkCount).toBe(1);
    },
  );

  it("keeps a GPU that agrees, and says what was found", async () => {
    const opened = await chooseBackend(model, "auto", makers(fakeGpu(model)));
    expect(opened).toMatchObject({
      notice: null,
      check: { largestDifference: 0 },
      backend: { summary: { type: "gpu" } },
    });
  });

  it("disposes of a GPU that fails in its check, and says so", async () => {
    let isDisposed = false;
    const gpu = await fakeGpu(model, (own) =>
      withMethods(own, { readEntries: () => Promise.reject(new Error("no bytes")) }),
    );
    const failing = { ...gpu, dispose: () => void (isDisposed = true) };
    const { notice } = await chooseBackend(model, "auto", makers(Promise.resolve(failing)));
    expect(notice).toEqual({
      tone: "warning",
      text: "The GPU (a lying one) failed in its check: no bytes. The CPU decodes instead.",
    });
    expect(isDisposed).toBe(true);
  });

  it("refuses a model that is too large for the CPU, with what to do next", async () => {
    // Its vocabulary alone has so many; the CPU takes few rows of it, and the GPU is another model's.
    const vocabularySize = 12_000_000;
    const matrix = { ...codedMatrix("Q8_0", 1, 32), rowCount: vocabularySize };
    const { bytes } = matrix;
    const embedding: StoredMatrix = { ...matrix, readRows: () => Promise.resolve(bytes) };
    const wide = seededModel(5, { ...config, hiddenSize: 32 });
    const big: Model = {
      config: { ...wide.config, vocabularySize },
      weights: { ...wide.weights, embedding, output: embedding },
    };
    const lie = fakeGpu(
      wide,
      changedKeys(({ values }) => values.fill(NaN)),
    );
    const refusal = chooseBackend(big, "auto", makers(lie));
    await expect(refusal).rejects.toThrow(InputError);
    await expect(refusal).rejects.toThrow(
      /a lying one.* keys of layer 0 are not what any rounding could give\. The CPU takes over for models of up to 362 million parameters, and this one has \d+ million: choose a smaller model/,
    );
    expect(MOST_CPU_PARAMETERS).toBe(362e6);
  });
});
