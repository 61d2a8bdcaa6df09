import { describe, expect, it } from "vitest";
import { advanced, BEAT_MS, clockAt, clockAtStart, next, paused, playing, previous, shownProgress } from "./beatClock";

describe("the clock of the beats", () => {
  it("plays all four beats and rests at the end", () => {
    let clock = clockAtStart;
    for (const beat of [1, 2, 3]) {
      clock = advanced(clock, BEAT_MS);
      expect(clock).toEqual({ beat, progress: 0, motion: "play" });
    }
    expect(advanced(clock, BEAT_MS)).toEqual(clockAt(3));
  });

  it("steps forwards to the end of one beat", () => {
    const clock = next(clockAt(0));
    expect(clock).toEqual({ beat: 1, progress: 0, motion: "forward" });
    expect(advanced(clock, BEAT_MS * 2)).toEqual(clockAt(1));
    expect(next(clockAt(3))).toEqual(clockAt(3));
  });

  it("runs backwards through a beat to the end of the one before", () => {
    const clock = advanced(previous(clockAt(2)), BEAT_MS / 2);
    expect(clock.progress).toBeCloseTo(0.5);
    expect(advanced(clock, BEAT_MS)).toEqual(clockAt(1));
    expect(advanced(previous(clockAt(0)), BEAT_MS)).toEqual({ beat: 0, progress: 0, motion: "rest" });
  });

  it("holds where it was paused and goes on from there", () => {
    const held = paused(advanced(clockAtStart, BEAT_MS / 4));
    expect(advanced(held, BEAT_MS)).toEqual(held);
    expect(playing(held)).toEqual({ ...held, motion: "play" });
    expect(playing(clockAt(3))).toEqual(clockAtStart);
  });

  it("shows whole beats for readers who asked for less motion", () => {
    const midway = advanced(clockAtStart, BEAT_MS / 2);
    expect(shownProgress(midway, true)).toBeCloseTo(0.5);
    expect(shownProgress(midway, false)).toBe(1);
    expect(shownProgress(previous(clockAt(2)), false)).toBe(0);
  });
});
