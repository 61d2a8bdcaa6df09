// Survivors that differ: whoever was swapped is named, by the sums alone.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyRows, headRow, kvHeadOf, layerOf, rowCount } from "../../cache/headRows";
import { randomStream } from "../../lib/random";
import { drawRandomTrace, drawTrace } from "../drawTrace.testing";
import { proveRun, thinnedProof } from "./proof";
import { checkProof } from "./proofCheck";
import type { EvictionEvent, Trace } from "../trace";

interface Swapped {
  readonly head: number;
  readonly keptHere: number;
  readonly keptThere: number;
}

/** The run with one survivor of an event exchanged for one that left, in a head; null where nobody can be. */
function withSwap(trace: Trace, at: number, seed: number): { trace: Trace; swapped: Swapped } | null {
  const random = randomStream(seed);
  const event = trace.events[at];
  const head = random.integer(0, rowCount(event.survivors) - 1);
  const kept = headRow(event.survivors, head).slice();
  const slots = Array.from(headRow(event.total, head), (_, slot) => slot);
  const stayed = slots.filter((slot) => kept.includes(slot));
  const left = slots.filter((slot) => !kept.includes(slot));
  if (stayed.length === 0 || left.length === 0) return null;
  const [out, put] = [random.pick(stayed), random.pick(left)];
  const survivors = copyRows(event.survivors);
  headRow(survivors, head).set(kept.map((slot) => (slot === out ? put : slot)).sort());
  const positionOf = (slot: number): number => headRow(event.positionsBefore, head)[slot];
  const changed: EvictionEvent = { ...event, survivors };
  return {
    trace: { ...trace, events: trace.events.map((other) => (other === event ? changed : other)) },
    swapped: { head, keptHere: positionOf(out), keptThere: positionOf(put) },
  };
}

const anyRunWithEvents = fc
  .nat()
  .map((seed): Trace => ({ ...drawRandomTrace(seed, { isRagged: seed % 2 === 1 }), end: "length" }))
  .filter(({ events }) => events.length > 0);

describe("the same tokens with another survivor", () => {
  it("name the event, the head and both tokens, for every swap of any event", () => {
    fc.assert(
      fc.property(anyRunWithEvents, fc.nat(), fc.nat(), (trace, place, seed) => {
        const at = place % trace.events.length;
        const there = withSwap(trace, at, seed);
        fc.pre(there !== null);
        const { model } = trace.header;
        const { head, keptHere, keptThere } = there.swapped;
        expect(checkProof(proveRun(there.trace), trace)).toMatchObject({
          type: "sameTokens",
          otherGroupCount: 1,
          first: {
            fromStep: trace.events[at].step,
            toStep: trace.events[at].step,
            swaps: [
              {
                layer: layerOf(model, head),
                kvHead: kvHeadOf(model, head),
                keptHere: { position: keptHere },
                keptThere: { position: keptThere },
              },
            ],
          },
        });
      }),
    );
  });

  it("in two heads name two swaps", () => {
    const run = { prompt: "The cat sat on the mat and slept" };
    const here: Trace = { ...drawTrace(run, "well\ntoday evicts The cat | cat on\n."), end: "length" };
    const there = drawTrace(run, "well\ntoday evicts The sat | cat the\n.");
    const verdict = checkProof(proveRun(there), here);
    expect(verdict).toMatchObject({ type: "sameTokens", otherGroupCount: 1 });
    if (verdict.type !== "sameTokens") return;
    const named = verdict.first?.swaps.map(({ kvHead, keptHere, keptThere }) => [
      kvHead,
      keptHere.text,
      keptThere.text,
    ]);
    expect(named?.sort()).toEqual([
      [0, "sat ", "cat "],
      [1, "the ", "on "],
    ]);
    expect(verdict.first?.accidentChance).toBeLessThan(1 / 2000);
  });

  it("beyond two swaps say so, with the closest cut", () => {
    const run = { prompt: "a b c d e f g h i j k l" };
    const here: Trace = { ...drawTrace(run, "x\ny evicts a b c d e | a b c d e"), end: "length" };
    const verdict = checkProof(proveRun(drawTrace(run, "x\ny evicts f g h i j | f g h i j")), here);
    const { margin } = here.events[0];
    expect(verdict).toMatchObject({ type: "sameTokens", first: { swaps: [], smallestMargin: { step: 1 } } });
    if (verdict.type === "sameTokens") expect(verdict.first?.smallestMargin.margin).toBe(Math.min(...margin));
  });

  it("of a thinned proof name the events that may be meant", () => {
    const trace: Trace = {
      ...drawTrace({ prompt: "a b c d e f" }, "x evicts a | b\ny evicts c | d\nz"),
      end: "length",
    };
    const there = withSwap(trace, 1, 3);
    const proof = thinnedProof({ ...proveRun(there?.trace ?? trace) });
    expect(proof?.detail?.eventInterval).toBe(2);
    expect(proof && checkProof(proof, trace)).toMatchObject({
      type: "sameTokens",
      eventInterval: 2,
      first: { fromStep: 0, toStep: 1, swaps: [] },
    });
  });
});

it("a run with an event more says how many there are", () => {
  const run = { prompt: "a b c d e f" };
  const more: Trace = { ...drawTrace(run, "x evicts a | b\ny evicts c | d\nz"), end: "length" };
  const fewer: Trace = { ...drawTrace(run, "x evicts a | b\ny\nz"), end: "length" };
  const expected = { type: "sameTokens", eventCount: 2, promisedEventCount: 1, otherGroupCount: 0, first: null };
  expect(checkProof(proveRun(fewer), more)).toMatchObject(expected);
});
