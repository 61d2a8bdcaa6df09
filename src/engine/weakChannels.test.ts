import { describe, expect, it } from "vitest";
import { randomStream } from "../lib/random";
import { createKvStore } from "./cpu/kvStore";
import { plainCodec } from "./cpu/plainKv";
import { createQueryRing, rememberQuery } from "./cpu/queryRing";
import { clearWeakChannels } from "./cpu/weakChannels";
import { essence, openLoop, runSteps, type Case } from "./driveLoop.testing";
import { tinyConfig } from "./seededModel.testing";

const thin: Case = {
  ...{ policyId: "snapKv", promptCount: 40, maxNewTokens: 30 },
  ...{ budgetSlots: 24, windowSlots: 4, intervalSteps: 8, storage: "thin", weakChannels: 0.5 },
};
const run = async (given: Case) => essence(await runSteps(await openLoop(given)));

describe("weak key channels", () => {
  it("are those that the newest queries weigh least, and 0 in every key of the prompt", () => {
    const { layerCount, kvHeadCount, headCount, headDim } = tinyConfig;
    const stream = randomStream(3);
    const random = (count: number): Float32Array => Float32Array.from({ length: count }, () => stream.uniform() - 0.5);
    const kv = createKvStore(tinyConfig, new Int32Array(layerCount).fill(kvHeadCount * 12), plainCodec);
    const ring = createQueryRing(tinyConfig, 4);
    for (let slot = 0; slot < 10; slot++) {
      for (let layer = 0; layer < layerCount; layer++) {
        const [keys, values] = [random(kvHeadCount * headDim), random(kvHeadCount * headDim)];
        const slots = new Int32Array(kvHeadCount).fill(slot);
        kv.layers[layer].storeToken({ slots, keys, values, unrotatedKeys: null, place: slot });
        const queries = random(headCount * headDim);
        // Nobody asks for channel 1, and hardly anybody for channel 2 in the second KV head.
        for (let at = 1; at < queries.length; at += headDim) queries[at] = 0;
        for (let at = queries.length / 2 + 2; at < queries.length; at += headDim) queries[at] *= 1e-3;
        rememberQuery(ring, layer, slot, queries);
      }
    }
    const before = kv.layers[1].keys(1, 10).slice();
    const values = kv.layers[1].values(1, 10).slice();
    clearWeakChannels({ config: tinyConfig, kv, ring, promptCount: 10 }, { queryRows: 4, share: 2 / headDim });
    const isWeak = (at: number): boolean => [1, 2].includes(at % headDim);
    expect([...kv.layers[1].keys(1, 10)]).toEqual([...before].map((entry, at) => (isWeak(at) ? 0 : entry)));
    expect(kv.layers[1].values(1, 10)).toEqual(values);
  });

  it("change nothing where none is to go, and the run where half are", async () => {
    const plain = await run({ ...thin, storage: "asComputed" });
    expect(await run({ ...thin, weakChannels: 0 })).toEqual(plain);
    const found = await run(thin);
    expect(found[0].entropy).toBe(plain[0].entropy); // the prompt itself is read with whole keys
    expect(found).not.toEqual(plain);
  });

  it("are the same after a lost device", async () => {
    const first = await openLoop(thin);
    await runSteps(first, 12);
    const resumed = await openLoop(thin, { history: first.history() });
    expect(essence(await runSteps(resumed))).toEqual((await run(thin)).slice(12));
  });

  it.each<[string, Partial<Case>, string]>([
    ["under new positions", { departure: "rerotate", schedule: "once" }, "would mix the channels"],
    ["beside latents", { reading: "latents", grouping: "wholeChunks", groupingSlots: 1 }, "no channels to set to 0"],
  ])("are refused %s", async (_, more, words) => {
    await expect(openLoop({ ...thin, ...more })).rejects.toThrow(words);
  });
});
