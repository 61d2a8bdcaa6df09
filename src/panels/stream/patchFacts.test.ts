import { describe, expect, it } from "vitest";
import { headCountOf } from "../../cache/headRows";
import { drawStreamTrace } from "../../trace/stream/drawStreamTrace.testing";
import { heldByHead, heldShares } from "../../trace/stream/streamReplay";
import { frameTokensOf } from "../../trace/stream/streamTrace";
import { patchFacts, patchSentence, patchTitle, patchToken, patchWords, type PatchFacts } from "./patchFacts";

describe("what became of a patch", () => {
  it("is what a replay of the cache says, for every patch and head", async () => {
    const trace = await drawStreamTrace({ frames: 20, questionCount: 0 });
    const headCount = headCountOf(trace.header.model);
    for (const seen of [6, 8, 13, 20]) {
      const shares = heldShares(trace, seen);
      const arrived = shares.length / frameTokensOf(trace);
      const byHead = Array.from({ length: headCount }, (_, head) => heldByHead(trace, seen, head));
      for (let frame = 0; frame < arrived; frame++) {
        for (let cell = 0; cell < 25; cell++) {
          const facts = patchFacts(trace, seen, { frame, cell });
          const token = patchToken(26, { frame, cell });
          expect(facts.heldHeads).toBe(Math.round(shares[token] * headCount));
          expect(facts.fates.map(({ type }) => type)).toEqual(
            byHead.map((held) => (held[token] === 1 ? "held" : "evicted")),
          );
        }
      }
    }
  });

  it("gives a reason for whatever a compression left, and none before the first", async () => {
    const trace = await drawStreamTrace({ frames: 12, questionCount: 0 });
    const before = patchFacts(trace, 6, { frame: 0, cell: 3 });
    expect(before.fates.every((fate) => fate.type === "held" && fate.reason === null)).toBe(true);
    const reasons = Array.from({ length: 12 * 25 }, (_, at) =>
      patchFacts(trace, 12, { frame: Math.floor(at / 25), cell: at % 25 }).fates.flatMap((fate) =>
        fate.type === "held" ? [fate.reason] : [],
      ),
    ).flat();
    expect(new Set(reasons)).toEqual(new Set(["newest", "temporal", "valueNorm"]));
  });

  it("is said in a sentence", () => {
    const facts: PatchFacts = {
      ...{ name: "red-key", frame: 11, cell: 8, heldHeads: 3 },
      fates: [
        { type: "held", reason: "temporal" },
        { type: "held", reason: "temporal" },
        { type: "held", reason: "valueNorm" },
        { type: "evicted", after: 16 },
        { type: "evicted", after: 22 },
      ],
    };
    expect(patchTitle(facts)).toBe("red key · frame 12, row 2, column 4");
    expect(patchSentence(facts, null)).toBe(
      "3 of 5 heads hold it: 2 as TaR’s pick, 1 by its value norm (VaN). Evicted after 16 to 22 frames.",
    );
    expect(patchSentence(facts, 0)).toBe("Held: stayed as TaR’s pick.");
    expect(patchSentence(facts, 3)).toBe("Evicted after 16 frames.");
    expect(["tv7", "lamp-on", "Ana-parcel", "wall"].map(patchWords)).toEqual([
      ...["television, picture 7", "lamp, lit", "Ana with the parcel", "wall"],
    ]);
  });
});
