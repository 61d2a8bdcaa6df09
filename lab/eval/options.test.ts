import { describe, expect, it } from "vitest";
import { InputError } from "../../src/lib/errors";
import { parseOptions } from "./options";
import { progressText } from "./report";

const words = (line: string): string[] => line.split(" ").filter(Boolean);

describe("parseOptions", () => {
  it("reads a family with every policy parameter", () => {
    const options = parseOptions(
      words("--family walk --count 6 --seed 40 --policy rKv --budget 80 --window 8 --lambda .2 --protect-prompt true"),
    );
    expect(options?.source).toEqual({
      type: "family",
      family: "walk",
      difficulty: [10, 10],
      knobs: null,
      seed: 40,
      count: 6,
    });
    expect(options?.parametersAt(80)).toMatchObject({
      budgetSlots: 80,
      windowSlots: 8,
      lambda: 0.2,
      poolingSlots: 5,
      isPromptProtected: true,
    });
  });

  it("keeps a share until the problems are known", () => {
    const options = parseOptions(words("--problems f.jsonl --budget 25% --jobs 3 --json"));
    expect(options?.budget).toEqual({ type: "ratio", ratio: 0.25 });
    expect(options?.parametersAt(77)).toMatchObject({ budgetSlots: 77, windowSlots: 16 });
    const narrow = parseOptions(words("--problems f.jsonl --budget 5% --window 16"));
    expect(() => narrow?.parametersAt(15)).toThrow(
      "--window 16 does not fit: a budget of 15 slots leaves the window 1 to 14",
    );
    expect(options).toMatchObject({
      source: { type: "file", file: "f.jsonl", family: null, count: null },
      jobs: 3,
      output: "json",
    });
  });

  it("returns nothing when help is asked for", () => {
    expect(parseOptions(["--help"])).toBeNull();
  });

  it.each([
    ["", "give --family"],
    ["--colour red", "Usage: npm run eval"],
    ["--family opera", '--family is "opera", expected walk'],
    ["--family walk --difficulty 11", '--difficulty is "11", expected 0 to 10'],
    ["--family walk --count 0", '--count is "0", expected a whole number from 1 on'],
    ["--family walk --count 2.5", '--count is "2.5"'],
    ["--family walk --seed -1", "--seed"],
    ["--family walk --seed 1e12", '--seed is "1e12"'],
    ["--family walk --policy snap", 'there is no policy "snap"'],
    ["--family walk --policy snapKv --alpha 0.3", "snapKv does not use --alpha"],
    ["--family walk --policy fullCache --budget 80", "it reads --storage"],
    ["--family walk --policy fullCache --budget 25%", "it reads --storage"],
    ["--family walk --budget many", '--budget is "many"'],
    [
      "--family walk --budget 16 --window 16",
      "--window 16 does not fit: a budget of 16 slots leaves the window 1 to 15",
    ],
    ["--family walk --backend tpu", '--backend is "tpu", expected cpu or gpu'],
    ["--family walk --jobs 0", '--jobs is "0"'],
    ["--problems f.jsonl --difficulty 3", "not for a file"],
    ["--problems f.jsonl --knobs rooms=4", "not for a file"],
  ])("refuses %j", (line, message) => {
    expect(() => parseOptions(words(line))).toThrow(message);
    expect(() => parseOptions(words(line))).toThrow(InputError);
  });
});

describe("progressText", () => {
  it("estimates the time left from what has been done", () => {
    expect(progressText(0, 60, 5000)).toBe("0 of 60");
    expect(progressText(20, 60, 20_000)).toBe("20 of 60, 0:40 left");
    expect(progressText(1, 3601, 1000)).toBe("1 of 3601, 1:00:00 left");
    expect(progressText(60, 60, 61_000)).toBe("60 of 60, took 1:01");
  });
});
