import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Diary, DiaryRule } from "./diary";
import { drawDiary, formatDiaryPrompt, formatDiaryTrace, simulateDiary } from "./diary";
import { tokensOf } from "./problem";

const rule = (room: string, change: number, targets: string): DiaryRule => {
  const [firstTarget, aboveTarget, belowTarget] = targets.split(" ");
  return { room, change, firstTarget, aboveTarget, belowTarget };
};

const diary: Diary = {
  rules: [rule("barn", 2, "den hall den"), rule("den", -5, "hall barn hall"), rule("hall", 5, "barn den barn")],
  startRoom: "barn",
  startValue: 10,
  stepCount: 6,
};

interface Visit {
  readonly room: string;
  readonly makes: number;
  readonly noted: number | null;
  readonly recalled: number | null;
  readonly way: string;
}

/** The visits as a reader would take them from the text. */
function visitsOf(trace: string): Visit[] {
  const step =
    /left : (\w+) \d+ (?:gain|lose) \d makes (\d+) (?:note (\w+)'s (\d+)|recall (\d+) (above|below)) to \w+ \./g;
  return [...trace.matchAll(step)].map(([, room, makes, owner, noted, recalled, way]) => {
    if (owner !== undefined) expect(owner).toBe(room);
    const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
    return { room, makes: Number(makes), noted: number(noted), recalled: number(recalled), way: way ?? "first" };
  });
}

describe("simulateDiary", () => {
  it("notes the number on the first visit and compares with it on every later one", () => {
    const taken = simulateDiary(diary);
    expect(formatDiaryPrompt(diary)).toBe(
      "<bos> Diary : at first note the number , then recall . Barn: gain 2 ; first to den ; above to hall ; below to den . Den: lose 5 ; first to hall ; above to barn ; below to hall . Hall: gain 5 ; first to barn ; above to den ; below to barn . Start in barn with 10 . Walk 6 steps . <think>",
    );
    expect(formatDiaryTrace(taken ?? []).split(/(?<= \.) /)).toEqual([
      "6 left : barn 10 gain 2 makes 12 note barn's 12 to den .",
      "5 left : den 12 lose 5 makes 7 note den's 7 to hall .",
      "4 left : hall 7 gain 5 makes 12 note hall's 12 to barn .",
      "3 left : barn 12 gain 2 makes 14 recall 12 above to hall .",
      "2 left : hall 14 gain 5 makes 19 recall 12 above to den .",
      "1 left : den 19 lose 5 makes 14 recall 7 above to barn .",
      "</think> Answer : 14 .",
      "<eos>",
    ]);
  });

  it("returns null if the number leaves 0 … 59 or comes within 1 of the note", () => {
    expect(simulateDiary({ ...diary, startValue: 58 })).toBeNull();
    expect(
      simulateDiary({ ...diary, rules: [rule("barn", 2, "den hall den"), rule("den", -2, "barn hall barn")] }),
    ).toBeNull();
    // The barn's second visit makes 13, its note is 12.
    expect(
      simulateDiary({ ...diary, rules: [...diary.rules.slice(0, 2), rule("hall", 4, "barn den barn")] }),
    ).toBeNull();
  });
});

describe("drawDiary", () => {
  it("writes each note once and recalls it unchanged", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 6 }), fc.integer({ min: 3, max: 30 }), fc.nat(), (rooms, steps, seed) => {
        const { prompt, trace, answer } = drawDiary({ rooms, steps }, seed);
        expect(tokensOf(prompt)).toHaveLength(23 + 16 * rooms);
        expect(tokensOf(trace)).toHaveLength(15 * steps + 6);
        const visits = visitsOf(trace);
        expect(visits).toHaveLength(steps);
        expect(visits[steps - 1].makes).toBe(Number(answer));
        const notes = new Map<string, number>();
        for (const { room, makes, noted, recalled, way } of visits) {
          expect(recalled).toBe(notes.get(room) ?? null);
          if (recalled === null) {
            expect(noted).toBe(makes);
            notes.set(room, makes);
          } else {
            expect(way).toBe(makes > recalled ? "above" : "below");
            expect(makes).not.toBe(recalled);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("needs notes again much later: all twice, half of the rooms both ways, some after longer than a round of all rooms", () => {
    for (let seed = 0; seed < 10; seed++) {
      const visits = visitsOf(drawDiary({ rooms: 5, steps: 28 }, seed).trace);
      const rooms = [...new Set(visits.map(({ room }) => room))];
      expect(rooms).toHaveLength(5);
      expect(visits.findLastIndex(({ noted }) => noted !== null)).toBeLessThan(14);
      const waysOf = rooms.map((room) => visits.filter((visit) => visit.room === room).map(({ way }) => way));
      expect(Math.min(...waysOf.map((ways) => ways.length))).toBeGreaterThanOrEqual(3);
      const bothWays = waysOf.filter((ways) => ways.includes("above") && ways.includes("below"));
      expect(bothWays.length).toBeGreaterThanOrEqual(2.5);
      const gaps = visits.map(
        ({ room }, step) => step - visits.slice(0, step).findLastIndex((visit) => visit.room === room),
      );
      const late = gaps.filter((gap, step) => visits[step].recalled !== null && gap > 5);
      expect(late.length).toBeGreaterThanOrEqual(2);
    }
  });

  it("names the knob that is out of range", () => {
    expect(() => drawDiary({ rooms: 2, steps: 10 }, 1)).toThrow("3 to 12 rooms");
    expect(() => drawDiary({ rooms: 4, steps: 60 }, 1)).toThrow("1 to 59 steps");
  });
});
