import { describe, expect, it } from "vitest";
import { drawProblem } from "../problems/families";
import type { Problem } from "../problems/problem";
import { drawTrace } from "../trace/drawTrace.testing";
import { ownEntries, type OwnRun } from "./ownRuns";
import type { ResultTable } from "./resultTable";
import { cardRows } from "./scoreCardRows";

const problem = drawProblem("walk", 10, 900_001);
const other = drawProblem("walk", 10, 900_005);
const { header } = drawTrace({ prompt: "a" }, "b");

function run(policyId: string, text: string, rest: Partial<OwnRun> = {}, of: Problem = problem): OwnRun {
  const parameters: OwnRun["header"]["parameters"] = policyId === "fullCache" ? {} : { budgetSlots: 40, seed: 3 };
  const sampling = { ...header.sampling, temperature: 0 };
  const own = { ...header, policyId, policyLabel: policyId, parameters, sampling };
  return { header: own, problem: of, text, ms: 10, heldBytes: 100, fed: null, ...rest };
}

const wrong = "Answer : 999999 .";
const table = {
  ...{ seed: 900_000, model: { id: "winnow-1m", digest: header.model.digest, parameterCount: 1 } },
  families: [{ family: "walk", difficulty: 10, meanFullLength: 100 }],
  cells: [{ family: "walk", budgetShare: null, outcomes: "eew" }],
} as unknown as ResultTable;

describe("own runs", () => {
  it("are held against the full cache of the same problem, run in this visit", () => {
    const full = run("fullCache", problem.trace, { ms: 30, heldBytes: 400 });
    const { entries, unpairedCount } = ownEntries([run("gkv", wrong), full], null);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ outcomes: "w", fullOutcomes: "e", likeness: "o", label: "gkv, 40 slots" });
    expect(entries[0].costs).toEqual({ ms: [10], fullMs: [30], heldBytes: [100], fullBytes: [400] });
    expect(unpairedCount).toBe(0);
    const [row] = cardRows(entries, ["walk", "diary"], 0.25);
    expect(row).toMatchObject({ isOwn: true, key: "own 1", performance: { value: 0 }, speed: { value: 3 } });
  });

  it("or against the stored table, whose problems are known by their seeds; without times", () => {
    const { entries } = ownEntries([run("gkv", problem.trace)], table);
    expect(entries[0]).toMatchObject({ outcomes: "e", fullOutcomes: "e", likeness: "t", costs: null });
    const elsewhere = { ...table, model: { ...table.model, digest: "another" } };
    expect(ownEntries([run("gkv", problem.trace)], elsewhere).unpairedCount).toBe(1);
  });

  it("are counted where there is no full cache to be held against", () => {
    const { entries, unpairedCount } = ownEntries([run("gkv", other.trace, {}, other)], table);
    expect([entries.length, unpairedCount]).toEqual([0, 1]);
  });

  it("count once for a problem, the newest; draws at a temperature do not count", () => {
    const hot = run("gkv", wrong);
    const drawn = { ...hot, header: { ...hot.header, sampling: { ...header.sampling, temperature: 1 } } };
    const { entries } = ownEntries([run("gkv", wrong), run("gkv", problem.trace), drawn], table);
    expect(entries.map(({ outcomes }) => outcomes)).toEqual(["e"]);
  });

  it("fed the full cache's tokens tell of tokens, and of no answer", () => {
    const fed = run("gkv", problem.trace, { fed: { agreed: 9, positions: 10 } });
    const { entries } = ownEntries([fed], table);
    expect(entries[0]).toMatchObject({ outcomes: "", forced: { agreed: [9], positions: [10] } });
    const [row] = cardRows(entries, ["walk"], 0.25);
    expect([row.performance, row.loyalty, row.forced?.value]).toEqual([null, null, 0.9]);
  });
});
