// The fixture checkpoints cover every architecture, type, spelling and file layout; each must read as it was written.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { directorySource } from "../../scripts/directorySource";
import type { ModelConfig } from "./config";
import { fullLayers } from "./layerConfig";
import { loadModel } from "./loadModel";
import { parseReferenceRun } from "./referenceRun.testing";

const root = fileURLToPath(new URL("../../fixtures/checkpoints/", import.meta.url));

const slow = { ropeTheta: 2e6, ropeScaling: null };

const cases: [string, number, Partial<ModelConfig>][] = [
  [
    "llama-grouped",
    70608,
    {
      architecture: "llama",
      headCount: 6,
      kvHeadCount: 2,
      headDim: 8,
      isTied: false,
      layers: fullLayers(3, {
        ropeTheta: 10000,
        ropeScaling: {
          type: "llama3",
          factor: 8,
          lowFrequencyFactor: 1,
          highFrequencyFactor: 4,
          originalMaxPositions: 32,
        },
      }),
    },
  ],
  [
    "llama-tied",
    35720,
    {
      headDim: 12,
      isTied: true,
      layers: fullLayers(2, { ropeTheta: 5000, ropeScaling: { type: "linear", factor: 2.5 } }),
    },
  ],
  [
    "qwen2",
    81472,
    {
      architecture: "qwen2",
      hasQkvBias: true,
      layers: fullLayers(2, { ropeTheta: 1e6, ropeScaling: null }),
    },
  ],
  [
    "smollm3",
    88752,
    {
      architecture: "smollm3",
      layers: [true, false, true, false].map((isRotated) => ({ rope: isRotated ? slow : null, window: null })),
    },
  ],
  [
    "gemma3",
    121744,
    {
      ...{ architecture: "gemma3", hasQkNorm: true, hasBranchNorms: true, activation: "geluTanh", isTied: true },
      embeddingScale: Math.fround(Math.sqrt(48)),
      queryScale: Math.sqrt(16 / 24),
      layers: [false, false, true, false, true].map((isGlobal) =>
        isGlobal
          ? { rope: { ropeTheta: 1e6, ropeScaling: { type: "linear", factor: 4 } }, window: null }
          : { rope: { ropeTheta: 1e4, ropeScaling: null }, window: 12 },
      ),
    },
  ],
  ["qwen3-sharded", 94176, { architecture: "qwen3", hasQkNorm: true, headDim: 24, hiddenSize: 48, isTied: false }],
];

describe.each(cases)("fixture %s", (name, parameterCount, config) => {
  const folder = root + name;
  const run = parseReferenceRun(readFileSync(`${folder}/reference.json`, "utf8"));

  it("loads with the shape it was made with", async () => {
    const model = await loadModel(directorySource(folder));
    expect(model.config).toMatchObject({ ...config, stopTokens: [2] });
    expect(model.parameterCount).toBe(parameterCount);
    expect(model.tokenizer.vocabularySize).toBe(model.config.vocabularySize);
  });

  it("has a tokenizer that agrees with the one that made it", async () => {
    const { tokenizer } = await loadModel(directorySource(folder));
    expect([...tokenizer.encode(run.text)]).toEqual(run.tokens);
    expect(tokenizer.decode(run.tokens)).toBe(run.text);
    const texts = run.tokens.map((token) => tokenizer.tokenText(token));
    expect(texts.join("").trimStart()).toBe(run.text);
  });

  it("has reference logits for every position of its text, the same both ways", () => {
    expect(run.tokens).toHaveLength(40);
    expect(run.greedyTokens).toHaveLength(64);
    expect(run.prefillLogits).toHaveLength(40 * run.vocabularySize);
    const largest = run.prefillLogits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
    const apart = run.prefillLogits.map((logit, i) => Math.abs(logit - run.stepLogits[i]));
    expect(Math.max(...apart)).toBeLessThan(1e-5 * largest);
  });
});
