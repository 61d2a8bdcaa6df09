import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { toleranceOf } from "./compare";
import { beside, findCases } from "./findCases";
import { caseKinds, isSupportedKind, kindOf, runCase, skippedName } from "./runCase";
import type { TermProbe } from "./termProbe";
import { cpuTermProbe } from "./termProbe";

const allCases = await findCases([fileURLToPath(new URL("../../fixtures/golden", import.meta.url))]);
const cases = allCases.filter(({ json }) => skippedName(json) === null);

function caseNamed(id: string): Record<string, unknown> {
  const found = cases.find(({ file }) => file.endsWith(`/${id}.json`));
  return structuredClone(found?.json) as Record<string, unknown>;
}

async function failuresOf(json: unknown, probe: TermProbe = cpuTermProbe, file = ""): Promise<string[]> {
  const comparisons = await runCase(json, { probe, tolerance: toleranceOf.cpu, readBeside: beside(file) });
  return comparisons.filter(({ isEqual }) => !isEqual).map(({ field, detail }) => `${field}: ${detail}`);
}

it.each(cases.map((found) => [found.file.split("/").pop() ?? found.file, found] as const))(
  "agrees with the reference on %s",
  async (_, { file, json }) => {
    expect(await failuresOf(json, cpuTermProbe, file)).toEqual([]);
  },
);

// A fixture folder that went missing must not look like success.
it("has a case of every kind", () => {
  expect(caseKinds.filter((kind) => !cases.some((found) => found.kind === kind))).toEqual([]);
});

describe("a case that differs", () => {
  it("fails on a position that the product does not keep", async () => {
    const json = caseNamed("loop-gkv_max-0");
    const events = json.events as { expected: { kept_positions: number[][] } }[];
    events[1].expected.kept_positions[0][2]++;
    const failures = await failuresOf(json);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^events\[1\]\.expected\.kept_positions: \[0\]\[2\] is \d+, recorded \d+$/);
  });

  it("fails on an option in force that is not the recorded one", async () => {
    const json = caseNamed("loop-gkv_max-0");
    json.config = { ...(json.config as object), alpha: 0.7 };
    expect(await failuresOf(json)).not.toEqual([]);
  });

  it("fails on attention that is off by a thousandth", async () => {
    const probe: TermProbe = {
      ...cpuTermProbe,
      windowAttention: async (input) => (await cpuTermProbe.windowAttention(input)).map((value) => value * 1.001),
    };
    expect(await failuresOf(caseNamed("attn-0"), probe)).toHaveLength(1);
  });

  it("fails on attention that is not a number", async () => {
    const probe: TermProbe = {
      ...cpuTermProbe,
      windowAttention: async (input) => (await cpuTermProbe.windowAttention(input)).fill(NaN),
    };
    expect((await failuresOf(caseNamed("attn-0"), probe))[0]).toContain("is NaN");
  });
});

describe("a broken case", () => {
  it.each([
    ["a missing field", { keys: undefined }, "keys: "],
    [
      "a shape that contradicts the sizes",
      { dims: { kv_heads: 3, q_heads: 3, head_dim: 8, batch: 1, kv_len: 20 } },
      "keys.shape: ",
    ],
    [
      "heads that do not divide",
      { dims: { kv_heads: 2, q_heads: 3, head_dim: 8, batch: 1, kv_len: 20 } },
      "dims: 3 query heads",
    ],
    [
      "a count out of bounds",
      { dims: { kv_heads: 2, q_heads: 2, head_dim: 1e300, batch: 1, kv_len: 20 } },
      "dims.head_dim: expected a count",
    ],
    ["data cut short", { keys: { dtype: "f32", shape: [1, 2, 20, 8], b64: "AAAA" } }, "keys.b64: expected 1280 bytes"],
    ["data that is not base64", { keys: { dtype: "f32", shape: [1, 2, 20, 8], b64: "?" } }, "keys.b64 is not base64"],
    [
      "padding in the middle",
      { attention_mask: [[...new Array<number>(10).fill(1), 0, ...new Array<number>(9).fill(1)]] },
      "attention_mask[0]: expected padding on the left",
    ],
  ])("is one failure that names %s", async (_, change, message) => {
    const failures = await failuresOf({ ...caseNamed("attn-0"), ...change });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain(message);
  });
});

it("leaves everything unchanged if the cache does not exceed the budget", async () => {
  const json = caseNamed("update-carry-4");
  const inputs = json.inputs as { positions: unknown; score_cache: unknown };
  const unchanged = { kept_positions: inputs.positions, score_cache: inputs.score_cache };
  json.config = { ...(json.config as object), budget: 36 };
  expect(await failuresOf({ ...json, expected: unchanged })).toEqual([]);
  expect(await failuresOf(json)).not.toEqual([]);
});

it("does not loop for ever on an interval of 0", async () => {
  const json = caseNamed("mask-history-0");
  json.loop = { prompt_len: 10, divide_length: 0 };
  expect(await failuresOf(json)).toEqual(["case: divide_length: expected at least 1, found 0"]);
});

it("distinguishes cases from other JSON by their kind", () => {
  expect([kindOf({ kind: "gkv.decode_loop" }), kindOf({ cases: [] }), kindOf([1]), kindOf(null)]).toEqual([
    "gkv.decode_loop",
    null,
    null,
    null,
  ]);
  expect([isSupportedKind("gkv.update_kv"), isSupportedKind("kvpress.scene"), isSupportedKind("toString")]).toEqual([
    true,
    false,
    false,
  ]);
});

describe("a press", () => {
  it("is skipped by name where no policy answers to it, and never passed", () => {
    const press = (name: string) => skippedName({ kind: "kvpress.scorer", press: name });
    expect([press("KnormPress"), press("DMSPress"), press("toString")]).toEqual([
      null,
      "kvpress.scorer DMSPress",
      "kvpress.scorer toString",
    ]);
  });

  it("fails clearly without its scene", async () => {
    const json = caseNamed("knorm--scene-a");
    const [failure] = await failuresOf({ ...json, scene: "scene-x" }, cpuTermProbe, "fixtures/golden/kvpress/x.json");
    expect(failure).toContain("scene-x.json cannot be read; the case needs it");
    expect((await failuresOf({ ...json, scene: "../scene-a" }))[0]).toContain("cannot be read");
  });

  it("fails on a score and on a kept token that differ", async () => {
    const scene = allCases.find(({ file }) => file.endsWith("/scene-b.json"))?.file;
    const json = caseNamed("knorm--scene-a");
    const failures = await failuresOf({ ...json, scene: "scene-b" }, cpuTermProbe, scene);
    expect(failures.length).toBeGreaterThan(0);
    const expected = json.expected as { kept_sorted: number[][][] };
    expected.kept_sorted[0][1][0]--;
    expect(await failuresOf(json, cpuTermProbe, scene)).toEqual([expect.stringContaining("kept_sorted: [0][1][0] is")]);
  });
});
