import { expect, it } from "vitest";
import { headCountOf, headRow } from "../cache/headRows";
import { drawRandomTrace } from "./drawTrace.testing";
import { cacheSeenByStep } from "./replay";
import { seenPosition, slotsOfPositions, slotsSeenByStep } from "./seenSlots";

const seeds = Array.from({ length: 20 }, (_, seed) => seed);

it.each(seeds)("finds the same positions in the same slots as the replay, seed %i", (seed) => {
  const trace = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
  const headCount = headCountOf(trace.header.model);
  trace.steps.forEach(({ step }) => {
    const replayed = cacheSeenByStep(trace, step);
    const seen = slotsSeenByStep(trace, step);
    for (let head = 0; head < headCount; head++) {
      const row = headRow(replayed, head);
      expect([...row].map((_, slot) => seenPosition(seen, head, slot))).toEqual([...row]);
      const every2nd = row.filter((_, slot) => slot % 2 === 1);
      expect([...slotsOfPositions(seen, head, every2nd)]).toEqual([...every2nd].map((_, place) => 2 * place + 1));
    }
  });
});
