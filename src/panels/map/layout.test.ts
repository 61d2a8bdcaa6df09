import { expect, it } from "vitest";
import { headRow, rowLengths } from "../../cache/headRows";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { mapGeometry } from "./geometry";
import { cellSummary, mapMarks, mapQuantities, mapTable, type MapQuantity } from "./layout";

const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [
    { step: 2, evicted: ["The cat sat", "cat sat on", "The sat on", "cat sat the"], total: [0.1, 0.2, 0.3, 0.4, 0.9] },
  ],
});

/** The marks of one strip. */
function marksOf(step: number, head: number, quantity: MapQuantity) {
  const marks = mapMarks(trace, step, { quantity, focusHead: 2 });
  return {
    positions: [...headRow(marks.positions, head)],
    values: [...headRow(marks.values, head)],
    isKept: marks.isKept === null ? null : [...headRow(marks.isKept, head)],
  };
}

it("has a mark for each slot that the step saw, at its position in the text", () => {
  expect(marksOf(1, 0, "none").positions).toEqual([0, 1, 2, 3, 4]);
  expect(marksOf(3, 0, "none").positions).toEqual([3, 4, 5, 6]);
});

it("hangs evicted marks at the step of the event, and removes them at the next", () => {
  expect(marksOf(2, 0, "none").isKept).toEqual([0, 0, 0, 1, 1, 1]);
  expect(marksOf(2, 1, "none").isKept).toEqual([1, 0, 0, 0, 1, 1]);
  expect(marksOf(3, 0, "none").isKept).toBeNull();
  expect(cellSummary(trace, 2, 0)).toBe("holds 3 tokens, 3 evicted now");
  expect(cellSummary(trace, 3, 0)).toBe("holds 4 tokens");
});

it("shows attention on a square-root scale from 0 to 1", () => {
  const { values } = marksOf(1, 0, "attention");
  expect(values[0]).toBeCloseTo(0.8); // attention 0.64
  expect(values[1]).toBe(0);
});

it("spreads a head's scores over the whole scale and leaves out what was not scored", () => {
  const { values } = marksOf(2, 0, "score");
  expect(values[0]).toBe(0);
  expect(values[4]).toBe(1);
  expect(values[5]).toBeNaN(); // the window
});

it("offers only what the trace holds", () => {
  expect(mapQuantities(trace, 1)).toEqual(["attention", "age", "agreement", "none"]);
  expect(mapQuantities(trace, 2)).toEqual(["attention", "score", "age", "agreement", "none"]);
});

it("gives the window's positions", () => {
  expect(mapMarks(trace, 3, { quantity: "none", focusHead: 2 }).window).toEqual([6, 6]);
});

it("fits 28 layers into less height than four would take per layer", () => {
  expect(mapGeometry(28, 200, 100).cellHeight).toBeLessThan(mapGeometry(4, 200, 100).cellHeight / 2);
});

it("counts the age of a token from the step that wrote it, the prompt being oldest", () => {
  expect(marksOf(2, 0, "age").values).toEqual([1, 1, 1, 1, 0.5, 0]);
});

it("marks what the focused head holds too", () => {
  const { positions, values } = marksOf(3, 0, "agreement");
  expect(positions).toEqual([3, 4, 5, 6]); // the focused head holds 1, 4, 5, 6
  expect(values).toEqual([NaN, 1, 1, 1]);
});

it("tabulates what is in each slot", () => {
  const { rows } = mapTable(trace, 3);
  expect(rows).toHaveLength(4 * 4);
  expect(rows[0]).toEqual([0, 0, 0, 3, "on"]);
  expect(rows[4 + 4]).toEqual([1, 0, 0, 1, "cat"]);
});

it("draws heads of different lengths, each with its own slots", () => {
  const ragged = drawScoredTrace({
    prompt: "The cat sat on",
    generated: "the mat and slept",
    windowSlots: 1,
    budgetSlots: 3,
    intervalSteps: 2,
    events: [{ step: 2, evicted: ["The cat sat", "cat", "", "on the"] }],
  });
  const lengthsAt = (step: number) => {
    const { positions, values } = mapMarks(ragged, step, { quantity: "attention", focusHead: 0 });
    expect([...rowLengths(values)]).toEqual([...rowLengths(positions)]);
    return [...rowLengths(positions)];
  };
  expect(lengthsAt(2)).toEqual([6, 6, 6, 6]);
  expect(lengthsAt(3)).toEqual([4, 6, 7, 5]);
  expect([0, 1, 2].map((head) => cellSummary(ragged, 2, head))).toEqual([
    "holds 3 tokens, 3 evicted now",
    "holds 5 tokens, 1 evicted now",
    "holds 6 tokens",
  ]);
  expect(mapTable(ragged, 2).rows).toHaveLength(3 + 5 + 6 + 4);
});
