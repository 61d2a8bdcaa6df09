import fc from "fast-check";
import { expect, it } from "vitest";
import { headCountOf, headRow } from "../cache/headRows";
import { hashUniform } from "../lib/random";
import { bearerOf, carriedBy, carriedShare, lastCarriedStep, tokenFate, votesOf } from "./carried";
import { withMerges } from "./drawDepartures.testing";
import { drawRandomTrace, drawTrace } from "./drawTrace.testing";
import { droppedVotes } from "./merges";
import { cacheAfterStep, heldShare } from "./replay";
import type { Trace } from "./trace";
import { NEVER } from "./traceIndex";

const drawn = drawTrace(
  { prompt: "The cat sat on", kvHeadCount: 1 },
  `
  the
  mat   evicts cat
  and
  slept evicts sat the
  well  evicts on`,
);
/** cat → sat, sat → on, and “the” is dropped; then “on” goes with all that it carries. */
const merging = withMerges(drawn, ({ position }) => ({ 1: 2, 2: 3 })[position] ?? null);

it("follows a token from carrier to carrier", () => {
  expect(tokenFate(merging, 0, 1, 0)).toEqual({ type: "held" });
  expect(tokenFate(merging, 0, 1, 1)).toMatchObject({ type: "carried", by: 2, links: [{ position: 1, carrier: 2 }] });
  expect(tokenFate(merging, 0, 1, 3)).toMatchObject({
    type: "carried",
    by: 3,
    links: [
      { position: 1, carrier: 2, cosine: 0.75 },
      { position: 2, carrier: 3 },
    ],
  });
  expect(carriedBy(merging, 0, 3, 3)).toEqual([1, 2]);
  expect(votesOf(merging, 0, 3, 3)).toBe(3);
});

it("drops a token with the one that carries it", () => {
  expect(tokenFate(merging, 0, 4, 3)).toEqual({ type: "dropped", step: 3, links: [] });
  expect([1, 2, 3, 4, 5].map((position) => lastCarriedStep(merging, 0, position))).toEqual([4, 4, 4, 3, NEVER]);
  expect(tokenFate(merging, 0, 1, 4)).toMatchObject({ type: "dropped", step: 4, links: [{}, {}] });
  expect([...(carriedShare(merging, 4) ?? [])]).toEqual(new Array(9).fill(0));
});

it("shares a position out among heads: held, carried or dropped", () => {
  expect([...(carriedShare(merging, 3) ?? [])]).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
  expect(carriedShare(drawn, 3)).toBeNull();
  expect(bearerOf(drawn, 0, 1, 3)).toBe(-1);
});

/** Merges half of what leaves, each into some kept token. */
function randomMerging(seed: number): Trace {
  return withMerges(drawRandomTrace(seed, { isRagged: seed % 2 === 0 }), ({ event, head, position, kept }) =>
    hashUniform(seed, event, head, position) < 0.5 ? kept[Math.floor(hashUniform(seed, position) * kept.length)] : null,
  );
}

it("accounts for every token in any run: a slot's votes are the tokens it stands for, the rest is dropped", () => {
  fc.assert(
    fc.property(fc.nat(2000), fc.nat(), (seed, any) => {
      const trace = randomMerging(seed);
      if (trace.events.length === 0) return;
      const event = trace.events[any % trace.events.length];
      const { step } = event;
      const written = trace.header.promptTokens.length + step;
      const share = carriedShare(trace, step) ?? new Float32Array(0);
      const carried = new Float64Array(written);
      for (let head = 0; head < headCountOf(trace.header.model); head++) {
        const bearers = Array.from({ length: written }, (_, position) => bearerOf(trace, head, position, step));
        for (const position of headRow(cacheAfterStep(trace, step), head)) {
          expect(bearers.filter((bearer) => bearer === position)).toHaveLength(votesOf(trace, head, position, step));
          expect(carriedBy(trace, head, position, step)).toHaveLength(votesOf(trace, head, position, step) - 1);
        }
        expect(bearers.filter((bearer) => bearer < 0)).toHaveLength(droppedVotes(event, head) ?? NaN);
        bearers.forEach((bearer, position) => {
          const { type } = tokenFate(trace, head, position, step);
          expect(type).toBe(bearer === position ? "held" : bearer < 0 ? "dropped" : "carried");
          if (type === "carried") carried[position]++;
        });
      }
      const headCount = headCountOf(trace.header.model);
      carried.forEach((count, position) => {
        expect(share[position]).toBeCloseTo(count / headCount);
        expect(share[position] + heldShare(trace, step)[position]).toBeLessThan(1 + 1e-6);
      });
    }),
    { numRuns: 60 },
  );
});
