import { expect, it } from "vitest";
import { beatSentences, breakWords, decisionWords, inUnit, squeezeWords } from "./watch";

it("speaks of tokens where they may be parts of words, and leaves what is quoted", () => {
  const said = inUnit(decisionWords, "token");
  expect(said.waiting("word")).toBe("What it looks at to write “word”");
  expect(said.decidedAt(33)).toBe("Decided at token 33");
  expect(said.allStay).toBe("No older token has to go in this head.");
  expect(said.legend.newest(16)).toBe("the newest 16 stay");
  expect(inUnit(squeezeWords, "token").words(128)).toBe("128 tokens");
  expect(inUnit(breakWords, "word")).toBe(breakWords);
  expect(inUnit(decisionWords, "token")).toBe(said);
});

it("speaks of one word as of one", () => {
  const one = { windowSlots: 1, keptCount: 1, evictedCount: 1, isMerging: false };
  expect(beatSentences.look(one)).toBe("The newest word looks back at each older word.");
  expect(beatSentences.cut(one)).toBe("There is room for 1 older word: the lowest one goes.");
  expect(decisionWords.summary({ ...one, isMerging: true })).toMatch(
    /: 1 stays, 1 merges or goes\. The newest word stays and is not scored\.$/,
  );
});
