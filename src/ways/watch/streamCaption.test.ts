import { beforeAll, describe, expect, it } from "vitest";
import { drawStreamTrace } from "../../trace/stream/drawStreamTrace.testing";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import { streamCaption } from "./streamCaption";

describe("the caption of a stream", () => {
  let trace: StreamTrace;
  let full: StreamTrace;
  beforeAll(async () => {
    trace = await drawStreamTrace({ frames: 32, questionCount: 3 });
    full = await drawStreamTrace({ frames: 32, policyId: "full", questionCount: 0 });
  });

  const at = (seen: number, isMoving = true, of = trace) => streamCaption({ trace: of, seen, isMoving });

  it("begins with the camera and the room that memory has", () => {
    expect(at(1).normal).toBe(
      "A camera watches a room for 32 frames of 25 patches. Memory has room for 8 frames: 209 places in every head.",
    );
  });

  it("says how much each compression frees, and what goes first", () => {
    const [first] = trace.compressions;
    expect(at(first.framesSeen)).toMatchObject({
      about: "decision",
      normal: "Every 2 frames memory is full, and every head frees 52 of 209 places: what has not changed goes first.",
    });
  });

  it("tells an answer at its moment, and for a while as the clock runs on", () => {
    const { asked, isRight } = trace.answers[0];
    const { moment } = asked;
    for (const caption of [at(moment, false), at(moment), at(moment + 5)]) {
      expect(caption.normal).toMatch(
        new RegExp(`^Asked after frame \\d+: “.+\\?” It says “.+”, which is ${isRight ? "right" : "wrong"}\\.$`),
      );
    }
    expect(at(moment + 13).normal).not.toContain(`Asked after frame ${moment}:`);
  });

  it("counts places and right answers at the end", () => {
    expect(at(32, false)).toMatchObject({ about: "end" });
    expect(at(32, false).normal).toMatch(
      /^32 frames seen in 209 places instead of 833\. \d of 3 questions are answered right\.$/,
    );
  });

  it("says of a full cache that it grows", () => {
    expect(at(1, true, full).normal).toContain("Nothing is forgotten: memory grows with every frame.");
    expect(at(20, true, full).normal).toBe("Nothing is forgotten: 521 places are taken, and every frame takes more.");
    expect(at(32, false, full).normal).toBe("32 frames seen in 833 places.");
  });
});
