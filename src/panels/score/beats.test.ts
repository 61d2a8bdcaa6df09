import { describe, expect, it } from "vitest";
import type { Beat } from "./beatClock";
import { scoreBeat, wholeFrame, type ScoreFrame } from "./beats";
import { drawnCandidates, drawnTrace } from "./drawScores.testing";
import { scoreLayout, slotX } from "./layout";

const layout = scoreLayout(drawnTrace.header, drawnCandidates, {
  windowSlots: 2,
  order: "position",
  measure: "parts",
  width: 400,
  height: 260,
});
const words = (frame: ScoreFrame): readonly string[] => frame.bars.map(({ candidate }) => candidate.text);

describe("the four beats", () => {
  it("begin with what the window measures alone", () => {
    const { bars, cutOffReach } = scoreBeat(layout, 0, 1);
    expect(bars.map(({ present }) => present?.height)).toEqual(layout.bars.map(({ present }) => present?.height));
    expect(bars.every(({ past, loss, totalY }) => past === null && loss === null && totalY === null)).toBe(true);
    expect(cutOffReach).toBe(0);
    expect(scoreBeat(layout, 0, 0).bars.every(({ present }) => present?.height === 0)).toBe(true);
  });

  it("join the past, then subtract redundancy, and then stand as in the whole picture", () => {
    const halfway = scoreBeat(layout, 1, 0.5).bars[0];
    expect(halfway.past).toEqual(layout.bars[0].past);
    expect(halfway.loss).toBeNull();
    expect(scoreBeat(layout, 1, 1).bars).toEqual(wholeFrame(layout).bars);
  });

  it("let the evicted fall out of the picture", () => {
    const falling = scoreBeat(layout, 2, 0.8);
    const [the, cat] = falling.bars;
    expect(the.totalY).toBe(layout.bars[0].totalY);
    expect(cat.totalY).toBeGreaterThan(Number(layout.bars[1].totalY));
    expect(falling.evictedOpacity).toBeLessThan(1);
    expect(words(scoreBeat(layout, 2, 1))).toEqual(["The", "sat"]);
  });

  it("end with the kept at their new slots in order, followed by the window", () => {
    const { bars, windowX } = scoreBeat(layout, 3, 1);
    expect(bars.map(({ x }) => x)).toEqual([slotX(layout, 0), slotX(layout, 1)]);
    expect(bars.map(({ candidate }) => candidate.newSlot)).toEqual([0, 1]);
    expect(windowX).toBeCloseTo(layout.plotLeft + 2 * layout.pitch);
  });

  it("never change a position", () => {
    const positions = new Map(layout.bars.map(({ candidate }) => [candidate.text, candidate.position]));
    for (const beat of [0, 1, 2, 3] as const) {
      for (const progress of [0, 0.3, 0.7, 1]) {
        for (const { candidate } of scoreBeat(layout, beat, progress).bars) {
          expect(candidate.position).toBe(positions.get(candidate.text));
        }
      }
    }
  });

  it.each([0, 1, 2] as const)("go on where beat %i ended", (beat) => {
    const ended = scoreBeat(layout, beat, 1);
    const begun = scoreBeat(layout, (beat + 1) as Beat, 0);
    expect(words(begun)).toEqual(words(ended));
    begun.bars.forEach(({ x, present, loss, totalY }, place) => {
      const before = ended.bars[place];
      expect([x, present?.y, present?.height, loss, totalY]).toEqual([
        before.x,
        before.present?.y,
        before.present?.height,
        before.loss,
        before.totalY,
      ]);
    });
    expect(begun.evictedOpacity).toBe(ended.evictedOpacity);
    expect(begun.cutOffReach).toBe(ended.cutOffReach);
    expect(begun.windowX).toBe(ended.windowX);
  });
});
