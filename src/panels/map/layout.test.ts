import { describe, expect, it } from "vitest";
import { headRow, rowLengths } from "../../cache/headRows";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { withMerges, withReads } from "../../trace/drawDepartures.testing";
import { headsFigures } from "./heads";
import { unionSentence } from "./MapStrips";
import { cellSummary, mapMarks, mapQuantities, mapTable, type MapQuantity } from "./layout";

const none = { quantity: "none", focusHead: 0 } as const;

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
    fates: marks.fates === null ? null : [...headRow(marks.fates, head)],
  };
}

it("has a mark for each slot that the step saw, at its position in the text", () => {
  expect(marksOf(1, 0, "none").positions).toEqual([0, 1, 2, 3, 4]);
  expect(marksOf(3, 0, "none").positions).toEqual([3, 4, 5, 6]);
});

it("hangs evicted marks at the step of the event, and removes them at the next", () => {
  expect(marksOf(2, 0, "none").fates).toEqual([0, 0, 0, 1, 1, 1]);
  expect(marksOf(2, 1, "none").fates).toEqual([1, 0, 0, 0, 1, 1]);
  expect(marksOf(3, 0, "none").fates).toBeNull();
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

describe("a run that merges", () => {
  /** The first of what each head evicts goes into the first that it keeps. */
  const merging = withMerges(trace, ({ position, kept }) => (position === 0 ? kept[0] : null));

  it("hangs merged marks apart from dropped ones, and afterwards marks who is carried", () => {
    expect([...headRow(mapMarks(merging, 2, none).fates ?? fail(), 0)]).toEqual([2, 0, 0, 1, 1, 1]);
    expect([...(mapMarks(merging, 2, none).carried?.values ?? [])]).toEqual([]);
    const after = mapMarks(merging, 3, none);
    expect([...headRow(after.carried ?? fail(), 0)]).toEqual([0]);
    expect([...(after.votes?.[0] ?? [])]).toEqual([2, 1, 1]);
    expect(cellSummary(merging, 2, 0)).toBe("holds 3 tokens, 1 merged and 2 dropped now");
  });

  it("offers votes as a quantity, on a logarithmic scale", () => {
    expect(mapQuantities(merging, 3)).toContain("votes");
    expect([...headRow(mapMarks(merging, 3, { quantity: "votes", focusHead: 0 }).values, 0)]).toEqual([1, 0, 0, 0]);
    expect(mapTable(merging, 3).rows[0]).toEqual([0, 0, 0, 3, "on", 2]);
  });

  it("says of what no head holds whether others carry it", () => {
    expect(unionSentence(headsFigures(merging, 2))).toContain(
      "1 of 6 tokens is held by no head: 0 carried by others in some, 1 dropped by all.",
    );
  });
});

it("marks the slots that a step read, in a run that selects them", () => {
  const reading = withReads(trace, 1, [[0, 4], []]);
  const { reads } = mapMarks(reading, 1, none);
  expect(reads.map((marks) => marks && [...marks])).toEqual([[1, 0, 0, 0, 1], null, [1, 0, 0, 0, 1], null]);
  expect(cellSummary(reading, 1, 0)).toBe("holds 5 tokens, 2 of 5 read");
  expect(mapTable(reading, 1).rows[1]).toEqual([0, 0, 1, 1, "cat", "no"]);
});

function fail(): never {
  throw new Error("the run merges");
}
