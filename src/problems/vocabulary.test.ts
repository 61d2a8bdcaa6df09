import { describe, expect, it } from "vitest";
import shippedTokenizer from "../../public/models/winnow-1m/tokenizer.json";
import { maxDifficulty } from "./dial";
import { drawProblem, problemFamilies } from "./families";
import { tokensOf } from "./problem";
import { knownWords, vocabulary } from "./vocabulary";

describe("vocabulary", () => {
  it("has 256 different words", () => {
    expect(vocabulary).toHaveLength(256);
    expect(new Set(vocabulary).size).toBe(256);
  });

  it("is the shipped model's tokenizer", () => {
    expect(shippedTokenizer.model.vocab).toEqual(Object.fromEntries(vocabulary.map((word, token) => [word, token])));
  });

  it("lists exactly the words that occur in problems as known", () => {
    const used = new Set<string>();
    for (let seed = 0; seed < 400; seed++) {
      for (const family of problemFamilies) {
        const { prompt, trace } = drawProblem(family, seed % (maxDifficulty + 1), seed);
        for (const word of tokensOf(`${prompt} ${trace}`)) used.add(word);
      }
    }
    expect([...knownWords].sort()).toEqual([...used].sort());
  });
});
