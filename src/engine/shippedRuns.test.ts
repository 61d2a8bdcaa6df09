// The recorded runs that ship with the page are what the engine does today: their recipes give the same tokens and survivors.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import index from "../../public/runs/index.json";
import { directorySource } from "../../scripts/directorySource";
import { loadModel } from "../model/loadModel";
import { baseParameters } from "../policy/parameters";
import type { PolicyParameters } from "../policy/policy";
import { judgeAnswer } from "../problems/judge";
import { survivorsDigest, tokensDigest } from "../trace/proof/digest";
import { generatedText, speedFigures } from "../trace/figures";
import { generatedTokens } from "../trace/replay";
import { decodeRunFile } from "../trace/file/runFile";
import type { Trace } from "../trace/trace";
import { createCpuBackend } from "./cpu/cpuBackend";
import type { RunRecipe } from "./protocol";
import { recordTrace } from "../../lab/recordTrace";

async function readShipped(file: string): Promise<Trace> {
  const bytes = await readFile(new URL(`../../public/runs/${file}`, import.meta.url));
  return decodeRunFile(bytes, file);
}

function recipeOf({ header, steps }: Trace): RunRecipe {
  return {
    promptText: header.promptText,
    expectedAnswer: header.expectedAnswer,
    policyId: header.policyId,
    parameters: { ...baseParameters, ...(header.parameters as Partial<PolicyParameters>) }, // as it was before newer rows
    sampling: header.sampling,
    maxNewTokens: header.maxNewTokens,
    hasTaps: steps[0].attention.values.length > 0,
  };
}

async function replay(shipped: Trace): Promise<Trace> {
  const loaded = await loadModel(directorySource("public/models/winnow-1m"));
  expect(loaded.digest).toBe(shipped.header.model.digest);
  const model = { config: loaded.config, weights: loaded.weights };
  const recipe = recipeOf(shipped);
  const { tokenizer } = loaded;
  const promptTokens = tokenizer.encode(recipe.promptText);
  const request = { model, tokenizer, promptTokens, recipe };
  return recordTrace(await createCpuBackend(model), shipped.header.model, request);
}

describe.each(index.filter((entry) => entry.file !== undefined))(
  "the shipped run $id",
  ({ file, bytes, verdict, policy, problem }) => {
    it("is what its index entry says", async () => {
      const shipped = await readShipped(file);
      expect(shipped.header.policyId).toBe(policy);
      expect(shipped.end).toBe("stopToken");
      expect(judgeAnswer(generatedText(shipped, shipped.steps.length - 1), problem.answer)).toBe(verdict);
      expect(await readFile(new URL(`../../public/runs/${file}`, import.meta.url))).toHaveLength(bytes);
      expect(bytes).toBeLessThan(600_000);
      expect(speedFigures(shipped, shipped.steps.length - 1).decodeTokensPerSecond).toBeGreaterThan(0);
    });

    it("is what the engine does today", async () => {
      const shipped = await readShipped(file);
      const today = await replay(shipped);
      const last = shipped.steps.length - 1;
      expect(tokensDigest(generatedTokens(today, last))).toBe(tokensDigest(generatedTokens(shipped, last)));
      expect(survivorsDigest(today.events)).toBe(survivorsDigest(shipped.events));
      expect(today.end).toBe(shipped.end);
      const evidence = ({ events }: Trace) =>
        events.map(({ excusedSlots, votingHeads }) => [excusedSlots, votingHeads]);
      expect(evidence(today)).toEqual(evidence(shipped));
    });
  },
);
