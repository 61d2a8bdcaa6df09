import { describe, expect, it } from "vitest";
import { drawStreamTrace } from "../../trace/stream/drawStreamTrace.testing";
import { sharesSeen } from "../stream/streamShown";
import { framesInSight, frameShares, joinRings, lookRings, patchShares, showRings } from "./filmstrip";

describe("the filmstrip", () => {
  it("draws the frames in sight and one on either side", () => {
    expect(framesInSight(100, 50, 0, 200)).toEqual({ first: 0, end: 5 });
    expect(framesInSight(100, 50, 510, 200)).toEqual({ first: 9, end: 16 });
    expect(framesInSight(3, 50, 900, 200)).toEqual({ first: 3, end: 3 });
  });

  it("leaves markers out of a frame's share", () => {
    // Two frames of a marker and two patches.
    const shares = [1, 0.5, 0, 0, 1, 1];
    expect([...frameShares(shares, 3)]).toEqual([0.25, 1]);
    expect(patchShares(shares, 3, 0)).toEqual([0.5, 0]);
  });

  it("shows a frame that is still to be compressed as held by all", async () => {
    const trace = await drawStreamTrace({ frames: 12, questionCount: 0 });
    const shares = sharesSeen(trace, 9, null);
    expect(shares.length).toBe(9 * 26);
    expect(patchShares(shares, 26, 8)).toEqual(new Array(25).fill(1));
    expect(Math.min(...patchShares(shares, 26, 0))).toBeLessThan(1);
  });

  it("rings what an answer looked at, the most at full strength, and what shows the answer", async () => {
    const trace = await drawStreamTrace({ frames: 12, questionCount: 2 });
    const rings = lookRings(trace, 0, null);
    const strengths = [...rings.values()].flat().map(({ strength }) => strength);
    expect(Math.max(...strengths)).toBe(1);
    expect(Math.min(...strengths)).toBeGreaterThanOrEqual(0.15);
    expect(Math.max(...rings.keys())).toBeLessThan(trace.answers[0].asked.moment);
    const both = joinRings(showRings([{ frame: 2, cell: 7 }]), rings);
    expect(both.get(2)?.[0]).toEqual({ cell: 7, type: "shows", strength: 1 });
  });
});
