import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { openModel } from "../../../lab/openModel";
import { recordRecipe } from "../../../lab/recordTrace";
import { greedySampling } from "../../model/sampling";
import type { PolicyParameters } from "../../policy/policy";
import { withReads } from "../../trace/drawDepartures.testing";
import { effectiveParameters, policyById } from "../../policy/policies";
import { problemById } from "../../problems/families";
import type { Problem } from "../../problems/problem";
import { tokenLimit, tokensOf } from "../../problems/problem";
import { decodeRunFile } from "../../trace/file/runFile";
import type { Trace } from "../../trace/trace";
import { captionAt, type CaptionView, type DecisionTold } from "./captions";

const problem = problemById("walk-5x20-1") as Problem;
const focus = { layer: 2, kvHead: 0 };

async function recorded(file: string): Promise<Trace> {
  return decodeRunFile(new Uint8Array(await readFile(`public/runs/${file}`)), file);
}

async function runOf(policyId: string, choices: Partial<PolicyParameters> = {}): Promise<Trace> {
  const parameters = effectiveParameters(policyById(policyId), { budgetSlots: 96, seed: 3, ...choices });
  return recordRecipe(await openModel("public/models/winnow-1m"), {
    promptText: problem.prompt,
    expectedAnswer: problem.answer,
    policyId,
    parameters,
    sampling: greedySampling,
    maxNewTokens: tokenLimit(tokensOf(problem.trace).length),
    hasTaps: true,
    hasHeadTaps: false,
    isCompared: false,
  });
}

const viewOf = (trace: Trace, of: Partial<CaptionView>): CaptionView => ({
  trace,
  step: 0,
  told: null,
  problem,
  focus,
  isMoving: true,
  ...of,
});

/** The whole run as it plays: each caption once, from the step at which it comes up. */
function playedText(trace: Trace): string {
  const lines: string[] = [];
  let before = { normal: "", spoken: "" };
  for (let step = 0; step < trace.steps.length; step++) {
    const isEvent = trace.events.some((event) => event.step === step);
    const parts: readonly (DecisionTold | null)[] = isEvent ? ["begun", "cut", null] : [null];
    for (const told of parts) {
      const caption = captionAt(viewOf(trace, { step, told }));
      if (caption.normal !== before.normal) {
        lines.push(`${step} ${caption.about}: ${caption.normal}`);
        if (caption.projector !== caption.normal) lines.push(`    short: ${caption.projector}`);
      }
      if (caption.spoken !== before.spoken) lines.push(`    spoken: ${caption.spoken}`);
      before = caption;
    }
  }
  return `${lines.join("\n")}\n`;
}

let runs: Readonly<Record<string, Trace>> = {};
beforeAll(async () => {
  runs = {
    gkv: await recorded("walk-gkv.winnow"),
    snapKv: await recorded("walk-snapkv.winnow"),
    random: await runOf("random"),
    fullCache: await runOf("fullCache"),
    merging: await runOf("snapKv", { budgetSlots: 64, merging: "keepKv", mergeThreshold: 0.7 }),
  };
}, 60_000);

describe("captionAt", () => {
  it.each(["gkv", "snapKv", "random", "fullCache", "merging"])(
    "tells a whole run of %s as it plays",
    async (policy) => {
      await expect(playedText(runs[policy])).toMatchFileSnapshot(`golden/played.${policy}.golden.txt`);
    },
  );

  it("holds one sentence for each phase while the clock runs", () => {
    for (const trace of Object.values(runs)) {
      const texts = trace.steps.map((_, step) => captionAt(viewOf(trace, { step })).normal);
      const changes = texts.filter((text, step) => text !== texts[step - 1]).length;
      expect(changes).toBeLessThanOrEqual(trace.events.length + 6);
    }
  });

  it("speaks at the start, at decisions, at the first mistake and at the end alone", () => {
    for (const trace of Object.values(runs)) {
      const spoken = trace.steps.map((_, step) => captionAt(viewOf(trace, { step })).spoken);
      expect(new Set(spoken).size).toBeLessThanOrEqual(trace.events.length + 3);
    }
  });

  it("tells each word, and what the head shown looked at, while the clock stands still", () => {
    const still = (step: number): string => captionAt(viewOf(runs.gkv, { step, isMoving: false })).normal;
    expect([5, 30, 32, 34].map(still)).toMatchInlineSnapshot(`
      [
        "It wrote “gain”. The head shown looked most at “cellar .” (up to 100 % of its attention). 79 of 96 places are taken.",
        "It wrote “46”. The head shown looked most at “foyer” (up to 58 % of its attention). 104 words now, 8 over its 96 places.",
        "Its memory is full: 106 words for 96 places. Every head now lets 10 go. The closest call in the head shown: “even” stayed, “to” went, 0.003 apart.",
        "It wrote “42”. The head shown looked most at “hall” (up to 95 % of its attention). 98 words now, 2 over its 96 places.",
      ]
    `);
  });

  it("says that memory is nearly full before a first decision that is long in coming", () => {
    const [first] = runs.gkv.events;
    const late: Trace = { ...runs.gkv, events: [{ ...first, step: 100 }] };
    const texts = [20, 60, 95].map((step) => captionAt(viewOf(late, { step })).normal);
    expect(texts).toMatchInlineSnapshot(`
      [
        "A language model has read 74 words, full stops included. Each takes one place in the memory of each of its 16 heads.",
        "It writes word by word. Each head has 96 places.",
        "Its memory is nearly full: 96 places in each head. Soon every head must choose what stays.",
      ]
    `);
  });

  it("says how many places there are where the budget grows with the text", () => {
    const { header, events } = runs.gkv;
    const parameters = { ...header.parameters, budgetMode: "ratio", budgetSlots: 48, compressRatio: 0.5 };
    const growing: Trace = { ...runs.gkv, header: { ...header, parameters } };
    const before = captionAt(viewOf({ ...growing, events: [] }, { step: 60 })).normal;
    expect(before).toBe(`It writes word by word. Each head has ${(header.promptTokens.length + 60) / 2} places.`);
    const after = captionAt(viewOf(growing, { step: events[0].step + 2, isMoving: false })).normal;
    expect(after).toContain(`${events[0].budgetSlots} places.`);
  });

  it("speaks of tokens where they are not words, and claims no cause", () => {
    const { header } = runs.snapKv;
    const ofTokens: Trace = { ...runs.snapKv, header: { ...header, promptText: "antidisestablishmentarianism" } };
    const texts = [0, 48, 76].map((step) => captionAt(viewOf(ofTokens, { step })).normal);
    expect(texts.join(" ")).not.toMatch(/\bwords?\b/);
    expect(texts[2]).not.toContain("was right");
  });

  it("says of what a merging run carries on that it is merged, never that it is evicted or forgotten", () => {
    const text = playedText(runs.merging);
    expect(text).not.toMatch(/evict|forg[eo]t|let[s]? .* go/);
    expect(text).toMatch(/leave each head: about \d+ merged, \d+ dropped/);
    expect(text).toMatch(/“[^”]*” (was merged into “[^”]*”|was dropped)/);
  });

  it("says how much a run that selects has read, and that the rest is held", () => {
    const reads = withReads(runs.fullCache, 30, [[0, 1, 2]]);
    const caption = captionAt(viewOf(reads, { step: 30, isMoving: false })).normal;
    expect(caption).toMatch(/It read 3 of its \d+ words; the rest is held, unread\./);
    expect(captionAt(viewOf(reads, { step: 31, isMoving: false })).normal).not.toContain("unread");
  });

  it("names no symbol", () => {
    for (const trace of Object.values(runs)) expect(playedText(trace)).not.toMatch(/[αλρθσ]|\b[BSCRZ]\b/);
  });

  it("stays short enough for two lines, and for one line in the hall", () => {
    for (const trace of Object.values(runs)) {
      for (let step = 0; step < trace.steps.length; step++) {
        const { projector, normal } = captionAt(viewOf(trace, { step }));
        expect(projector.length).toBeLessThanOrEqual(90);
        expect(normal.length).toBeLessThanOrEqual(170);
      }
    }
  });
});
