// Terms with fewer digits: the policy itself, asked again, decides the same from them and comes to the same scores.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideAgain } from "../../engine/decideAgain.testing";
import { drawScoredRun, type ScoredRun } from "../../engine/drawScoredRun.testing";
import { drawRandomTrace } from "../drawTrace.testing";
import { decodeOrRefuse, type Json, withHead } from "./driveRunFile.testing";
import { roundedFloat } from "./roundedFloat";
import { roundTerms } from "./roundTerms";
import { decodeRunFile, encodeRunFile } from "./runFile";
import type { EvictionEvent, Trace } from "../trace";

const runs: ScoredRun[] = [
  { policyId: "gkv" },
  { policyId: "gkv", parameters: { poolingSlots: 5, smoothing: "mean" } },
  { policyId: "gkv", parameters: { smoothing: "sum", alpha: 1 }, promptCount: 20 },
  { policyId: "gkv", parameters: { smoothing: "sum", alpha: 1 }, promptCount: 5 },
  { policyId: "gkv", parameters: { shiftGamma: 0.7, redundancy: "raw" } },
  { policyId: "gkv", parameters: { isPromptProtected: true } },
  { policyId: "gkv", parameters: { isPromptProtected: true, isNormalised: false }, promptCount: 20 },
  { policyId: "snapKv" },
  { policyId: "snapKv", parameters: { budgetMode: "ratio", compressRatio: 0.6 } },
  { policyId: "rKv" },
  { policyId: "h2o" },
];

async function rounded(trace: Trace, bits: number): Promise<Trace> {
  const result = await roundTerms(trace, { bits });
  if (result === null) throw new Error("the run cannot be rounded");
  return result;
}

describe.each(runs)("a run of %o with rounded terms", (run) => {
  it("is decided by its policy as it is written, scores, cut-offs and margins included", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 23 }), fc.nat(1000), async (bits, seed) => {
        const trace = drawScoredRun({ ...run, seed });
        const travelling = await rounded(trace, bits);
        expect(decideAgain(travelling)).toEqual(travelling.events);
        expect(decisions(travelling)).toEqual(decisions(trace));
      }),
      // The examples: 1 − α and a parameter of nearly the same value both told these runs as they were measured.
      {
        numRuns: 25,
        examples: [
          [2, 53],
          [5, 121],
        ],
      },
    );
  });

  it("has terms within the error that its header states, most of them shorter", async () => {
    const trace = drawScoredRun({ ...run, stepCount: 80 });
    const travelling = await rounded(trace, 11);
    expect(travelling.header.termBits).toBe(11);
    let [shortCount, count] = [0, 0];
    travelling.events.forEach(({ terms }, place) => {
      for (const [name, column] of Object.entries(terms)) {
        column.values.forEach((value, at) => {
          const measured = trace.events[place].terms[name].values[at];
          expect(Math.abs(value - measured)).toBeLessThanOrEqual(measured * 2 ** -11);
          count++;
          if (roundedFloat(value, 11) === value) shortCount++;
        });
      }
    });
    expect(shortCount / count).toBeGreaterThan(0.7);
  });
});

describe("rounding the terms of a run", () => {
  it("would turn decisions if nobody kept exact terms", async () => {
    const trace = drawScoredRun({ policyId: "gkv", stepCount: 120 });
    const careless = trace.events.map((event) => ({
      ...event,
      terms: Object.fromEntries(
        Object.entries(event.terms).map(([name, column]) => [
          name,
          { ...column, values: column.values.map((value) => roundedFloat(value, 5)) },
        ]),
      ),
    }));
    expect(decisions({ ...trace, events: decideAgain({ ...trace, events: careless }) })).not.toEqual(decisions(trace));
    expect(decisions(await rounded(trace, 5))).toEqual(decisions(trace));
  });

  it("changes nothing that is not a score", async () => {
    const trace = drawScoredRun({ policyId: "gkv" });
    const travelling = await rounded(trace, 8);
    expect(travelling.steps).toBe(trace.steps);
    expect(travelling.events.map(unscored)).toEqual(trace.events.map(unscored));
    expect(trace).toEqual(drawScoredRun({ policyId: "gkv" }));
  });

  it("changes nothing when it was done before, to as few bits or fewer", async () => {
    const travelling = await rounded(drawScoredRun({ policyId: "gkv" }), 11);
    expect(await roundTerms(travelling, { bits: 11 })).toBe(travelling);
    expect(await roundTerms(travelling, { bits: 20 })).toBe(travelling);
    const opened = await decodeRunFile(await encodeRunFile(travelling), "x");
    expect(opened).toEqual(travelling);
    expect(await roundTerms(opened, { bits: 11 })).toBe(opened);
    expect((await rounded(opened, 5)).header.termBits).toBe(5);
  });

  it("pauses after every head, for a page that has other things to do", async () => {
    const trace = drawScoredRun({ policyId: "gkv" });
    let pauseCount = 0;
    const pause = (): Promise<void> => {
      pauseCount++;
      return Promise.resolve();
    };
    expect(await roundTerms(trace, { bits: 8, pause })).toEqual(await rounded(trace, 8));
    expect(pauseCount).toBe(trace.header.model.layerCount * trace.header.model.kvHeadCount);
  });

  it("leaves a run without terms as it is", async () => {
    const trace = drawScoredRun({ policyId: "streamingLlm" });
    expect(await roundTerms(trace)).toBe(trace);
    expect(await roundTerms({ ...trace, events: [] })).toEqual({ ...trace, events: [] });
  });

  it.each<[string, (event: EvictionEvent) => void]>([
    ["a total", ({ total }) => (total.values[1] += 1)],
    ["a part", ({ parts }) => (parts["local"].values[1] += 1)],
    ["a carried score", ({ carry }) => (carry.values[1] += 1)],
    ["a cut-off", ({ cutOff }) => (cutOff[1] += 1)],
    ["a margin", ({ margin }) => (margin[1] += 1)],
  ])("is refused where %s does not follow from the terms", async (_, change) => {
    const trace = drawScoredRun({ policyId: "gkv" });
    change(trace.events[2]);
    expect(await roundTerms(trace)).toBeNull();
  });

  it("is refused where nothing follows from anything", async () => {
    const trace = drawRandomTrace(5);
    expect(trace.events.length).toBeGreaterThan(0);
    expect(await roundTerms(trace)).toBeNull();
  });

  it.each([1, 24, 11.5, "11"])("cannot have been to %j bits, says a file's reader", async (termBits) => {
    const source = drawScoredRun({ policyId: "gkv" });
    const file = await withHead((head) => Object.assign(head["header"] as Json, { termBits }), source);
    expect(await decodeOrRefuse(file)).toMatch("header.termBits");
  });
});

function decisions({ events }: Trace): Int32Array[] {
  return events.map(({ survivors }) => survivors.values);
}

function unscored({ terms, parts, total: _, carry: __, cutOff: ___, margin: ____, ...event }: EvictionEvent) {
  return { ...event, names: [Object.keys(terms), Object.keys(parts)] };
}
