// Links as they are shared: of the recorded runs, of comparisons, of runs too long for an address; opened and held
// against the run again.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import index from "../../public/runs/index.json";
import { noLaneComparison } from "../settings/lanes";
import { drawRandomTrace, drawTrace } from "../trace/drawTrace.testing";
import { decodeRunFile } from "../trace/file/runFile";
import type { Trace } from "../trace/trace";
import { initialArrangement } from "./arrangement";
import { parseMoment, firstPlace } from "./moment";
import { readLink } from "./packedLink";
import { promiseVerdicts } from "./openedLink";
import { linkLength, MOST_LINK_CHARACTERS, sharedLink, type Shared } from "./shareLink";

const page = "https://example.org/winnow/";
const nothing: Shared = { page, choices: {}, comparison: noLaneComparison, traces: [], moment: null };
const fragmentOf = (address: string): string => address.slice(page.length);

/** A run of one KV head with so many steps and an event on each. */
function longRun(stepCount: number): Trace {
  const lines = Array.from({ length: stepCount }, (_, step) =>
    step % 2 === 1 ? `g${step} evicts w${step - 1} w${step}` : `g${step}`,
  );
  const prompt = Array.from({ length: stepCount + 2 }, (_, place) => `w${place}`).join(" ");
  return { ...drawTrace({ prompt, kvHeadCount: 1 }, lines.join("\n")), end: "length" };
}

describe.each(index.filter((entry) => entry.file !== undefined))(
  "a link to the recorded run $id",
  ({ file, problem }) => {
    it("fits into a message and is found reproduced by that run, all of its steps and events told apart", async () => {
      const trace = decodeRunFile(await readFile(new URL(`../../public/runs/${file}`, import.meta.url)), file);
      const resolved = await trace;
      const { address, isThinned, isLong } = await sharedLink({
        ...nothing,
        choices: { problem: problem.id },
        traces: [resolved],
      });
      expect({ isThinned, isLong }).toEqual({ isThinned: false, isLong: false });
      expect(linkLength(address)).toBeLessThan(1000);
      const link = await readLink(fragmentOf(address));
      expect(link.complaints).toEqual([]);
      expect(promiseVerdicts(link.proofs, [resolved])).toMatchObject([{ type: "reproduced" }]);
    });
  },
);

describe("a shared link", () => {
  it("says at least which weights it is about", async () => {
    expect((await sharedLink(nothing)).address).toBe(`${page}#v3&rev=e96df093`);
  });

  it("of a comparison vouches for each lane that came to its end", async () => {
    const [one, other] = [7, 8].map((seed): Trace => ({ ...drawRandomTrace(seed), end: "stopToken" }));
    const stopped: Trace = { ...drawRandomTrace(9), end: "stopped" };
    const comparison = { others: [{ policyId: "snapKv" }, { policyId: "fullCache" }], isForced: false };
    const { address } = await sharedLink({ ...nothing, comparison, traces: [one, stopped, other] });
    const link = await readLink(fragmentOf(address));
    expect(link.comparison).toEqual(comparison);
    const verdicts = promiseVerdicts(link.proofs, [one, stopped, other]);
    expect(verdicts.map((verdict) => verdict?.type)).toEqual(["reproduced", undefined, "reproduced"]);
  });

  it("of a moment opens at it", async () => {
    const moment = {
      ...firstPlace,
      step: 12,
      layer: 1,
      arrangement: initialArrangement,
      views: { map: { isUnion: true } },
    };
    const { address } = await sharedLink({ ...nothing, moment });
    const link = await readLink(fragmentOf(address));
    expect(parseMoment(link.moment)).toEqual({ moment, complaints: [] });
  });

  it("of a long run is thinned until it fits, and still tells another run from it", async () => {
    const run = longRun(900);
    const { address, isThinned, isLong } = await sharedLink({ ...nothing, traces: [run] });
    expect({ isThinned, isLong }).toEqual({ isThinned: true, isLong: false });
    expect(linkLength(address)).toBeLessThanOrEqual(MOST_LINK_CHARACTERS);
    expect(linkLength(address)).toBeGreaterThan(MOST_LINK_CHARACTERS / 3);
    const { proofs } = await readLink(fragmentOf(address));
    expect(promiseVerdicts(proofs, [run])).toMatchObject([{ type: "reproduced" }]);
    const other = {
      ...run,
      steps: run.steps.map((record) => (record.step === 500 ? { ...record, token: 1 } : record)),
    };
    const [verdict] = promiseVerdicts(proofs, [other]);
    expect(verdict?.type).toBe("diverged");
    if (verdict?.type !== "diverged") return;
    expect(verdict.from).toBeLessThanOrEqual(500);
    expect(verdict.to).toBeGreaterThanOrEqual(500);
    expect(verdict.to - verdict.from).toBeLessThan(16);
  });

  it("that is too long without any proof says so", async () => {
    const promptText = Array.from({ length: 500 }, (_, place) => (place * 7919 + 104729).toString(36)).join(" ");
    const { isLong, isThinned } = await sharedLink({ ...nothing, choices: { problem: "text", promptText } });
    expect({ isLong, isThinned }).toEqual({ isLong: true, isThinned: false });
  });
});

it("promises nothing where the link is silent, and knows a proof that is none", () => {
  const trace = drawRandomTrace(1);
  expect(promiseVerdicts([], [trace])).toEqual([null]);
  expect(promiseVerdicts(["not a proof"], [trace])).toEqual([{ type: "incomplete", reason: "damagedProof" }]);
});
