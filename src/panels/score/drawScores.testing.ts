// The one drawn decision that the tests of the score panel look at. Nothing but tests may import it.
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { readCandidates } from "./candidates";

//                             The   cat   sat    on
const drawnTotal = [0.3, -0.3, 0.15, -0.1];

export const drawnTrace = drawScoredTrace({
  prompt: "The cat sat on the mat",
  generated: "and slept well",
  windowSlots: 2,
  budgetSlots: 4,
  intervalSteps: 2,
  events: [
    {
      step: 0,
      evicted: ["cat on", "cat on", "cat on", "cat on"],
      total: drawnTotal,
      parts: {
        localRaw: [0.2, 0.02, 0.04, 0.06],
        local: [1, 0.1, 0.2, 0.3],
        history: [0.8, NaN, 0.8, NaN],
        global: [1, 0.1, 0.8, 0.3],
        redundancy: [0.4, 0.7, 0.5, 0.5],
      },
    },
  ],
});

export const drawnEvent = drawnTrace.events[0];
export const drawnCandidates = readCandidates(drawnTrace, drawnEvent, 0);

/** A decision of a policy that only pools: neighbours share their highest score. */
export const pooledTrace = drawScoredTrace({
  prompt: "a b c d e f g",
  generated: "h",
  windowSlots: 1,
  budgetSlots: 4,
  intervalSteps: 1,
  events: [
    {
      step: 0,
      evicted: ["d e f", "d e f", "d e f", "d e f"],
      total: [0.5, 0.5, 0.25, 0.25, 0.25, 0.125],
      parts: {
        localRaw: [0.5, 0, 0, 0.25, 0, 0.125],
        local: [0.5, 0, 0, 0.25, 0, 0.125],
        pooled: [0.5, 0.5, 0.25, 0.25, 0.25, 0.125],
      },
    },
  ],
});
