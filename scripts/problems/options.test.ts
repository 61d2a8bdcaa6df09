import { describe, expect, it } from "vitest";
import { InputError } from "../../src/lib/errors";
import { parseOptions } from "./options";

const parse = (line: string) => parseOptions(line === "" ? [] : line.split(" "));

describe("parseOptions", () => {
  it("asks for ten problems of all families at full difficulty where nothing is said", () => {
    expect(parse("")).toEqual({
      families: ["walk", "diary", "story", "orders"],
      difficulty: [10, 10],
      knobs: null,
      seed: 1,
      count: 10,
      hasLinks: false,
      file: null,
      isVocabulary: false,
    });
  });

  it("reads families, ranges and knobs", () => {
    expect(parse("--family diary,walk --difficulty 3-7 --seed 5 --count 2 --links --out x.jsonl")).toMatchObject({
      families: ["diary", "walk"],
      difficulty: [3, 7],
      seed: 5,
      count: 2,
      hasLinks: true,
      file: "x.jsonl",
    });
    expect(parse("--family walk --knobs rooms=4,steps=10-24")?.knobs).toEqual({ rooms: [4, 4], steps: [10, 24] });
  });

  it("leaves the rest alone when help is asked for", () => {
    expect(parse("--help")).toBeNull();
  });

  it.each([
    ["--family wlk", 'there is no family "wlk", expected walk, diary, story, orders or all'],
    ["--difficulty 11", '--difficulty is "11", expected 0 to 10'],
    ["--difficulty 7-3", '--difficulty is "7-3", expected a whole number or a range such as 3-7'],
    ["--difficulty hard", '--difficulty is "hard"'],
    ["--seed -1", "Usage: "],
    ["--seed x", '--seed is "x", expected a whole number from 0'],
    ["--count 1.5", '--count is "1.5"'],
    ["--seed 4294967295 --count 2", "seeds end at 4294967295"],
    ["--knobs rooms", '--knobs has "rooms", expected NAME=NUMBER'],
    ["--knobs rooms=many", 'the knob rooms is "many"'],
    ["--colour", "Usage: "],
  ])("says what is wrong with %s", (line, message) => {
    expect(() => parse(line)).toThrow(InputError);
    expect(() => parse(line)).toThrow(message);
  });
});
