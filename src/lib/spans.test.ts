import fc from "fast-check";
import { expect, it } from "vitest";
import { formatSpans, isInSpans, parseSpans, positionsOf } from "./spans";

it("reads what it writes", () => {
  const span = fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 50 })).map(([start, length]) => ({
    start,
    end: start + length,
  }));
  fc.assert(
    fc.property(fc.array(span), (spans) => {
      expect(parseSpans(formatSpans(spans))).toEqual(spans);
    }),
  );
});

it("counts each token once", () => {
  const spans = parseSpans("3-5, 4-6, 9");
  expect(positionsOf(spans)).toEqual([3, 4, 5, 6, 9]);
  expect([2, 3, 6, 7, 9].map((position) => isInSpans(spans, position))).toEqual([false, true, true, false, true]);
  expect(parseSpans("")).toEqual([]);
});

it.each(["a", "5-3", "-3", "1-2-3", "1.5"])("says what is wrong with %s", (text) => {
  expect(() => parseSpans(text)).toThrow(`“${text}” names no tokens; write first and last, counted from 0`);
});
