// A run compared with the full cache: the run is unchanged, the figures are those of a second run on the same tokens.
import { describe, expect, it } from "vitest";
import { emptyRows, headCountOf, headRow } from "../cache/headRows";
import { InputError } from "../lib/errors";
import { greedySampling } from "../model/sampling";
import { effectiveParameters, policyById } from "../policy/policies";
import { survivorsDigest, tokensDigest } from "../trace/proof/digest";
import { regretByPosition } from "../trace/fullCacheComparison";
import { cacheSeenByStep } from "../trace/replay";
import type { Trace } from "../trace/trace";
import type { Backend, ForwardResult, Model, Session } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import type { DecodeLoop, DecodeLoopHistory, LoopStep } from "./decodeLoop";
import { createDecodeLoop } from "./decodeLoop";
import { runSteps } from "./driveLoop.testing";
import type { RunRecipe } from "./protocol";
import { recordTrace } from "../../lab/recordTrace";
import { seededModel, seededPrompt, tinyConfig, wordTokenizer } from "./seededModel.testing";
import { baseParameters } from "../policy/parameters";

const model = seededModel(5);
/** One query head per KV head: what taps say is then the head's own attention. */
const ungrouped = seededModel(6, { ...tinyConfig, headCount: 2 });
const tokenizer = wordTokenizer(tinyConfig.vocabularySize);
const headCount = headCountOf(tinyConfig);
const promptTokens = seededPrompt(9, 21);
const promptCount = promptTokens.length;
const summary = { ...tinyConfig, id: "tiny", label: "Tiny", parameterCount: 1, digest: "00" };

const tight: RunRecipe = {
  promptText: "",
  expectedAnswer: null,
  policyId: "gkv",
  parameters: effectiveParameters(policyById("gkv"), { budgetSlots: 12, windowSlots: 4, intervalSteps: 8 }),
  sampling: { ...greedySampling, temperature: 1, seed: 3 },
  maxNewTokens: 44,
  hasTaps: true,
  isCompared: true,
};

function ofPolicy(policyId: string): RunRecipe {
  const { budgetSlots, windowSlots, intervalSteps } = tight.parameters;
  const parameters = effectiveParameters(policyById(policyId), { budgetSlots, windowSlots, intervalSteps });
  return { ...tight, policyId, parameters };
}

async function record(recipe: RunRecipe, of: Model = model, backend?: Backend): Promise<Trace> {
  const request = { model: of, tokenizer, promptTokens, recipe };
  return recordTrace(backend ?? (await createCpuBackend(of)), summary, request);
}

async function openLoop(recipe: RunRecipe, history?: DecodeLoopHistory, backend?: Backend): Promise<DecodeLoop> {
  const request = { model, tokenizer, promptTokens, recipe };
  return createDecodeLoop(backend ?? (await createCpuBackend(model)), request, history);
}

const comparisonsOf = (steps: readonly Pick<LoopStep, "comparison">[]) => steps.map(({ comparison }) => comparison);
const wholeRun = record(tight);

describe("a run that is compared with the full cache", () => {
  it.each(["gkv", "h2o", "random", "streamingLlm", "fullCache"])("is the same without it: %s", async (policyId) => {
    const recipe = ofPolicy(policyId);
    const beside = await record(recipe);
    const alone = await record({ ...recipe, isCompared: false });
    expect(beside.steps.every(({ comparison }) => comparison !== undefined)).toBe(true);
    expect(alone.steps.some((step) => "comparison" in step)).toBe(false);
    const digestOf = ({ steps, events }: Trace) => [
      tokensDigest(steps.map(({ token }) => token)),
      survivorsDigest(events),
    ];
    expect(digestOf(beside)).toEqual(digestOf(alone));
    const measured = ({ steps }: Trace) => steps.map(({ comparison: _, timings: __, ...rest }) => rest);
    expect(measured(beside)).toEqual(measured(alone));
    expect(beside.events).toEqual(alone.events);
    expect(beside.header).toEqual(alone.header);
  });

  it("differs in nothing from a run that keeps everything", async () => {
    for (const { comparison } of (await record(ofPolicy("fullCache"))).steps) {
      expect(comparison).toMatchObject({ klNats: 0, isTopAgreed: true, regret: new Float32Array(0) });
      expect(comparison?.lostAttention).toEqual(new Float32Array(headCount));
    }
  });

  it("differs once a position is evicted, and not before", async () => {
    const { steps, events } = await wholeRun;
    expect(events[0].step).toBe(0);
    const [first, ...later] = steps.map(({ comparison }) => comparison);
    expect(first).toMatchObject({ klNats: 0, isTopAgreed: true, regret: new Float32Array(0) });
    for (const comparison of later) {
      expect(comparison?.klNats).toBeGreaterThan(0);
      const lost = comparison?.lostAttention.reduce((sum, share) => sum + share, 0) ?? NaN;
      expect(lost).toBeGreaterThan(0);
      expect(comparison?.lostAttention.every((share) => share <= 1.00001)).toBe(true);
      expect(comparison?.regret.reduce((sum, share) => sum + share, 0)).toBeCloseTo(lost, 5);
    }
    expect(later.some((comparison) => comparison?.isTopAgreed === false)).toBe(true);
  });
});

/** A session that keeps everything, fed the run's tokens by hand. */
async function followByHand(
  of: Model,
  trace: Trace,
  visit: (session: Session, result: ForwardResult) => Promise<void>,
): Promise<void> {
  const backend = await createCpuBackend(of);
  const session = await backend.createSession({
    slotCapacity: 100,
    positionCapacity: 100,
    windowSlots: 1,
    sampling: greedySampling,
    stopTokens: [],
    hasTaps: true,
    terms: ["windowAttention"],
    parameters: { ...baseParameters, groupPooling: "mean" },
  });
  await session.prefill(promptTokens);
  for (const { step } of trace.steps) {
    if (step > 0) session.decode(trace.steps[step - 1].token);
    await visit(session, await session.collect());
  }
}

/** Positions that a head no longer holds while a step reads the cache, from the trace's own replay. */
function evictedOf(trace: Trace, step: number, head: number): number[] {
  const held = new Set(headRow(cacheSeenByStep(trace, step), head));
  return Array.from({ length: promptCount + step }, (_, position) => position).filter((place) => !held.has(place));
}

function softmax(logits: Float32Array): number[] {
  const masses = Array.from(logits, (logit) => Math.exp(logit));
  const sum = masses.reduce((total, mass) => total + mass, 0);
  return masses.map((mass) => mass / sum);
}

describe("what the comparison says", () => {
  it("is what a run of the full cache on the same tokens gives when both are compared by hand", async () => {
    const trace = await wholeRun;
    const sums = new Float64Array(promptCount + trace.steps.length); // [position]
    await followByHand(model, trace, async (session, { step }) => {
      const { comparison, candidateTokens, token } = trace.steps[step];
      const full = softmax(await session.readLogits());
      const ranked = full.map((_, other) => other).sort((left, right) => full[right] - full[left]);
      expect(comparison?.chosenRank).toBe(1 + ranked.indexOf(token));
      expect(comparison?.isTopAgreed).toBe(ranked[0] === candidateTokens[0]);
      const { windowAttention = emptyRows(headCount, Float32Array) } = (await session.measureTerms()).terms;
      for (let head = 0; head < headCount; head++) {
        const lost = evictedOf(trace, step, head).map((position) => {
          const share = headRow(windowAttention, head)[position];
          sums[position] += share;
          return share;
        });
        expect(comparison?.lostAttention[head]).toBe(Math.fround(lost.reduce((sum, share) => sum + share, 0)));
      }
      regretByPosition(trace, step).forEach((regret, position) => expect(regret).toBeCloseTo(sums[position], 5));
    });
    expect(Math.max(...sums)).toBeGreaterThan(1);
  });

  it("agrees with the attention that the full cache records of itself, within its rounding", async () => {
    const trace = await record(tight, ungrouped);
    await followByHand(ungrouped, trace, (_, { step, attention, attentionScale }) => {
      for (let head = 0; head < headCount; head++) {
        const unit = attentionScale[head] / 255;
        const evicted = evictedOf(trace, step, head);
        const lost = evicted.reduce((sum, position) => sum + unit * headRow(attention, head)[position], 0);
        const found = trace.steps[step].comparison?.lostAttention[head] ?? NaN;
        expect(Math.abs(found - lost)).toBeLessThan(1e-5 + (evicted.length * unit) / 2);
      }
      return Promise.resolve();
    });
  });

  it("has the divergence of the run's own logits", async () => {
    const trace = await wholeRun;
    const runLogits: Float32Array[] = [];
    const cpu = await createCpuBackend(model);
    const watching: Backend = {
      ...cpu,
      async createSession(request) {
        const session = await cpu.createSession(request);
        const collect = async () => {
          runLogits.push(await session.readLogits());
          return session.collect();
        };
        return Object.assign(Object.create(session) as Session, { collect });
      },
    };
    await record({ ...tight, isCompared: false }, model, watching);
    await followByHand(model, trace, async (session, { step }) => {
      const full = softmax(await session.readLogits());
      const run = softmax(runLogits[step]);
      const kl = full.reduce((sum, share, token) => sum + share * Math.log(share / run[token]), 0);
      expect(trace.steps[step].comparison?.klNats).toBeCloseTo(kl, 8);
    });
  });
});

describe("the full cache keeps in step", () => {
  it.each([1, 8, 9, 17, 31])("when the run is rebuilt after %i steps", async (stepCount) => {
    const lost = await openLoop(tight);
    await runSteps(lost, stepCount);
    const history = lost.history();
    lost.dispose();
    const rest = await runSteps(await openLoop(tight, history));
    const { steps } = await wholeRun;
    expect(comparisonsOf(rest)).toEqual(steps.slice(stepCount).map(({ comparison }) => comparison));
  });

  it.each(["gkv", "fullCache"])("when %s is continued after the end, within its room and beyond", async (policyId) => {
    const recipe = ofPolicy(policyId);
    const whole = await runSteps(await openLoop(recipe));
    const loop = await openLoop({ ...recipe, maxNewTokens: 12 });
    const steps = await runSteps(loop);
    await loop.extend(3);
    steps.push(...(await runSteps(loop)));
    await loop.extend(29);
    steps.push(...(await runSteps(loop)));
    expect(steps.map(({ result }) => result.token)).toEqual(whole.map(({ result }) => result.token));
    expect(comparisonsOf(steps)).toEqual(comparisonsOf(whole));
  });

  it("when its prefill is cut short", async () => {
    const cpu = await createCpuBackend(model);
    let prefillCount = 0;
    const abort = new AbortController();
    const backend: Backend = {
      ...cpu,
      async createSession(request) {
        const session = await cpu.createSession(request);
        const prefill: Session["prefill"] = (tokens, signal) => {
          // The run's own comes first, the full cache's second.
          if (++prefillCount === 2) abort.abort(new Error("stopped"));
          return session.prefill(tokens, signal);
        };
        return Object.assign(Object.create(session) as Session, { prefill });
      },
    };
    const loop = await openLoop(tight, undefined, backend);
    await expect(loop.next(abort.signal)).rejects.toThrow("stopped");
    expect(comparisonsOf(await runSteps(loop))).toEqual((await wholeRun).steps.map(({ comparison }) => comparison));
    // Its own forward is kept while the full cache begins again.
    expect(prefillCount).toBe(3);
  });

  it("and one step of it is not cut short, so that a pause costs nothing", async () => {
    const loop = await openLoop(tight);
    const steps = await runSteps(loop, 10);
    const abort = new AbortController();
    const next = loop.next(abort.signal);
    abort.abort(new Error("paused"));
    steps.push(await next, ...(await runSteps(loop)));
    expect(comparisonsOf(steps)).toEqual((await wholeRun).steps.map(({ comparison }) => comparison));
  });
});

it("ends in plain words where the full cache finds no room, and gives back what the run had", async () => {
  const cpu = await createCpuBackend(model);
  let disposedCount = 0;
  const backend: Backend = {
    ...cpu,
    async createSession(request) {
      if (request.slotCapacity > 30) throw new InputError(`the GPU has no room for ${request.slotCapacity} slots`);
      const session = await cpu.createSession(request);
      return Object.assign(Object.create(session) as Session, { dispose: () => disposedCount++ });
    },
  };
  const opening = openLoop(tight, undefined, backend);
  await expect(opening).rejects.toThrow(
    "the full cache to compare with finds no room next to the run: the GPU has no room for 64 slots; " +
      "run without the comparison, or for fewer tokens",
  );
  await expect(opening).rejects.toBeInstanceOf(InputError);
  expect(disposedCount).toBe(1);
});
