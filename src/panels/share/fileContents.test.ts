// What goes into a run file by choice, and what is said of it.
import { describe, expect, it } from "vitest";
import { drawScoredRun } from "../../engine/drawScoredRun.testing";
import { contentHelp, fileContents, traceWith } from "./fileContents";

const gkv = drawScoredRun({ policyId: "gkv" });
const streaming = drawScoredRun({ policyId: "streamingLlm" });

describe("what goes into a run file", () => {
  it("leaves the run as it is where everything is wanted", async () => {
    expect(await traceWith(gkv, "everything")).toBe(gkv);
  });

  it("has terms to three digits without attention rows, exact where that is asked, none with decisions only", async () => {
    expect((await traceWith(gkv, "noAttention")).header.termBits).toBe(11);
    expect((await traceWith(gkv, "exactScores")).events).toEqual(gkv.events);
    expect((await traceWith(gkv, "decisions")).events[0].terms).toEqual({});
  });

  it("keeps who stayed, whatever is left out", async () => {
    for (const content of fileContents) {
      const survivors = (await traceWith(gkv, content)).events.map((event) => event.survivors);
      expect(survivors).toEqual(gkv.events.map((event) => event.survivors));
    }
  });
});

describe("what is said of a run file", () => {
  it("promises three digits where scores are rounded, and nothing of the kind where they are not", async () => {
    const help = async (run: typeof gkv) => contentHelp("noAttention", [run], [await traceWith(run, "noAttention")]);
    expect(await help(gkv)).toContain("scores to 3 digits");
    expect(await help(streaming)).toContain("scores as they are");
    expect(contentHelp("noAttention", [streaming], null)).toContain("scores to 3 digits");
  });

  it("does not call scores exact that came rounded", async () => {
    const opened = await traceWith(gkv, "noAttention");
    expect(contentHelp("exactScores", [gkv], null)).toContain("all their digits");
    expect(contentHelp("exactScores", [opened], null)).toContain("as they came");
  });
});
