// The CPU backend against transformers: tiny checkpoints of every architecture, and the shipped model.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { directorySource } from "../../../scripts/directorySource";
import { loadModel } from "../../model/loadModel";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { PolicyParameters } from "../../policy/policy";
import { judgeAnswer } from "../../problems/judge";
import { maxDifficulty } from "../../problems/dial";
import { drawProblem } from "../../problems/families";
import type { Problem } from "../../problems/problem";
import type { Model, Session } from "../backend";
import { createDecodeLoop } from "../decodeLoop";
import { createCpuBackend } from "./cpuBackend";
import { baseParameters } from "../../policy/parameters";

const RELATIVE_TOLERANCE = 1e-4;

interface CheckpointReference {
  readonly tokens: readonly number[];
  readonly greedyTokens: readonly number[];
  readonly prefillLogits: string; // [position][token]
  readonly stepLogits: string; // [position][token]
}

interface ShippedReference {
  readonly cases: readonly {
    readonly id: string;
    readonly promptTokens: readonly number[];
    readonly greedyTokens: readonly number[];
    readonly afterPrefill: string; // [token]
    readonly afterSteps: string; // [token]
  }[];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

function decodeFloats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer);
}

/** max |found − expected| / max |expected| */
function relativeError(found: Float32Array, expected: Float32Array): number {
  expect(found).toHaveLength(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return found.reduce((most, value, token) => Math.max(most, Math.abs(value - expected[token])), 0) / largest;
}

async function openSession(model: Model, slotCapacity: number): Promise<Session> {
  const backend = await createCpuBackend(model);
  return backend.createSession({
    slotCapacity,
    positionCapacity: slotCapacity,
    windowSlots: 1,
    sampling: greedySampling,
    stopTokens: [],
    hasTaps: false,
    terms: [],
    parameters: baseParameters,
  });
}

async function generate(session: Session, tokenCount: number): Promise<number[]> {
  const tokens = [(await session.collect()).token];
  while (tokens.length < tokenCount) {
    session.decode();
    tokens.push((await session.collect()).token);
  }
  return tokens;
}

const checkpoints = "fixtures/checkpoints";

describe.each(readdirSync(checkpoints))("the checkpoint %s", (name) => {
  const folder = `${checkpoints}/${name}`;
  const reference = readJson(`${folder}/reference.json`) as CheckpointReference;
  const tokens = Int32Array.from(reference.tokens);
  const logitsAt = (base64: string, position: number): Float32Array => {
    const all = decodeFloats(base64);
    const width = all.length / tokens.length;
    return all.subarray(position * width, (position + 1) * width);
  };

  it("gives the reference's logits after a prefill of every length", async () => {
    const model = await loadModel(directorySource(folder));
    for (let position = 0; position < tokens.length; position++) {
      const session = await openSession(model, tokens.length);
      await session.prefill(tokens.subarray(0, position + 1));
      const expected = logitsAt(reference.prefillLogits, position);
      expect(relativeError(await session.readLogits(), expected)).toBeLessThan(RELATIVE_TOLERANCE);
    }
  });

  it("gives the reference's logits token by token, with the bits of the prefill", async () => {
    const model = await loadModel(directorySource(folder));
    const session = await openSession(model, tokens.length);
    await session.prefill(tokens.subarray(0, 1));
    for (let position = 0; position < tokens.length; position++) {
      if (position > 0) session.decode(tokens[position]);
      const expected = logitsAt(reference.stepLogits, position);
      expect(relativeError(await session.readLogits(), expected)).toBeLessThan(RELATIVE_TOLERANCE);
    }
    const whole = await openSession(model, tokens.length);
    await whole.prefill(tokens);
    expect(await session.readLogits()).toEqual(await whole.readLogits());
  });

  it("continues greedily with the reference's 64 tokens", async () => {
    const session = await openSession(await loadModel(directorySource(folder)), tokens.length + 64);
    await session.prefill(tokens);
    expect(await generate(session, 64)).toEqual(reference.greedyTokens);
  });
});

describe("the shipped model", () => {
  const shipped = loadModel(directorySource("public/models/winnow-1m"));
  const reference = readJson("src/model/fixtures/shippedReference.json") as ShippedReference;

  it.each(reference.cases)("gives the reference's logits and tokens on $id", async (given) => {
    const session = await openSession(await shipped, 128);
    await session.prefill(Int32Array.from(given.promptTokens));
    const afterPrefill = await session.readLogits();
    expect(relativeError(afterPrefill, decodeFloats(given.afterPrefill))).toBeLessThan(RELATIVE_TOLERANCE);
    const tokens = await generate(session, given.greedyTokens.length);
    expect(tokens).toEqual(given.greedyTokens);
    session.decode();
    const afterSteps = await session.readLogits();
    expect(relativeError(afterSteps, decodeFloats(given.afterSteps))).toBeLessThan(RELATIVE_TOLERANCE);
  });

  async function solve(problem: Problem, policyId: string, choices: Partial<PolicyParameters>): Promise<string> {
    const model = await shipped;
    const promptTokens = model.tokenizer.encode(problem.prompt);
    const recipe = {
      promptText: problem.prompt,
      expectedAnswer: problem.answer,
      policyId,
      parameters: effectiveParameters(policyById(policyId), choices),
      sampling: greedySampling,
      maxNewTokens: 500,
      hasTaps: false,
    };
    const loop = await createDecodeLoop(await createCpuBackend(model), {
      model,
      tokenizer: model.tokenizer,
      promptTokens,
      recipe,
    });
    const tokens: number[] = [];
    for (;;) {
      const { result, end } = await loop.next();
      tokens.push(result.token);
      if (end !== null) return model.tokenizer.decode(tokens);
    }
  }

  /** At full difficulty, drawn from seeds that no training uses; 507 tokens on average. */
  const walks = [900_000, 900_001, 900_002, 900_003].map((seed) => drawProblem("walk", maxDifficulty, seed));

  it("solves a problem with the full cache without a mistake", async () => {
    const [problem] = walks;
    expect(await solve(problem, "fullCache", {})).toBe(problem.trace);
  });

  // The product's claim in small: what the past scored decides, at a quarter of the length.
  it(
    "solves most problems under G-KV at 127 slots and none by the last window's score alone",
    { timeout: 60_000 },
    async () => {
      const budget = { budgetSlots: 127, windowSlots: 16, intervalSteps: 16 };
      const verdicts = async (policyId: string, choices: Partial<PolicyParameters>) => {
        const texts = await Promise.all(walks.map((problem) => solve(problem, policyId, { ...budget, ...choices })));
        return texts.filter((text, at) => judgeAnswer(text, walks[at].answer) === "right").length;
      };
      expect(await verdicts("gkv", {})).toBeGreaterThanOrEqual(3);
      expect(await verdicts("snapKv", { poolingSlots: 1 })).toBe(0);
    },
  );
});
