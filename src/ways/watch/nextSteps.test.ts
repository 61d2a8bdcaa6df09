import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { runVerdict } from "../../panels/header/verdict";
import { problemById } from "../../problems/families";
import { decodeRunFile } from "../../trace/file/runFile";
import type { Trace } from "../../trace/trace";
import { causeOf } from "./cause";
import { nextSteps } from "./nextSteps";

async function stepsAfter(file: string, problemId: string, change: Partial<Trace["header"]> = {}): Promise<string[]> {
  const recorded = await decodeRunFile(new Uint8Array(await readFile(`public/runs/${file}`)), file);
  const trace: Trace = { ...recorded, header: { ...recorded.header, ...change } };
  const problem = problemById(problemId);
  const step = trace.steps.length - 1;
  const verdict = runVerdict({ trace, step, isEnd: true }, problem);
  return nextSteps({ trace, verdict, cause: causeOf(trace, step, problem), problem }).map(({ label }) => label);
}

describe("nextSteps", () => {
  it("makes a right answer harder to get", async () => {
    expect(await stepsAfter("walk-gkv.winnow", "walk-5x20-1")).toEqual([
      "Less memory: 64 words",
      "The same by dice",
      "A harder one",
    ]);
  });

  it("asks where a wrong one went wrong, and how it would go better", async () => {
    expect(await stepsAfter("walk-snapkv.winnow", "walk-5x20-1")).toEqual([
      "See where it went wrong",
      "The same under G-KV",
      "More memory: 144 words",
    ]);
  });

  it("offers no rule that is in force already", async () => {
    const steps = await stepsAfter("walk-snapkv.winnow", "walk-5x20-1", { policyId: "gkv" });
    expect(steps).toEqual(["See where it went wrong", "More memory: 144 words", "The distilled model"]);
  });

  it("offers the checkpoint that was taught to live with G-KV's cache, unless it is in force", async () => {
    const recorded = await decodeRunFile(new Uint8Array(await readFile("public/runs/walk-snapkv.winnow")), "walk");
    const model = { ...recorded.header.model, id: "winnow-1m-distilled" };
    const steps = await stepsAfter("walk-snapkv.winnow", "walk-5x20-1", { policyId: "gkv", model });
    expect(steps).toEqual(["See where it went wrong", "More memory: 144 words", "The same with nothing evicted"]);
  });

  it("offers no cause where the problem is not known", async () => {
    const steps = await stepsAfter("walk-snapkv.winnow", "diary-5x14-5");
    expect(steps).toEqual(["The same under G-KV", "More memory: 144 words"]);
  });
});
