import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../lib/random";
import {
  convexParts,
  queryUnit,
  QUERY_SOURCE,
  singleSlot,
  zipFigures,
  zipParts,
  type MergedSlot,
  type Mix,
} from "./zipMerge";

/** A head in float64: n slots, slot 1 near slot 0. */
interface Drawn {
  readonly query: number[];
  readonly keys: number[][];
  readonly values: number[][];
  readonly votes: number[];
}

const HEAD_DIM = 16;

function draw(seed: number, spread = 2): Drawn {
  const stream = randomStream(seed);
  const vector = (scale: number): number[] =>
    Array.from({ length: HEAD_DIM }, () => scale * (2 * stream.uniform() - 1));
  const keys = Array.from({ length: 12 }, () => vector(spread));
  keys[1] = keys[0].map((value, dim) => value + vector(0.5)[dim]);
  return {
    query: vector(spread),
    keys,
    values: keys.map(() => vector(1)),
    votes: keys.map(() => stream.integer(1, 5)),
  };
}

const dot = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, value, dim) => sum + value * right[dim], 0);
const logitsOf = ({ query, keys }: Drawn): number[] => keys.map((key) => dot(query, key) / Math.sqrt(HEAD_DIM));
const openSlots = (head: Drawn): MergedSlot[] =>
  logitsOf(head).map((logit, slot) => singleSlot(slot, logit, Math.log(head.votes[slot]), head.votes[slot]));
const unitOf = ({ query }: Drawn): number => queryUnit(dot(query, query), HEAD_DIM);

function vectorOf(head: Drawn, mix: Mix, rows: readonly number[][]): number[] {
  const sum = new Array<number>(HEAD_DIM).fill(0);
  for (const [source, weight] of mix) {
    (source === QUERY_SOURCE ? head.query : rows[source]).forEach((value, dim) => (sum[dim] += weight * value));
  }
  return sum;
}

function attend(
  head: Drawn,
  slots: readonly MergedSlot[],
  query = head.query,
): { weights: number[]; output: number[] } {
  const logits = slots.map(
    ({ key, logBias }) => dot(query, vectorOf(head, key, head.keys)) / Math.sqrt(HEAD_DIM) + logBias,
  );
  const largest = Math.max(...logits);
  const shares = logits.map((logit) => Math.exp(logit - largest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const values = slots.map(({ value }) => vectorOf(head, value, head.values));
  const weights = shares.map((share) => share / total);
  const output = Array.from({ length: HEAD_DIM }, (_, dim) =>
    weights.reduce((sum, weight, slot) => sum + weight * values[slot][dim], 0),
  );
  return { weights, output };
}

function change(after: readonly number[], before: readonly number[]): number {
  return Math.hypot(...after.map((value, dim) => value - before[dim])) / Math.hypot(...before);
}

const seeds = Array.from({ length: 300 }, (_, seed) => seed);

describe("a ZIP merge", () => {
  it.each(["bias", "query"] as const)(
    "changes nothing for the query of its logits, with a fallback by %s",
    (fallback) => {
      for (const seed of seeds) {
        const head = draw(seed, seed % 3 === 0 ? 0.3 : 2); // small logits need the fallback
        const slots = openSlots(head);
        const merged = zipParts([slots[0], slots[1], slots[2]], fallback, unitOf(head));
        const after = attend(head, [merged, ...slots.slice(3)]);
        expect(change(after.output, attend(head, slots).output)).toBeLessThan(1e-12);
        expect(merged.votes).toBe(head.votes[0] + head.votes[1] + head.votes[2]);
      }
    },
  );

  it("takes its fallback where the mean logit is near 0 or the key would double, halve or flip", () => {
    const parts = (left: number, right: number): MergedSlot[] => [
      singleSlot(0, left, 0, 1),
      singleSlot(1, right, 0, 1),
    ];
    expect(zipFigures(parts(2, 2.1)).needsFallback).toBe(false);
    expect(zipFigures(parts(0.05, -0.05)).needsFallback).toBe(true);
    expect(zipFigures(parts(-3, 1)).needsFallback).toBe(true); // t < m / 2
    expect(zipParts(parts(0.05, -0.05), "bias", 0).isFallback).toBe(true);
  });

  it("can be merged again: votes, value and logit are those of a merge at once, the key is another", () => {
    const head = draw(7);
    const [first, second, third] = openSlots(head);
    const atOnce = zipParts([first, second, third], "query", unitOf(head));
    const inTurn = zipParts([zipParts([first, second], "query", unitOf(head)), third], "query", unitOf(head));
    expect(inTurn.votes).toBe(atOnce.votes);
    expect(inTurn.logit).toBeCloseTo(atOnce.logit, 10);
    expect(change(vectorOf(head, inTurn.value, head.values), vectorOf(head, atOnce.value, head.values))).toBeLessThan(
      1e-12,
    );
    expect(change(vectorOf(head, inTurn.key, head.keys), vectorOf(head, atOnce.key, head.keys))).toBeGreaterThan(1e-4);
  });

  it("of equal keys and values changes nothing for any query (lemma 6)", () => {
    for (const seed of seeds) {
      const drawn = draw(seed);
      const head = {
        ...drawn,
        keys: [drawn.keys[0], drawn.keys[0], ...drawn.keys.slice(2)],
        values: [drawn.values[0], drawn.values[0], ...drawn.values.slice(2)],
      };
      const slots = openSlots(head);
      const after = [zipParts(slots.slice(0, 2), "bias", 0), ...slots.slice(2)];
      const other = draw(seed + 1000).query;
      expect(change(attend(head, after, other).output, attend(head, slots, other).output)).toBeLessThan(1e-6);
    }
  });

  it("stays within theorem 5's bound where the mean logit is not near 0", () => {
    const epsilon = 0.05;
    let checked = 0;
    for (const seed of seeds) {
      const head = { ...draw(seed), votes: new Array<number>(12).fill(1) };
      const slots = openSlots(head);
      const stream = randomStream(seed + 5000);
      const guessed = slots.map((slot) => ({
        ...slot,
        logit: slot.logit + Math.log(1 + epsilon * (2 * stream.uniform() - 1)),
      }));
      const merged = zipParts(guessed.slice(0, 2), "bias", 0);
      if (merged.isFallback) continue;
      checked++;
      const spread = Math.max(
        ...head.values.flatMap((left) =>
          head.values.map((right) => Math.hypot(...left.map((value, dim) => value - right[dim]))),
        ),
      );
      const [after, before] = [attend(head, [merged, ...slots.slice(2)]).output, attend(head, slots).output];
      const moved = Math.hypot(...after.map((value, dim) => value - before[dim]));
      expect(moved).toBeLessThan((2 * epsilon * (1 + epsilon) * spread) / (1 - epsilon) ** 2);
    }
    expect(checked).toBeGreaterThan(200);
  });
});

describe("a convex merge without votes", () => {
  it("always gets less attention than its parts together (theorem 2)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const head = { ...draw(seed), votes: new Array<number>(12).fill(1) };
        const slots = openSlots(head);
        const before = attend(head, slots).weights;
        const after = attend(head, [convexParts(slots.slice(0, 2)), ...slots.slice(2)]).weights;
        return after[0] < before[0] + before[1];
      }),
      { numRuns: 1000 },
    );
  });

  it("changes the output where ZIP does not", () => {
    const changes = seeds.map((seed) => {
      const head = draw(seed);
      const slots = openSlots(head);
      return change(
        attend(head, [convexParts(slots.slice(0, 2)), ...slots.slice(2)]).output,
        attend(head, slots).output,
      );
    });
    expect(changes.sort((left, right) => left - right)[150]).toBeGreaterThan(1e-3);
  });
});
