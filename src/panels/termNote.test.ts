// What is said of scores that a file holds with fewer digits.
import { describe, expect, it } from "vitest";
import { drawTrace } from "../trace/drawTrace.testing";
import { notedTable, termNote } from "./termNote";

const { header } = drawTrace({ prompt: "The cat" }, "sat");
const table = { caption: "Candidates.", columns: ["slot"], rows: [[1]] };

describe("the note on rounded scores", () => {
  it("is none where scores are as measured, and tables stay as they are", () => {
    expect(termNote(header)).toBeNull();
    expect(notedTable(table, header)).toBe(table);
  });

  it.each([
    [2, "1 digit;"],
    [11, "3 digits;"],
    [23, "6 digits;"],
  ])("says what %i bits are sure to tell", (termBits, words) => {
    expect(termNote({ termBits })).toContain(`scores to ${words}`);
  });

  it("follows the caption of a table, which is exported with it", () => {
    expect(notedTable(table, { ...header, termBits: 11 })).toEqual({
      ...table,
      caption: "Candidates. This file holds scores to 3 digits; survivors are as they were.",
    });
  });
});
