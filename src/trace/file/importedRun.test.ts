// Runs recorded in Python (lab/tools/record_transformers.py) open on the page, and are what the page's own engine makes of the
// same checkpoint: tokens, survivors and, up to rounding, every figure behind them. The commands stand in lab/tools/README.md.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { headRow, joinRows } from "../../cache/headRows";
import { directorySource } from "../../../scripts/directorySource";
import { createCpuBackend } from "../../engine/cpu/cpuBackend";
import { modelSummary } from "../../engine/traceRecords";
import { recordTrace } from "../../../lab/recordTrace";
import { loadModel } from "../../model/loadModel";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { PolicyParameters } from "../../policy/policy";
import { generatedTokens } from "../replay";
import { decodeRunFile } from "./runFile";
import type { Trace } from "../trace";

const imported = [
  { file: "llama-grouped-gkv.winnow", checkpoint: "llama-grouped", policyId: "gkv" },
  { file: "qwen3-sharded-snapkv.winnow", checkpoint: "qwen3-sharded", policyId: "snapKv" },
] as const;

describe.each(imported)(
  "the run of $checkpoint that Python recorded with $policyId",
  ({ file, checkpoint, policyId }) => {
    it("opens, and says whose it is", async () => {
      const { header, steps, events, end } = await readImported(file);
      expect(header.model.id).toBe(checkpoint);
      expect(header.backend.adapter).toMatch(/^PyTorch .*CPU, float32$/);
      expect([header.policyId, header.parameters.budgetSlots]).toEqual([policyId, 24]);
      expect([steps.length, events.length, end]).toEqual([48, 6, "length"]);
    });

    it("is the run that the engine makes of the same recipe", async () => {
      const python = await readImported(file);
      const engine = await decodeAgain(python, checkpoint);
      expect(engine.header.model).toEqual(python.header.model);
      expect(engine.header.promptTokens).toEqual(python.header.promptTokens);
      expect(engine.header.promptTexts).toEqual(python.header.promptTexts);
      const last = python.steps.length - 1;
      expect(generatedTokens(engine, last)).toEqual(generatedTokens(python, last));
      engine.steps.forEach((step, place) => {
        const other = python.steps[place];
        expect([step.text, step.lengths, step.candidateTokens]).toEqual([
          other.text,
          other.lengths,
          other.candidateTokens,
        ]);
        expect(other.logProbability).toBeCloseTo(step.logProbability, 3);
        expect(other.entropy).toBeCloseTo(step.entropy, 3);
        expectClose(shares(other), shares(step), 1 / 255);
      });
      expect(engine.events.map(({ event, step }) => [event, step])).toEqual(
        python.events.map(({ event, step }) => [event, step]),
      );
      engine.events.forEach((event, place) => {
        const other = python.events[place];
        expect(other.survivors).toEqual(event.survivors);
        expect(other.positionsBefore).toEqual(event.positionsBefore);
        expect([Object.keys(other.terms), Object.keys(other.parts)]).toEqual([
          Object.keys(event.terms),
          Object.keys(event.parts),
        ]);
        for (const name of Object.keys(event.terms))
          expectClose(other.terms[name].values, event.terms[name].values, 1e-4);
        for (const name of Object.keys(event.parts))
          expectClose(other.parts[name].values, event.parts[name].values, 1e-3);
        for (const name of ["total", "carry"] as const) expectClose(other[name].values, event[name].values, 1e-3);
        for (const name of ["cutOff", "margin"] as const) expectClose(other[name], event[name], 1e-3);
      });
    });
  },
);

async function readImported(file: string): Promise<Trace> {
  return decodeRunFile(await readFile(new URL(`../../../fixtures/runs/${file}`, import.meta.url)), file);
}

async function decodeAgain({ header }: Trace, checkpoint: string): Promise<Trace> {
  const loaded = await loadModel(directorySource(`fixtures/checkpoints/${checkpoint}`));
  const model = { config: loaded.config, weights: loaded.weights };
  const choices = header.parameters as Partial<PolicyParameters>;
  return recordTrace(await createCpuBackend(model), modelSummary({ id: checkpoint, label: checkpoint }, loaded), {
    model,
    tokenizer: loaded.tokenizer,
    promptTokens: loaded.tokenizer.encode(header.promptText),
    recipe: {
      promptText: header.promptText,
      expectedAnswer: header.expectedAnswer,
      policyId: header.policyId,
      parameters: effectiveParameters(policyById(header.policyId), choices),
      sampling: greedySampling,
      maxNewTokens: header.maxNewTokens,
      hasTaps: true,
    },
  });
}

/** Attention of a step as shares of 0 … 1. */
function shares({ attention, attentionScale }: Trace["steps"][number]): Float32Array {
  const rows = Array.from(attentionScale, (scale, head) =>
    Float32Array.from(headRow(attention, head), (value) => (value / 255) * scale),
  );
  return joinRows(rows, Float32Array).values;
}

function expectClose(found: Float32Array, expected: Float32Array, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  const worst = expected.reduce((high, value, at) => {
    const isSame = Object.is(value, found[at]) || value === found[at];
    return isSame ? high : Math.max(high, Math.abs(value - found[at]));
  }, 0);
  expect(worst).toBeLessThanOrEqual(tolerance);
}
