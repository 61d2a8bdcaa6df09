// What a person reads after the replay of a link, from true proofs of drawn runs.
import { describe, expect, it } from "vitest";
import { drawRandomTrace, drawTrace } from "../../trace/drawTrace.testing";
import { proveRun } from "../../trace/proof/proof";
import { checkProof } from "../../trace/proof/proofCheck";
import type { Trace } from "../../trace/trace";
import type { FedVerdict, NearTie, ReplayVerdict } from "../../trace/proof/verdict";
import { replayReport } from "./replayWords";

const run = (picture: string): Trace => ({ ...drawTrace({ prompt: "The cat sat" }, picture), end: "length" });
const one = run("on\nthe   evicts The | cat\nmat");
const swapped = run("on\nthe   evicts cat | cat\nmat");
const verdict = (promised: Trace, here: Trace): ReplayVerdict => checkProof(proveRun(promised), here);

describe("the report of a replay", () => {
  it("is one line with the sums where every lane came out as promised", () => {
    expect(replayReport([verdict(one, one)])).toEqual({
      tone: "reproduced",
      headline: "Reproduced exactly: 3 tokens and 1 event.",
      lines: [],
    });
    expect(replayReport([verdict(one, one), verdict(swapped, swapped)])?.headline).toBe(
      "Reproduced exactly: 6 tokens and 2 events in 2 lanes.",
    );
  });

  it("leads to the first event whose survivors differ, and to its closest cut", () => {
    const report = replayReport([verdict(swapped, one)]);
    expect(report?.tone).toBe("differs");
    expect(report?.headline).toBe("The same 3 tokens, but other tokens were kept.");
    expect(report?.lines[0].place).toMatchObject({ lane: 0, step: 1, focus: { layer: 0 } });
  });

  it("leads to the step at which the tokens part", () => {
    const other: Trace = { ...one, steps: one.steps.map((step) => (step.step === 2 ? { ...step, token: 77 } : step)) };
    const report = replayReport([verdict(one, one), verdict(other, one)]);
    expect(report).toMatchObject({ tone: "differs", headline: "Reproduced in 1 of 2 lanes." });
    expect(report?.lines.map(({ laneNumber, place }) => [laneNumber, place?.step, place?.pinned])).toEqual([
      [1, undefined, undefined],
      [2, 2, "chosen"],
    ]);
  });

  it("does not call reproduced what was not compared, or not in full", () => {
    const damaged: ReplayVerdict = { type: "incomplete", reason: "damagedProof" };
    expect(replayReport([damaged])).toMatchObject({ tone: "open", headline: "Not compared." });
    const tokensOnly = checkProof({ tokensDigest: proveRun(one).tokensDigest, detail: null }, one);
    expect(replayReport([tokensOnly])?.headline).toBe("Reproduced: the same 3 tokens.");
    expect(replayReport([verdict(one, one), null])?.lines[1].words).toBe("The link has no proof for this lane.");
  });

  it("is none where the link vouches for nothing", () => {
    expect(replayReport([])).toBeNull();
    expect(replayReport([null, null])).toBeNull();
  });

  it("says reproduced of every run against itself, and never of a run with another token", () => {
    for (let seed = 0; seed < 60; seed++) {
      const drawn: Trace = { ...drawRandomTrace(seed), end: "length" };
      expect(replayReport([verdict(drawn, drawn)])?.headline).toMatch(/^Reproduced exactly/);
      const steps = drawn.steps.map((step, place) =>
        place === seed % drawn.steps.length ? { ...step, token: 99 } : step,
      );
      if (drawn.steps[seed % drawn.steps.length].token === 99) continue;
      expect(replayReport([verdict({ ...drawn, steps }, drawn)])?.tone).not.toBe("reproduced");
    }
  });
});

it("names near ties one by one, and leads to each", () => {
  const tie = (step: number): NearTie => ({
    ...{ step, layer: 1, kvHead: 0, margin: 0.004, marginThere: step === 8 ? 0.003 : null },
    keptThere: { position: 3, text: "left " },
    keptHere: { position: 9, text: "right " },
  });
  const fed: FedVerdict = {
    ...{ type: "fed", tokenCount: 30, eventCount: 4, promisedEventCount: 4, survivorCount: 100 },
    nearTies: [8, 16, 24, 24, 24, 24, 24, 24].map(tie),
    ...{ followingCount: 2, untold: null, other: null, ownChoices: null },
  };
  const report = replayReport([fed]);
  expect(report).toMatchObject({ tone: "near", headline: "The same survivors but for 8 near ties." });
  expect(report?.lines).toHaveLength(8);
  expect(report?.lines[1]).toEqual({
    laneNumber: null,
    words:
      "Step 8, layer 1, KV head 0: the run of the link kept “left” (position 3), this one “right” (position 9); margin 0.4 %, in that run 0.3 %.",
    place: { lane: 0, step: 8, focus: tie(8), pinned: 9 },
  });
  expect(report?.lines.at(-1)?.words).toBe("And 2 more near ties.");
  expect(replayReport([{ ...fed, nearTies: [] }])).toMatchObject({
    tone: "reproduced",
    headline: "Reproduced: the same 30 tokens and survivors.",
  });
});

it("gives what a fed run would have chosen a line of its own, and leads there", () => {
  const margin = { step: 12, text: " ", probability: 0.3, runnerUpText: "left ", runnerUpProbability: 0.4 };
  const fed: FedVerdict = {
    ...{ type: "fed", tokenCount: 30, eventCount: 4, promisedEventCount: 4, survivorCount: 100, nearTies: [] },
    ...{ followingCount: 0, untold: null, ownChoices: { count: 1, first: margin } },
    other: {
      ...{ step: 8, layers: { from: 1, to: 1 }, isFound: true },
      head: { step: 8, layer: 1, kvHead: 0, margin: 0.2 },
    },
  };
  const report = replayReport([fed]);
  expect(report?.lines.map(({ words }) => words)).toEqual([
    "Fed the same 30 tokens, this run kept other survivors from step 8 on: layer 1, KV head 0 decided otherwise, by 20 % of a score’s usual distance from the cut.",
    "By itself it would have chosen another token at step 12: “left” (40 %) where it was fed “␣” (30 %).",
  ]);
  expect(report?.lines.map(({ place }) => [place?.step, place?.pinned])).toEqual([
    [8, null],
    [12, "chosen"],
  ]);
});
