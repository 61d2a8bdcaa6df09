import { beforeAll, describe, expect, it } from "vitest";
import { headRow, rowLengths } from "../../cache/headRows";
import { drawStreamTrace } from "./drawStreamTrace.testing";
import {
  answerLooks,
  fullSlotsAfter,
  heldAfter,
  heldBefore,
  heldByHead,
  heldShares,
  keptReasons,
  slotsOverFrames,
} from "./streamReplay";
import { frameTokensOf, placeOf, positionAt, type StreamTrace } from "./streamTrace";

let trace: StreamTrace;
beforeAll(async () => {
  trace = await drawStreamTrace({ frames: 20 });
});

describe("the cache of a stream", () => {
  it("holds what the blocks say after any number of frames, and never more than |M|", () => {
    for (const { framesSeen, lengthSlots } of trace.blocks) {
      expect([...new Set(rowLengths(heldAfter(trace, framesSeen)))]).toEqual([lengthSlots]);
    }
    const { points, capSlots, peakSlots } = slotsOverFrames(trace);
    expect(capSlots).toBe(1 + 8 * 26);
    expect(Math.max(...points.map(({ arrivedSlots }) => arrivedSlots), peakSlots)).toBeLessThanOrEqual(1 + 8 * 26);
    expect(points.at(-1)?.fullSlots).toBe(1 + 20 * 26);
    expect(fullSlotsAfter(trace, 3)).toBe(79);
  });

  it("waits for the block that is open", () => {
    const [first, second] = trace.blocks;
    expect(first.framesSeen).toBe(2);
    expect(heldAfter(trace, 3)).toEqual(heldAfter(trace, first.framesSeen));
    expect(heldAfter(trace, 1).values).toHaveLength(4);
    expect(second.framesSeen).toBe(4);
  });

  it("keeps in a compression what was there before it", () => {
    for (const compression of trace.compressions) {
      const before = heldBefore(trace, compression);
      for (let head = 0; head < 4; head++) {
        const own = [...headRow(before, head)];
        expect(own).toEqual(expect.arrayContaining([...headRow(compression.kept, head)]));
        expect(headRow(compression.temporal, head)).toHaveLength(own.length - 1);
      }
    }
    expect(trace.compressions.length).toBeGreaterThan(4);
  });

  it("counts the heads that hold a patch", () => {
    const shares = heldShares(trace, 20);
    const newest = positionAt(trace, { frame: 19, token: 4 }) - 1;
    expect(shares[newest]).toBe(1);
    const byHead = [0, 1, 2, 3].map((head) => heldByHead(trace, 20, head));
    shares.forEach((share, at) => expect(byHead.filter((own) => own[at] === 1).length / 4).toBe(share));
    expect(shares.some((share) => share === 0)).toBe(true);
  });

  it("knows where a position is", () => {
    expect(placeOf(trace, 0)).toBeNull();
    expect(placeOf(trace, 1)).toEqual({ frame: 0, token: 0 });
    expect(placeOf(trace, 1 + 26 * 3 + 5)).toEqual({ frame: 3, token: 5 });
  });
});

describe("why a slot stayed", () => {
  it("divides |C| as α says: newest frame and TaR's picks take half, value norms the rest", () => {
    const reasons = keptReasons(trace, trace.compressions[1], 2);
    const count = (reason: string) => reasons.filter((one) => one === reason).length;
    expect([count("newest"), count("temporal"), count("valueNorm")]).toEqual([26, 52, 78]);
    expect(count("gone")).toBe(reasons.length - 156);
  });

  it("says so of a known question, which fits under |M| while it looks", async () => {
    const asked = await drawStreamTrace({ frames: 14, policyId: "snapkv" });
    expect(new Set(keptReasons(asked, asked.compressions[0], 0))).toEqual(new Set(["asked", "newest", "gone"]));
    expect(slotsOverFrames(asked).peakSlots).toBeLessThanOrEqual(asked.header.slotCapacity);
    expect(asked.compressions[0].questionAttention?.values.some((paid) => paid > 0)).toBe(true);
  });
});

it("says what an answer looked at, patch by patch", () => {
  trace.answers.forEach(({ asked, attention, tokens, words, peakSlots }, at) => {
    expect(words).toHaveLength(tokens.length);
    expect(rowLengths(attention)).toEqual(rowLengths(heldAfter(trace, asked.moment)));
    const looks = answerLooks(trace, at, 0);
    expect(looks).toHaveLength(asked.moment * frameTokensOf(trace));
    const held = heldByHead(trace, asked.moment, 0);
    looks.forEach((paid, place) => expect(paid === 0 || held[place] === 1).toBe(true));
    expect(looks.some((paid) => paid > 0)).toBe(true);
    expect(peakSlots).toBeLessThanOrEqual(trace.header.slotCapacity);
  });
  expect(trace.answers.length).toBeGreaterThan(2);
});
