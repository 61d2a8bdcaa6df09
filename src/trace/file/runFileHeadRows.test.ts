// The attention of query heads in a run file: its versions, its round trip, and what is refused.
import fc from "fast-check";
import { expect, it } from "vitest";
import { copyRows, emptyRows } from "../../cache/headRows";
import { drawRandomTrace } from "../drawTrace.testing";
import { compared, decodeOrRefuse, evident, headed, type Json, seeds, trace, withHead } from "./driveRunFile.testing";
import { toFlat } from "./flatTrace";
import { joinBytes } from "./joinBytes";
import { decodeRunFile, encodeRunFile } from "./runFile";
import { hasHeadRows } from "./runFileHeadRows";
import { packSections, unpackSections } from "./runFileSections";
import type { StepRecord, Trace } from "../trace";

const withRows = (run: Trace): Trace => ({
  ...run,
  steps: run.steps.map((step) => ({
    ...step,
    headAttention: copyRows(step.attention),
    headAttentionScale: step.attentionScale.slice(),
  })),
});

it.each([
  ["alone", headed, 13],
  ["beside the comparison", withRows(compared), 14],
  ["beside evidence", withRows(evident), 15],
  ["beside both", withRows({ ...compared, events: evident.events }), 16],
])("stands %s in a file of its own version and comes back exactly", async (_, run, version) => {
  const file = await encodeRunFile(run);
  expect(file[9]).toBe(version);
  expect(await decodeRunFile(file, "x")).toEqual(run);
});

it.each([
  [trace, 9],
  [compared, 10],
  [evident, 11],
])("is no part of the file of a run without it, which has its earlier version", async (run, version) => {
  const file = await encodeRunFile(run);
  expect(file[9]).toBe(version);
  expect((await unpackSections(file, "good.winnow")).headRows).toBeNull();
});

it("comes back exactly from any run, with and without it", async () => {
  let recordedCount = 0;
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const random = drawRandomTrace(seed);
      if (hasHeadRows(toFlat(random))) recordedCount++;
      const { steps } = await decodeRunFile(await encodeRunFile(random), "x");
      expect(steps.map(({ headAttention }) => headAttention)).toEqual(
        random.steps.map(({ headAttention }) => headAttention),
      );
    }),
    { numRuns: 60, seed: 7 },
  );
  expect(recordedCount).toBeGreaterThan(5);
});

it("is not written when a step lacks it, or has another shape", () => {
  const [first, { headAttention, headAttentionScale, ...second }, third] = headed.steps;
  const steps = (step: StepRecord) => ({ ...headed, steps: [first, step, third] });
  expect(() => encodeRunFile(steps(second))).toThrow("step 1 has attention of query heads of another shape");
  const rows = headAttention && { ...headAttention, values: headAttention.values.subarray(1) };
  const short = { ...second, headAttention: rows, headAttentionScale };
  expect(() => encodeRunFile(steps(short as StepRecord))).toThrow("step 1 has attention of query heads");
});

it.each([-1, 1])("is refused when its section is %i byte too long", async (extra) => {
  const sections = await unpackSections(await encodeRunFile(headed), "good.winnow");
  const bytes = sections.headRows ?? new Uint8Array(0);
  const headRows = extra < 0 ? bytes.subarray(0, extra) : joinBytes([bytes, new Uint8Array(extra)]);
  expect(await decodeOrRefuse(await packSections({ ...sections, headRows }))).toContain("some.winnow, query heads");
});

it.each([1.5, -0.1, NaN, Infinity])("is refused with a largest share of %d", async (scale) => {
  const [first, ...rest] = headed.steps;
  const headAttentionScale = Float32Array.of(scale, 0.1, 0.1, 0.1);
  const file = await encodeRunFile({ ...headed, steps: [{ ...first, headAttentionScale }, ...rest] });
  expect(await decodeOrRefuse(file)).toMatch("query heads: step 0: a largest share of");
});

it("is refused beside steps without attention of KV heads", async () => {
  const steps = headed.steps.map((step) => ({
    ...step,
    attention: emptyRows(2, Uint8Array),
    attentionScale: new Float32Array(0),
  }));
  const file = await encodeRunFile({ ...headed, steps });
  expect(await decodeOrRefuse(file)).toMatch("step 0 has attention of query heads and none of KV heads");
});

it("is refused in a model whose query heads do not share KV heads evenly, or are others", async () => {
  const withHeadCount = (headCount: number) =>
    withHead((head) => Object.assign((head["header"] as Json)["model"] as Json, { headCount }), headed);
  expect(await decodeOrRefuse(await withHeadCount(3))).toMatch("3 query heads do not share 2 KV heads evenly");
  expect(await decodeOrRefuse(await withHeadCount(6))).toMatch("some.winnow, query heads");
});
