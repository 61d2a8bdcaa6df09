import { expect, it } from "vitest";
import { breakWords, decisionWords, inUnit, squeezeWords } from "./watch";

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
