import { describe, expect, it } from "vitest";
import { textWords } from "./OwnText";

describe("textWords", () => {
  it("lists each unknown word once, in the order of the text", () => {
    expect(textWords("Walk to the maze , then\n to maze with Oz .")).toMatchObject({
      wordCount: 11,
      unknown: ["maze", "Oz"],
    });
  });

  it("finds nothing unknown in a problem's own words", () => {
    expect(textWords("<bos> Orders : Keep 43 secret . Attic: gain 4 ; even to barn .").unknown).toEqual([]);
  });

  it("names a word that only its punctuation makes unknown", () => {
    expect(textWords("Start in Oz. Start in barn.")).toMatchObject({ unknown: ["Oz.", "barn."], glued: "barn." });
    expect(textWords("Start in Oz.").glued).toBeNull();
  });

  it("has no words in white space", () => {
    expect(textWords(" \n ")).toEqual({ wordCount: 0, unknown: [], glued: null });
  });
});
