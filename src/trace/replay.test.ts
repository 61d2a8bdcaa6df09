// Replay against pictures, and against a plain simulation that keeps a list per head.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headCountOf, headRow, kvHeadOf, layerOf } from "../cache/headRows";
import { drawRandomTrace, drawTrace } from "./drawTrace.testing";
import { createEventReplay, leanEvent } from "./leanEvent";
import {
  cacheAfterStep,
  cacheSeenByStep,
  eventAtStep,
  heldShare,
  keptByHead,
  isInWindow,
  lastEventAtStep,
  lengthsAfterStep,
  lengthsSeenByStep,
  lifetimes,
  positionToSlot,
  seenPosition,
  slotsOfPositions,
  slotsSeenByStep,
  survivingPositions,
} from "./replay";
import type { ReplayedCache } from "./replay";
import type { Trace } from "./trace";
import { createTraceBuilder } from "./traceBuilder";

const trace = drawTrace(
  { prompt: "The cat sat", windowSlots: 2 },
  `
  on
  the   evicts The | cat
  mat
  .     evicts cat | The
  end`,
);
const words = ["The", "cat", "sat", "on", "the", "mat", ".", "end"];

function heldWords(cache: ReplayedCache, head: number): string {
  return Array.from(headRow(cache, head), (position) => words[position]).join(" ");
}

describe("replay of a drawn run", () => {
  it("starts with an empty cache", () => {
    expect(cacheAfterStep(trace, -1).values).toHaveLength(0);
    expect([...lengthsAfterStep(trace, -1)]).toEqual([0, 0]);
  });

  it("holds the prompt after the prefill", () => {
    expect(heldWords(cacheAfterStep(trace, 0), 1)).toBe("The cat sat");
  });

  it("lets the compressing forward see everything", () => {
    expect(heldWords(cacheSeenByStep(trace, 1), 0)).toBe("The cat sat on");
    expect([...lengthsSeenByStep(trace, 1)]).toEqual([4, 4]);
  });

  it("drops what left each head once the event is over", () => {
    expect(heldWords(cacheAfterStep(trace, 1), 0)).toBe("cat sat on");
    expect(heldWords(cacheAfterStep(trace, 1), 1)).toBe("The sat on");
    expect([...lengthsAfterStep(trace, 1)]).toEqual([3, 3]);
  });

  it("appends behind the survivors", () => {
    expect(heldWords(cacheAfterStep(trace, 2), 1)).toBe("The sat on the");
    expect(heldWords(cacheAfterStep(trace, 4), 0)).toBe("sat on the mat .");
  });

  it("finds the slot of a position, and none for one that left", () => {
    expect(positionToSlot(cacheAfterStep(trace, 2), 1, 2)).toBe(1);
    expect(positionToSlot(cacheAfterStep(trace, 2), 1, 1)).toBe(-1);
  });

  it("knows when each position came and went", () => {
    const lives = lifetimes(trace);
    expect(lives.positionCount).toBe(7);
    expect([0, 3, 4].map((position) => lives.writtenStep(position))).toEqual([0, 1, 2]);
    expect([lives.evictedStep(0, 0, 0), lives.evictedStep(0, 1, 0)]).toEqual([1, 3]);
    expect(lives.lastEvictedStep(0)).toBe(3);
    expect(lives.lastEvictedStep(2)).toBe(Infinity);
  });

  it("gives the share of heads that hold each position, the fresh token counted as held", () => {
    expect([...heldShare(trace, 0)]).toEqual([1, 1, 1, 1]);
    expect([...heldShare(trace, 1)]).toEqual([0.5, 0.5, 1, 1, 1]);
    expect([...heldShare(trace, 3)]).toEqual([0, 0, 1, 1, 1, 1, 1]);
  });

  it("places the window on the newest written positions", () => {
    const inWindow = words.filter((_, position) => isInWindow(trace, 2, position));
    expect(inWindow).toEqual(["on", "the"]);
  });

  it("finds the event of a step and the newest one before it", () => {
    expect(eventAtStep(trace, 1)).toBe(trace.events[0]);
    expect(eventAtStep(trace, 2)).toBeNull();
    expect(lastEventAtStep(trace, 2)).toBe(trace.events[0]);
    expect(lastEventAtStep(trace, 0)).toBeNull();
  });

  it("refuses a step that has not been taken", () => {
    expect(() => cacheAfterStep(trace, 5)).toThrow("step 5 of a trace of 5 steps");
  });
});

it("follows heads that evict different numbers of slots, or none", () => {
  const ragged = drawTrace({ prompt: "The cat sat" }, "on\nthe evicts The cat | -\nmat\n. evicts sat | cat on\nend");
  const after = (step: number) => [0, 1].map((head) => heldWords(cacheAfterStep(ragged, step), head));
  expect(after(1)).toEqual(["sat on", "The cat sat on"]);
  expect(after(3)).toEqual(["on the mat", "The sat the mat"]);
  expect(after(4)).toEqual(["on the mat .", "The sat the mat ."]);
  expect([...lengthsSeenByStep(ragged, 3)]).toEqual([4, 6]);
  expect([...heldShare(ragged, 3)]).toEqual([0.5, 0, 0.5, 0.5, 1, 1, 1]);
});

/** After every step, per head the list of positions: evict from a list, append to a list. */
function simulate(random: Trace): number[][][] {
  const { header, steps, events } = random;
  const headCount = headCountOf(header.model);
  let heads = Array.from({ length: headCount }, () => Array.from(header.promptTokens.keys()));
  return steps.map(({ step }) => {
    if (step > 0) heads = heads.map((row) => [...row, header.promptTokens.length + step - 1]);
    const event = events.find((candidate) => candidate.step === step);
    if (event !== undefined) {
      heads = heads.map((row, head) => Array.from(headRow(event.survivors, head), (slot) => row[slot]));
    }
    return heads;
  });
}

describe("replay of random runs", () => {
  it("agrees with a plain simulation at every step, in any order of asking", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.array(fc.nat(), { maxLength: 9 }), (seed, asked) => {
        const random = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
        const expected = simulate(random);
        const lives = lifetimes(random);
        const { model } = random.header;
        for (const ask of [...asked, ...random.steps.keys()]) {
          const step = ask % random.steps.length;
          const cache = cacheAfterStep(random, step);
          const share = heldShare(random, step);
          const heads = expected[step];
          expect(heads.map((_, head) => [...headRow(cache, head)])).toEqual(heads);
          expect([...lengthsAfterStep(random, step)]).toEqual(heads.map((row) => row.length));
          for (let position = 0; position < share.length - 1; position++) {
            const holding = heads.filter((row) => row.includes(position)).length;
            expect(share[position]).toBe(Math.fround(holding / heads.length));
            heads.forEach((row, head) => {
              const evictedAt = lives.evictedStep(layerOf(model, head), kvHeadOf(model, head), position);
              expect(evictedAt > step).toBe(row.includes(position));
            });
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("answers the same about a trace that is still growing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const whole = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
        const builder = createTraceBuilder(whole.header);
        for (const record of whole.steps) {
          builder.append(record, eventAtStep(whole, record.step));
          expect(cacheAfterStep(builder.trace, record.step)).toEqual(cacheAfterStep(whole, record.step));
          expect(heldShare(builder.trace, record.step)).toEqual(heldShare(whole, record.step));
        }
        expect(lifetimes(builder.trace).lastEvictedStep(0)).toBe(lifetimes(whole).lastEvictedStep(0));
      }),
      { numRuns: 40 },
    );
  });
});

describe("the slots that a step sees, one by one", () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);

  it.each(seeds)("holds the positions that the replay finds in them, seed %i", (seed) => {
    const random = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
    const headCount = headCountOf(random.header.model);
    random.steps.forEach(({ step }) => {
      const replayed = cacheSeenByStep(random, step);
      const seen = slotsSeenByStep(random, step);
      for (let head = 0; head < headCount; head++) {
        const row = headRow(replayed, head);
        expect([...row].map((_, slot) => seenPosition(seen, head, slot))).toEqual([...row]);
        const every2nd = row.filter((_, slot) => slot % 2 === 1);
        expect([...slotsOfPositions(seen, head, every2nd)]).toEqual([...every2nd].map((_, place) => 2 * place + 1));
      }
    });
  });
});

it("tells of an event that left its rows what it told of the whole one", () => {
  for (let seed = 0; seed < 20; seed++) {
    const trace = drawRandomTrace(seed, { isRagged: seed % 2 === 0 });
    const replay = createEventReplay(trace);
    const told = trace.events.map((event) => {
      // As it was before the next step told of it, too.
      const unfinished = { ...trace, steps: trace.steps.slice(0, event.step + 1) };
      expect(lengthsAfterStep(unfinished, event.step)).toEqual(lengthsAfterStep(trace, event.step));
      const lean = leanEvent(event, [], replay);
      expect(survivingPositions(lean)).toEqual(survivingPositions(event));
      return survivingPositions(event);
    });
    trace.events.forEach(({ step }, place) => {
      for (let head = 0; head < headCountOf(trace.header.model); head++) {
        expect(keptByHead(trace, step, head)).toEqual(headRow(told[place], head));
      }
    });
  }
});
