import { describe, expect, it } from "vitest";
import { problemById } from "../../problems/families";
import type { Problem } from "../../problems/problem";
import { stripRows, type Outcome } from "../../state/breakStrip";
import { cellState, cellWords, movedPlace, stripWords } from "./breakTable";

const problem = problemById("walk-5x20-1") as Problem;
const rows = stripRows({ choices: {}, problem, budgets: [32, 96, 340], maxPositions: 1024 });

/** A line for each rule: + right, - wrong, · not known. */
function drawOutcomes(picture: string): Record<string, Outcome> {
  const outcomes: Record<string, Outcome> = {};
  picture.split(" ").forEach((line, row) =>
    Array.from(line).forEach((mark, column) => {
      if (mark !== "·") outcomes[rows[row].cells[column].key] = mark === "+" ? "right" : "wrong";
    }),
  );
  return outcomes;
}

describe("the strip in words", () => {
  it("says from where on each rule is right", () => {
    expect(stripWords(rows, drawOutcomes("-++ --- +-+ +++"))).toBe(
      "G-KV: right from 96 words on. Last words: never right. Dice: right in 2 of 3 runs. Nothing: always right.",
    );
  });

  it("says how far it has come", () => {
    expect(stripWords(rows, drawOutcomes("-+· ··· ··· +++"))).toBe(
      "Nothing: always right. 3 of 10 runs computed so far.",
    );
  });

  it("names a cell by rule, memory and outcome", () => {
    const state = { outcomes: drawOutcomes("-·· ··· ··· +++"), computedKey: rows[0].cells[1].key };
    const words = [0, 1, 2].map((column) => cellWords(rows[0].cells[column], cellState(rows[0].cells[column], state)));
    expect(words).toEqual([
      "Global score (G-KV), 32 words: wrong answer",
      "Global score (G-KV), 96 words: computing",
      "Global score (G-KV), 340 words: not computed yet",
    ]);
    expect(cellWords(rows[3].cells[0], "right")).toBe("Nothing, every word: right answer");
  });
});

it("moves with the arrows and stays within", () => {
  const size = { rowCount: 4, columnCount: 3 };
  expect(movedPlace({ row: 0, column: 0 }, "ArrowDown", size)).toEqual({ row: 1, column: 0 });
  expect(movedPlace({ row: 0, column: 0 }, "ArrowLeft", size)).toEqual({ row: 0, column: 0 });
  expect(movedPlace({ row: 3, column: 1 }, "End", size)).toEqual({ row: 3, column: 2 });
  expect(movedPlace({ row: 3, column: 1 }, "a", size)).toBeNull();
});
