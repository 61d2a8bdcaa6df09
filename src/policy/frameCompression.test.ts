import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { arrivalRounds, frameBudget, frameRules, keptFrameSlots, temporalChoice } from "./frameCompression";
import type { FrameChoices, FrameSlots } from "./frameCompression";

const choices: FrameChoices = {
  ...{ keepFrames: 3, frameTokens: 4, temporalShare: 0.5, recentShare: 0.25, isReversed: false },
};
const context = { streamFrames: 8, tokenCounts: [9, 9, 9, 9, 1], seed: 1, layer: 0, kvHead: 0 };

/** Four frames of four patches. Token 4 appears in frame 1 at patch 2 alone; frame 2 has the largest values. */
function drawSlots(change: Partial<FrameSlots> = {}): FrameSlots {
  const lengthSlots = 16;
  const each = (number: (slot: number) => number): number[] =>
    Array.from({ length: lengthSlots }, (_, slot) => number(slot));
  return {
    frames: Int32Array.from(each((slot) => Math.floor(slot / 4))),
    patches: Int32Array.from(each((slot) => slot % 4)),
    tokens: Int32Array.from(each((slot) => (slot === 6 ? 4 : slot % 4))),
    isChanged: Uint8Array.from(each((slot) => (slot === 6 || slot === 10 ? 1 : 0))),
    temporal: Float32Array.from(each((slot) => (slot === 6 ? 0.5 : -1 + slot / 100))),
    valueNorms: Float32Array.from(each((slot) => (slot >= 8 && slot < 12 ? 5 : 1))),
    ...change,
  };
}

describe("the budget of a compression", () => {
  it("gives TaR what the newest frames leave of its share", () => {
    expect(frameBudget(choices, 16)).toEqual({ recentFrames: 1, keepSlots: 12, temporalSlots: 6, pickedSlots: 2 });
  });

  it("has at least one newest frame, and no picks where the newest frames fill the share", () => {
    expect(frameBudget({ ...choices, recentShare: 0.1 }, 16).recentFrames).toBe(1);
    expect(frameBudget({ ...choices, recentShare: 0.75 }, 16)).toMatchObject({ recentFrames: 3, pickedSlots: 0 });
  });
});

describe("TaR and VaN", () => {
  it("keep the newest frame and what has changed most, then the largest values", () => {
    // TaR picks slots 6 and 11; of the six left, frame 2 has four of the largest values.
    const kept = keptFrameSlots("tarVan", drawSlots(), choices, context);
    expect([...kept]).toEqual([0, 1, 2, 6, 8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it("are VaN alone at α = 0, which protects no frame, and TaR alone at α = 1", () => {
    const slots = drawSlots({ valueNorms: Float32Array.from({ length: 16 }, (_, slot) => 16 - slot) });
    expect([...keptFrameSlots("tarVan", slots, { ...choices, temporalShare: 0 }, context)]).toEqual([
      ...Array.from({ length: 12 }).keys(),
    ]);
    const chosen = temporalChoice(slots, { ...choices, temporalShare: 1 });
    const alone = keptFrameSlots("tarVan", slots, { ...choices, temporalShare: 1 }, context);
    expect([...alone]).toEqual(
      [...Array.from(chosen ?? []).entries()].filter(([, one]) => one === 1).map(([slot]) => slot),
    );
  });

  it("reversed, keep what has changed least", () => {
    const isReversed = temporalChoice(drawSlots(), { ...choices, isReversed: true });
    expect([...(isReversed ?? [])]).toEqual([1, 1, ...new Array<number>(10).fill(0), 1, 1, 1, 1]);
  });
});

describe("controls", () => {
  const kept = (rule: (typeof frameRules)[number]): number[] => [
    ...keptFrameSlots(rule, drawSlots(), choices, context),
  ];

  it.each([
    ["slidingWindow", [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
    ["uniformTokens", [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14]],
    ["uniformFrames", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    // Of eight frames 0, 2 and 5: frame 5 is yet to come, so the newest hold its place.
    ["uniformKnownLength", [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15]],
    ["vanRecent", [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15]],
  ] as const)("%s", (rule, slots) => {
    expect(kept(rule)).toEqual(slots);
  });

  it("keep patches that changed or are rare, however old, and then the newest", () => {
    for (const rule of ["changedPatches", "rarePatches"] as const) {
      const small = keptFrameSlots(rule, drawSlots(), { ...choices, keepFrames: 1 }, context);
      expect(small).toContain(6);
      expect(small).toContain(15);
    }
  });

  it("of every rule keep as many slots as there is room for, in order, the same each time", () => {
    fc.assert(
      fc.property(fc.constantFrom(...frameRules), fc.integer({ min: 1, max: 4 }), (rule, keepFrames) => {
        const slots = keptFrameSlots(rule, drawSlots(), { ...choices, keepFrames }, context);
        expect(slots).toHaveLength(4 * keepFrames);
        expect([...slots]).toEqual([...new Set(slots)].sort((left, right) => left - right));
        expect(keptFrameSlots(rule, drawSlots(), { ...choices, keepFrames }, context)).toEqual(slots);
      }),
    );
  });

  it("draw at random for each head", () => {
    const other = keptFrameSlots("random", drawSlots(), choices, { ...context, kvHead: 1 });
    expect(other).not.toEqual(keptFrameSlots("random", drawSlots(), choices, context));
  });
});

describe("arriving frames", () => {
  it("are compressed whenever the next block would not fit, after the last too", () => {
    const rounds = arrivalRounds({ streamFrames: 10, capFrames: 8, keepFrames: 6, blockFrames: 2, schedule: "paper" });
    expect(rounds).toEqual([
      { framesSeen: 2, keepFrames: null },
      { framesSeen: 4, keepFrames: null },
      { framesSeen: 6, keepFrames: null },
      { framesSeen: 8, keepFrames: 6 },
      { framesSeen: 10, keepFrames: 6 },
    ]);
  });

  it("never exceed the cap", () => {
    const numbers = fc.record({
      streamFrames: fc.integer({ min: 1, max: 90 }),
      keepFrames: fc.integer({ min: 1, max: 10 }),
      room: fc.integer({ min: 1, max: 6 }),
      block: fc.integer({ min: 1, max: 6 }),
      schedule: fc.constantFrom("paper" as const, "code" as const),
    });
    fc.assert(
      fc.property(numbers, ({ streamFrames, keepFrames, room, block, schedule }) => {
        const capFrames = keepFrames + room;
        const blockFrames = Math.min(block, room);
        let [held, seen] = [0, 0];
        for (const round of arrivalRounds({ streamFrames, capFrames, keepFrames, blockFrames, schedule })) {
          held += round.framesSeen - seen;
          seen = round.framesSeen;
          expect(held).toBeLessThanOrEqual(capFrames);
          if (round.keepFrames !== null) held = round.keepFrames;
        }
        expect(seen).toBe(streamFrames);
      }),
    );
  });
});
