// What the card says of a token that a run merged, and of the one that carries it.
import { expect, it } from "vitest";
import { withMerges } from "../../trace/drawDepartures.testing";
import type { Trace } from "../../trace/trace";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { whyLayout, whyTable } from "./layout";
import { tokenFacts, tokenSentence } from "../tokenFacts";

const drawn = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept well",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [
    { step: 2, evicted: ["The cat", "The cat", "cat sat", "cat sat"] },
    { step: 4, evicted: ["sat on", "sat on", "The on", "The on"] },
  ],
});
/** “cat” goes into “sat”, and both into “the”; “The” is dropped. */
const into: Readonly<Partial<Record<number, number>>> = { 1: 2, 2: 4 };
const merging: Trace = (() => {
  const trace = withMerges(drawn, ({ position, kept }) => {
    const carrier = into[position];
    return carrier !== undefined && kept.includes(carrier) ? carrier : null;
  });
  const changes = (share: number) => new Float32Array(4).fill(share);
  const figures = { merged: changes(0.01), evicted: changes(0.2), convex: changes(0.05), zip: changes(0.02) };
  const events = trace.events.map((event) => ({
    ...event,
    ...(event.merges !== undefined && { merges: { ...event.merges, changes: figures } }),
  }));
  return { ...trace, events };
})();
const focus = { layer: 0, kvHead: 0 };
const texts = (step: number, position: number) =>
  whyLayout(merging, step, focus, position).merges.map(({ label, text }) => `${label}: ${text}`);

it("names each merge on the way of a token, its cosine, the votes after, and what the event cost", () => {
  expect(texts(4, 1)).toEqual([
    "step 2: “cat” (1) into “sat” (2) at a cosine of 0.750; 2 votes after",
    "step 4: “sat” (2) into “the” (4) at a cosine of 0.750; 3 votes after",
    "now: “the” (4) stands for it; 3 votes after",
    "cost: the event moved the newest query’s output in this head by 1.0 %; had all that left been dropped, by 20 %, averaged, by 5 %, merged by ZIP, by 2 %",
  ]);
  const why = whyLayout(merging, 4, focus, 1);
  expect(why.verdict).toBe("carried");
  expect(why.headline).toMatch(/^Merged at step 2/);
  expect(why.reason).toContain("went into the slot of “sat” (2)");
});

it("says of a dropped token how close it came, and of a carrier whom it carries", () => {
  expect(texts(3, 0).slice(0, 2)).toEqual([
    "step 2: the closest kept key is that of “sat” (2), at a cosine of 0.250",
    "now: gone since step 2",
  ]);
  expect(whyLayout(merging, 3, focus, 0).headline).toMatch(/^Dropped at step 2/);
  expect(texts(3, 2)).toEqual(["carries: “cat” (1); 2 votes after"]);
  expect(texts(3, 4)).toEqual([]);
});

it("has no such row where a run merges nothing", () => {
  expect(whyLayout(drawn, 4, focus, 1).merges).toEqual([]);
  expect(whyLayout(drawn, 4, focus, 1).headline).toMatch(/^Evicted at step 2/);
});

it("sums up over all heads who holds a token and who carries it", () => {
  expect(tokenSentence(tokenFacts(merging, 2, 1))).toBe(
    "Held by no head, carried on in 2, by “sat” (2, with up to 2 votes), dropped by 2.",
  );
  expect(tokenSentence(tokenFacts(merging, 4, 0))).toBe("Dropped by every head, by the last at step 4.");
  const facts = tokenFacts(merging, 4, 1);
  const { rows } = whyTable(whyLayout(merging, 4, focus, 1), { facts, focus, model: merging.header.model });
  expect(rows.at(-4)).toEqual(["layer 0, KV head 0", "evicted at step 2; position that carries it", 4]);
});
