import { describe, expect, it } from "vitest";
import pilotTokenizer from "../../public/models/pilot/tokenizer.json";
import { maxDifficulty } from "./dial";
import { drawProblem, problemFamilies } from "./families";
import { tokensOf } from "./problem";
import { vocabulary } from "./vocabulary";

describe("vocabulary", () => {
  it("has 256 different words", () => {
    expect(vocabulary).toHaveLength(256);
    expect(new Set(vocabulary).size).toBe(256);
  });

  it("has every word of the pilot's tokenizer at the same token, fillers apart", () => {
    for (const [word, token] of Object.entries(pilotTokenizer.model.vocab)) {
      if (!/^<r\d+>$/.test(word)) expect(vocabulary[token]).toBe(word);
    }
  });

  it.each(problemFamilies)("has every word that a %s is written in", (family) => {
    const known = new Set(vocabulary);
    for (let seed = 0; seed < 200; seed++) {
      const { prompt, trace } = drawProblem(family, seed % (maxDifficulty + 1), seed);
      expect(tokensOf(`${prompt} ${trace}`).filter((word) => !known.has(word))).toEqual([]);
    }
  });
});
