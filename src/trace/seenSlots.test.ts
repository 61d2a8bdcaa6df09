import { expect, it } from "vitest";
import { drawRandomTrace } from "./drawTrace.testing";
import { cacheSeenByStep, headPositions } from "./replay";
import { seenPosition, slotsOfPositions, slotsSeenByStep } from "./seenSlots";

const seeds = Array.from({ length: 20 }, (_, seed) => seed);

it.each(seeds)("finds the same positions in the same slots as the replay, seed %i", (seed) => {
  const trace = drawRandomTrace(seed);
  const headCount = trace.header.model.layerCount * trace.header.model.kvHeadCount;
  trace.steps.forEach(({ step }) => {
    const replayed = cacheSeenByStep(trace, step);
    const seen = slotsSeenByStep(trace, step);
    for (let head = 0; head < headCount; head++) {
      const row = headPositions(replayed, head);
      expect([...row].map((_, slot) => seenPosition(seen, head, slot))).toEqual([...row]);
      const every2nd = row.filter((_, slot) => slot % 2 === 1);
      expect([...slotsOfPositions(seen, head, every2nd)]).toEqual([...every2nd].map((_, place) => 2 * place + 1));
    }
  });
});
