// Lanes that follow the full cache: all are fed its tokens, and each is compared with it.
import { beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import type { Trace } from "../trace/trace";
import type { Backend, Session } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import { createDecodeLoop } from "./decodeLoop";
import {
  ends,
  essence,
  forced,
  free,
  loadedBench,
  order,
  recipeOf,
  start,
  tokensOf,
  traces,
  tracesOf,
  withConfig,
} from "./driveLanes.testing";
import { runSteps } from "./driveLoop.testing";
import { alone } from "./hostBench.testing";
import type { BenchOptions } from "./hostBench.testing";
import { recordLanes } from "../../lab/recordTrace";
import { seededModel, tinyConfig, wordTokenizer } from "./seededModel.testing";
import type { RunRecipe } from "./protocol";

const lanes = ["gkv", "fullCache", "random", "snapKv"].map((policyId) => recipeOf(policyId));
let whole: Trace[];
let fullTokens: number[];

beforeAll(async () => {
  whole = await traces(forced(lanes));
  fullTokens = tokensOf((await traces(alone(recipeOf("fullCache"))))[0]);
});

const comparisonsOf = ({ steps }: Trace) => steps.map(({ comparison }) => comparison);

describe("forced lanes", () => {
  it("take the tokens that the full cache generates on its own, and their headers say so", () => {
    for (const trace of whole) {
      expect(tokensOf(trace)).toEqual(fullTokens);
      expect(trace.header.isForced).toBe(true);
    }
  });

  it("leave a lane of the full cache as it is alone, and find no difference in it", async () => {
    const [unforced] = await traces(alone(recipeOf("fullCache")));
    expect("isForced" in unforced.header).toBe(false);
    for (const [step, { comparison, timings: _, ...record }] of whole[1].steps.entries()) {
      const { timings: __, ...expected } = unforced.steps[step];
      expect(record).toEqual(expected);
      expect(comparison).toMatchObject({ klNats: 0, isTopAgreed: true, regret: new Float32Array(0) });
    }
  });

  it("take the tokens given first, then the full cache's own", async () => {
    const given = [fullTokens[2], fullTokens[0], fullTokens[1]];
    for (const trace of await traces({ ...forced(lanes), fedTokens: given })) {
      const tokens = tokensOf(trace);
      expect(tokens.slice(0, 3)).toEqual(given);
      expect(tokens.length).toBeGreaterThan(3);
      expect(trace.header.isForced).toBe(true);
    }
  });

  it.each([0, 2, 3])("are compared as lane %i alone would be on these tokens", async (lane) => {
    const { model, tokenizer, recorded } = await onTinyModel(lanes);
    const tokens = tokensOf(recorded[lane]);
    const backend = drawing(tokens, await createCpuBackend(model));
    const promptTokens = tokenizer.encode(PROMPT);
    const recipe = { ...lanes[lane], promptText: PROMPT, isCompared: true };
    const steps = await runSteps(await createDecodeLoop(backend, { model, tokenizer, promptTokens, recipe }));
    expect(steps.map(({ result }) => result.token)).toEqual(tokens);
    expect(comparisonsOf(recorded[lane])).toEqual(steps.map(({ comparison }) => comparison));
    expect(recorded[lane].events).toEqual(steps.flatMap(({ eviction }) => eviction ?? []));
    expect(Math.max(...recorded[lane].steps.map(({ comparison }) => comparison?.klNats ?? NaN))).toBeGreaterThan(0.01);
  });

  it("give the forced token the probability that the lane itself gave it", async () => {
    const greedy = lanes.map((recipe) => ({ ...recipe, sampling: { ...recipe.sampling, temperature: 0 } }));
    const { recorded } = await onTinyModel(greedy);
    let otherCount = 0; // a greedy lane's own token is its first candidate
    for (const record of recorded.flatMap(({ steps }) => steps)) {
      const { token, logProbability, candidateTokens, candidateLogProbabilities } = record;
      const place = candidateTokens.indexOf(token);
      if (place === -1) expect(logProbability).toBeLessThanOrEqual(candidateLogProbabilities[7]);
      else expect(logProbability).toBeCloseTo(candidateLogProbabilities[place], 5);
      if (place > 0) otherCount++;
    }
    expect(otherCount).toBeGreaterThan(5);
  });

  it("sample as the first lane does, and make no comparison of their own", async () => {
    const sampling = { ...lanes[0].sampling, seed: 77 };
    let sessionCount = 0;
    const edge = watchingSessions(() => sessionCount++);
    const mixed = [lanes[0], ...lanes.slice(1).map((recipe) => ({ ...recipe, sampling, isCompared: true }))];
    const found = await traces(forced(mixed), { edge });
    expect(found.map(essence)).toEqual(whole.map(essence));
    expect(sessionCount).toBe(lanes.length + 1);
  });

  it("all end at a stop token of the full cache, and go on behind it when continued", async () => {
    const stop = fullTokens[9];
    const endStep = fullTokens.indexOf(stop);
    const bench = await loadedBench(withConfig({ eos_token_id: [stop] }));
    start(bench, forced(lanes));
    await bench.waitForEnds(1, 4);
    expect(ends(bench)).toEqual([0, 1, 2, 3].map((lane) => [lane, "stopToken"]));
    expect(order(bench)).toHaveLength(4 * (endStep + 1));
    const from = bench.events.length;
    bench.send({ type: "continue", run: 1, extraTokens: 1 });
    await bench.waitForEnds(1, 4, from);
    for (const trace of tracesOf(bench, forced(lanes)))
      expect(tokensOf(trace)).toEqual(fullTokens.slice(0, endStep + 2));
  });
});

const PROMPT = "w3 w9 w14 w2 w31 w7 w40 w11 w22 w5";

/** Lanes on the seeded model, whose tokens differ from step to step more than those of the bench's. */
async function onTinyModel(recipes: readonly RunRecipe[]) {
  const model = seededModel(5);
  const tokenizer = wordTokenizer(tinyConfig.vocabularySize);
  const summary = { ...tinyConfig, id: "tiny", label: "Tiny", parameterCount: 1, digest: "00" };
  const request = forced(recipes.map((recipe) => ({ ...recipe, promptText: PROMPT })));
  const recorded = await recordLanes(await createCpuBackend(model), summary, { model, tokenizer, request });
  return { model, tokenizer, recorded };
}

/** A backend whose first session says that it drew these tokens, whatever it drew. */
function drawing(tokens: readonly number[], backend: Backend): Backend {
  let sessionCount = 0;
  return {
    ...backend,
    async createSession(request) {
      const session = await backend.createSession(request);
      if (++sessionCount > 1) return session;
      const collect: Session["collect"] = async () => {
        const result = await session.collect();
        return { ...result, token: tokens[result.step] };
      };
      return Object.assign(Object.create(session) as Session, { collect });
    },
  };
}

function watchingSessions(onSession: () => void): BenchOptions["edge"] {
  return {
    createCpuBackend: async (model) => {
      const cpu = await createCpuBackend(model);
      return {
        ...cpu,
        createSession: (request) => {
          onSession();
          return cpu.createSession(request);
        },
      };
    },
  };
}

describe("what cannot be forced", () => {
  it("is a lane with another prompt", async () => {
    const bench = await loadedBench();
    start(bench, forced([lanes[0], { ...lanes[1], promptText: "a b" }]));
    expect((await bench.waitFor("failed")).message).toContain("lane 2 has another prompt than lane 1");
    start(bench, free([lanes[0], { ...lanes[1], promptText: "a b" }]));
    await bench.waitForEnds(1, 2);
  });

  it("is a run whose full cache finds no room, in plain words", async () => {
    const bench = await loadedBench({
      edge: {
        createCpuBackend: async (model) => {
          const cpu = await createCpuBackend(model);
          return {
            ...cpu,
            createSession: (request) => {
              if (request.slotCapacity > 30)
                throw new InputError(`the GPU has no room for ${request.slotCapacity} slots`);
              return cpu.createSession(request);
            },
          };
        },
      },
    });
    start(bench, forced([lanes[0], lanes[2]]));
    expect((await bench.waitFor("failed")).message).toBe(
      "the full cache that the lanes follow finds no room: the GPU has no room for 31 slots; " +
        "ask for fewer tokens, or let each lane follow its own",
    );
  });
});
