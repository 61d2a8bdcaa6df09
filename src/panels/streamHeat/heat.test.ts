import { describe, expect, it } from "vitest";
import { headRow } from "../../cache/headRows";
import { drawStreamTrace } from "../../trace/stream/drawStreamTrace.testing";
import { heatOf, heatShare, heatTable } from "./heat";

describe("the heat of a compression", () => {
  it("has the head's patches with their scores, and those that stayed are what it kept", async () => {
    const trace = await drawStreamTrace({ frames: 16, questionCount: 0 });
    for (const compression of trace.compressions) {
      const { frames, ranges } = heatOf(trace, compression, 1);
      const stayed = frames.flatMap(({ frame, patches }) =>
        patches.filter(({ fate }) => fate !== "gone").map(({ cell }) => 1 + frame * 26 + 1 + cell),
      );
      const kept = Array.from(headRow(compression.kept, 1)).filter(
        (position) => position > 0 && (position - 1) % 26 > 0,
      );
      expect(stayed).toEqual(kept);
      for (const { frame, patches } of frames) {
        for (const { scores } of patches) {
          // TaR compares with the newest frame.
          expect(scores.temporal === null).toBe(frame === compression.framesSeen - 1);
          expect(scores.valueNorms).not.toBeNull();
        }
      }
      expect(ranges.questionAttention).toBeNull();
      expect(ranges.temporal?.least).toBeGreaterThanOrEqual(-1.000001);
    }
  });

  it("has the attention of question 1 where that decided", async () => {
    const trace = await drawStreamTrace({ frames: 12, policyId: "snapkv", questionCount: 1 });
    const [compression] = trace.compressions;
    const { frames, ranges } = heatOf(trace, compression, 0);
    expect(ranges.questionAttention?.most).toBeGreaterThan(0);
    const fates = new Set(frames.flatMap(({ patches }) => patches.map(({ fate }) => fate)));
    expect(fates).toEqual(new Set(["asked", "newest", "gone"]));
    expect(heatTable(trace, compression, 0).rows).toHaveLength(frames.flatMap(({ patches }) => patches).length);
  });

  it("spreads scores over the scale", () => {
    expect([2, 3, 4].map((value) => heatShare(value, { least: 2, most: 4 }))).toEqual([0, 0.5, 1]);
    expect(heatShare(2, { least: 2, most: 2 })).toBe(0.5);
  });
});
