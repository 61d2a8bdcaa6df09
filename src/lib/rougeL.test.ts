import { expect, it } from "vitest";
import { porterStem } from "./porterStemmer";
import { rougeL } from "./rougeL";

it.each([
  ["Answer in French.", "answer, in french", 1],
  ["Answer in French.", "the weather is fine", 0],
  ["one two three four", "four three two one", 0.25],
  ["a b a b a b", "b a b a", 4 / 6],
  ["secret", "", 0],
  ["", "anything", 0],
])("gives the share of “%s” that stands in “%s”, in order", (target, response, recall) => {
  expect(rougeL(target, response).recall).toBe(recall);
});

it("takes words by their stems where there is a stemmer, short ones as they are", () => {
  expect(rougeL("cooking politely", "cooks, politely", porterStem).common).toBe(2);
  expect(rougeL("his bus", "hi bus", porterStem).common).toBe(1);
});

// As nltk 3.9 stems them: the default mode of its PorterStemmer.
it.each([
  ["caresses caress ponies ties cats", "caress caress poni tie cat"],
  ["agreed feed plastered bled motoring sing died cried", "agre feed plaster bled motor sing die cri"],
  ["conflated troubled sized hopping falling hissing failing filing", "conflat troubl size hop fall hiss fail file"],
  ["happy enjoy say flying dying lying skies news", "happi enjoy say fli die lie sky news"],
  ["relational conditional rational vietnamization operator feudalism", "relat condit ration vietnam oper feudal"],
  ["radically hopefulness hopefully archaeology apology ology", "radic hope hope archaeolog apolog olog"],
  ["triplicate formative formalize electricity electrical goodness", "triplic form formal electr electr good"],
  [
    "revival allowance inference airliner adjustable replacement adoption",
    "reviv allow infer airlin adjust replac adopt",
  ],
  ["probate rate cease controll roll a of", "probat rate ceas control roll a of"],
])("stems “%s”", (words, stems) => {
  expect(words.split(" ").map(porterStem).join(" ")).toBe(stems);
});
