import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { patchNames } from "../../problems/stream/streamWords";
import { patchShape } from "./patchShapes";

const drawn = (name: string): string => renderToStaticMarkup(<svg>{patchShape(name)}</svg>);

describe("the drawings of patches", () => {
  it("draws every patch of the vocabulary, and no two alike", () => {
    const markups = patchNames.map(drawn);
    expect(markups.filter((markup) => markup === drawn("no such patch"))).toEqual([]);
    expect(new Set(markups).size).toBe(patchNames.length);
  });

  it("draws nothing for a name that no patch has", () => {
    for (const name of ["tv0", "tv41", "Zoe", "Zoe-parcel", "pink-key"]) expect(drawn(name)).toBe("<svg></svg>");
  });
});
