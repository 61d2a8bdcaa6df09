import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openModel } from "../../../lab/openModel";
import { recordRecipe } from "../../../lab/recordTrace";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import { problemById } from "../../problems/families";
import { decodeRunFile } from "../../trace/file/runFile";
import { withMerges, withReads } from "../../trace/drawDepartures.testing";
import type { Trace } from "../../trace/trace";
import { causeOf, causePlace, firstMistake, type Cause } from "./cause";
import { causeSentences, mistakeClause } from "./causeText";

async function recorded(file: string): Promise<Trace> {
  return decodeRunFile(new Uint8Array(await readFile(`public/runs/${file}`)), file);
}

async function causeIn(file: string, problemId: string): Promise<{ readonly trace: Trace; readonly cause: Cause }> {
  const trace = await recorded(file);
  const cause = causeOf(trace, trace.steps.length - 1, problemById(problemId));
  if (cause === null) throw new Error(`${file} has no mistake`);
  return { trace, cause };
}

/** The same problem with nothing evicted. */
async function runWithAll(problemId: string, maxNewTokens: number): Promise<Trace> {
  const problem = problemById(problemId);
  return recordRecipe(await openModel("public/models/winnow-1m"), {
    promptText: problem?.prompt ?? "",
    expectedAnswer: problem?.answer ?? null,
    policyId: "fullCache",
    parameters: effectiveParameters(policyById("fullCache")),
    sampling: greedySampling,
    maxNewTokens,
    hasTaps: true,
    hasHeadTaps: false,
    isCompared: false,
  });
}

describe("causeOf", () => {
  it("names the fact, the head that reads such facts, and the event at which it was evicted", async () => {
    const { trace, cause } = await causeIn("story-snapkv.winnow", "story-7x2-2");
    expect(causeSentences(trace, cause)).toMatchInlineSnapshot(`
      [
        "At word 72 it wrote “6”; “5” was right.",
        "It needed the fact about June: “5”, in the task.",
        "Layer 2, head 0 reads such facts at their full stop: it gave them up to 100 % of its attention, on average at 6 earlier words.",
        "It evicted it at word 65, 7 words before. It missed the cut by 0.00006. 7 of 16 heads still held it.",
        "At that decision it would have stayed with 111 places instead of 100.",
      ]
    `);
    expect(mistakeClause(trace, cause).normal).toMatchInlineSnapshot(
      `"The head that reads facts (layer 2, head 0) had evicted the fact about June 7 words before."`,
    );
    expect(causePlace(cause)).toEqual({ step: 71, head: 8, position: 51 });
  });

  it("says of a fact that others carry into whom the reading head merged it", async () => {
    const story = await recorded("story-snapkv.winnow");
    const trace = withMerges(story, ({ position, kept }) => (position === 51 ? kept[0] : null));
    const cause = causeOf(trace, 71, problemById("story-7x2-2"));
    if (cause === null) throw new Error("the run has a mistake");
    expect(mistakeClause(trace, cause).normal).toContain("had merged the fact about June into “");
    const sentences = causeSentences(trace, cause).join(" ");
    expect(sentences).toContain("It merged it into “");
    expect(sentences).toMatch(/7 of 16 heads still held it, and in \d another word carried it\./);
    expect(sentences).not.toMatch(/evict|forg[eo]t/);
  });

  it("says of a fact that the reading head held whether it left it unread", async () => {
    const walk = await recorded("walk-snapkv.winnow");
    const before = causeOf(walk, walk.steps.length - 1, problemById("walk-5x20-1"));
    const atStep = before?.mistake.atStep ?? NaN;
    const trace = withReads(walk, atStep, [[0]]);
    const cause = causeOf(trace, trace.steps.length - 1, problemById("walk-5x20-1"));
    if (cause === null) throw new Error("the run has a mistake");
    expect(mistakeClause(trace, cause).projector).toBe("Its fact was held, but unread.");
    expect(causeSentences(trace, cause).join(" ")).toContain("That head held it, but left it unread for this word.");
  });

  it("says so where the reading head still held the fact", async () => {
    const { trace, cause } = await causeIn("walk-snapkv.winnow", "walk-5x20-1");
    expect(causeSentences(trace, cause)).toMatchInlineSnapshot(`
      [
        "At word 77 it wrote “barn”; “cellar” was right.",
        "It needed garden's rule: “cellar”, in the task.",
        "Layer 2, head 0 reads such facts at their full stop: it gave them up to 100 % of its attention, on average at 5 earlier words.",
        "That head still held it, so the fact itself was not missing.",
        "What else led it astray, this run does not show.",
      ]
    `);
  });

  it("says so where no head is known to read such facts", async () => {
    const { trace, cause } = await causeIn("diary-prompt-recent.winnow", "diary-5x14-5");
    expect(causeSentences(trace, cause)).toMatchInlineSnapshot(`
      [
        "At word 85 it wrote “note”; “recall” was right.",
        "It needed barn's note, written at word 11.",
        "No head held it any more.",
        "Which head reads such facts, this run does not show.",
      ]
    `);
  });

  it("asks a run with nothing evicted which heads look at the fact", async () => {
    const { trace } = await causeIn("diary-prompt-recent.winnow", "diary-5x14-5");
    const fullCache = await runWithAll("diary-5x14-5", 86);
    const cause = causeOf(trace, trace.steps.length - 1, problemById("diary-5x14-5"), fullCache);
    expect(cause === null ? [] : causeSentences(trace, cause)).toMatchInlineSnapshot(`
      [
        "At word 85 it wrote “note”; “recall” was right.",
        "It needed barn's note, written at word 11.",
        "With nothing evicted, layer 0, head 0 looks at it here, at its full stop (up to 100 % of its attention).",
        "It evicted it at word 33, 52 words before. No head held it any more.",
        "At that decision it would have stayed with 121 places instead of 120.",
      ]
    `);
    const other = await causeIn("walk-snapkv.winnow", "walk-5x20-1");
    const held = causeOf(other.trace, 200, problemById("walk-5x20-1"), await runWithAll("walk-5x20-1", 78));
    expect(held === null ? null : causeSentences(other.trace, held).at(-1)).toMatchInlineSnapshot(
      `"But 6 heads had evicted what it looks at here with nothing evicted, such as “kitchen” (layer 0, head 0, up to 100 %)."`,
    );
    // Another prompt's run says nothing.
    expect(causeOf(other.trace, 200, problemById("walk-5x20-1"), fullCache)).toEqual(other.cause);
  });

  it("is null for a run without a mistake, before the mistake, and for an unknown problem", async () => {
    const right = await recorded("walk-gkv.winnow");
    expect(causeOf(right, right.steps.length - 1, problemById("walk-5x20-1"))).toBeNull();
    const wrong = await recorded("story-snapkv.winnow");
    expect(causeOf(wrong, 70, problemById("story-7x2-2"))).toBeNull();
    expect(causeOf(wrong, 71, problemById("story-7x2-2"))?.mistake.atStep).toBe(71);
    expect(causeOf(wrong, 71, problemById("walk-5x20-1"))).toBeNull();
    expect(causeOf(wrong, 71, null)).toBeNull();
  });

  it("counts a text that ends too early only once it is over", async () => {
    const right = await recorded("walk-gkv.winnow");
    const problem = problemById("walk-5x20-1");
    const cut: Trace = { ...right, steps: right.steps.slice(0, 40), events: right.events.slice(0, 1), end: null };
    expect(firstMistake(cut, 39, { problem, isEnd: false })).toBeNull();
    const ended: Trace = { ...cut, end: "length" };
    expect(causeOf(ended, 39, problem)?.type).toBe("unfinished");
  });
});
