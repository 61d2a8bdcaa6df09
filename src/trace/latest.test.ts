import { expect, test, vi } from "vitest";
import { latestOf, pairOf } from "./latest";

test("The same key gives the same value, made once", () => {
  const trace = {};
  const make = vi.fn(() => [1, 2, 3]);
  const value = latestOf(trace, ["ages", 4, "all"], make);
  expect(latestOf(trace, ["ages", 4, "all"], make)).toBe(value);
  expect(make).toHaveBeenCalledTimes(1);
});

test("Another key, another name and another owner each make a value of their own; only the latest key is remembered", () => {
  const trace = {};
  const make = vi.fn(() => ({}));
  const first = latestOf(trace, ["ages", 4], make);
  expect(latestOf({}, ["ages", 4], make)).not.toBe(first);
  expect(latestOf(trace, ["lives", 4], make)).not.toBe(first);
  expect(latestOf(trace, ["ages", 4], make)).toBe(first);
  expect(latestOf(trace, ["ages", 5], make)).not.toBe(first);
  expect(latestOf(trace, ["ages", 4], make)).not.toBe(first);
});

test("A figure of a growing trace continues from its last value", () => {
  const trace = { steps: [2, 3] };
  const sums = (): number[] =>
    latestOf<number[]>(trace, ["sums", trace.steps.length], (before = []) => [
      ...before,
      ...trace.steps.slice(before.length).map((step) => step * 10),
    ]);
  expect(sums()).toEqual([20, 30]);
  expect(sums()).toBe(sums());
  trace.steps[0] = 9; // read already
  trace.steps.push(4);
  expect(sums()).toEqual([20, 30, 40]);
});

test("A value may be null or undefined", () => {
  const owner = {};
  const make = vi.fn(() => undefined);
  latestOf(owner, ["nothing"], make);
  latestOf(owner, ["nothing"], make);
  expect(make).toHaveBeenCalledTimes(1);
});

test("A pair has figures of its own, one set for each order", () => {
  const [left, right] = [{}, {}];
  expect(pairOf(left, right)).toBe(pairOf(left, right));
  expect(pairOf(left, right)).not.toBe(pairOf(right, left));
  expect(pairOf(left, {})).not.toBe(pairOf(left, right));
});
