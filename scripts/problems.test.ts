import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { drawProblem, problemById } from "../src/problems/families";
import { problemLinks } from "../src/problems/factLinks";
import type { Problem } from "../src/problems/problem";
import { vocabulary } from "../src/problems/vocabulary";
import { main, parseOptions } from "./problems";
import { InputError } from "../src/lib/errors";

let folder = "";
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), "winnow-problems-"))));
afterAll(() => rm(folder, { recursive: true }));

/** What is written to a file under these flags. */
async function written(line: string): Promise<string> {
  const file = path.join(folder, "out.jsonl");
  expect(await main([...line.split(" "), "--out", file])).toBe(0);
  return readFile(file, "utf8");
}

const parseLines = (text: string): (Problem & { links?: unknown })[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Problem);

describe("npm run problems", () => {
  it("writes the problems that the page would draw, one a line, the families in turn", async () => {
    const problems = parseLines(await written("--difficulty 4 --seed 7 --count 6"));
    expect(problems.map(({ family }) => family)).toEqual(["walk", "diary", "story", "orders", "walk", "diary"]);
    problems.forEach((problem, index) => expect(problem).toEqual(drawProblem(problem.family, 4, 7 + index)));
  });

  it("writes streams of frames with their questions, a stream a line", async () => {
    const text = await written("--family stream --knobs frames=8-9 --questions 3 --links --seed 4 --count 2");
    const lines = text.trimEnd().split("\n");
    const streams = lines.map((line) => JSON.parse(line) as { id: string; questions: { reads: unknown }[] });
    expect(streams).toHaveLength(2);
    for (const { id, questions } of streams) {
      expect(id).toMatch(/^stream-[89]x3-[45]$/);
      expect(questions.map(({ reads }) => Array.isArray(reads))).toEqual([true, true, true]);
    }
    expect(await written("--family stream --vocabulary")).toContain('"<bos>"');
    const told = vi.spyOn(console, "error").mockReturnValue();
    expect(await main(["--family", "stream", "--knobs", "rooms=3"])).toBe(2);
    expect(await main(["--family", "stream", "--moments", "often"])).toBe(2);
    expect(told.mock.calls.flat().join(" ")).toMatch(/only frames, televisions.*expected end, any/);
  });

  it("writes the same bytes for the same seed, and the series of a later seed as its continuation", async () => {
    const whole = await written("--family diary --difficulty 2-5 --seed 7 --count 6");
    expect(await written("--family diary --difficulty 2-5 --seed 7 --count 6")).toBe(whole);
    const rest = await written("--family diary --difficulty 2-5 --seed 9 --count 4");
    expect(whole.endsWith(rest)).toBe(true);
    expect(new Set(parseLines(whole).map(({ difficulty }) => difficulty)).size).toBeGreaterThan(1);
  });

  it("adds links if asked to", async () => {
    const [problem] = parseLines(await written("--family orders --difficulty 1 --count 1 --links"));
    const drawn = problemById(problem.id);
    expect(drawn).not.toBeNull();
    expect(problem).toEqual({ ...drawn, links: drawn && problemLinks(drawn) });
  });

  it("draws within knobs instead of the dial", async () => {
    const problems = parseLines(await written("--family walk --knobs rooms=4,steps=10-12,tour=7 --count 8"));
    for (const { knobs } of problems) {
      expect(knobs).toMatchObject({ rooms: 4, tour: 7 });
      expect("steps" in knobs && knobs.steps >= 10 && knobs.steps <= 12).toBe(true);
    }
  });

  it("writes more than one chunk whole", async () => {
    const problems = parseLines(await written("--family story --count 300"));
    expect(problems).toHaveLength(300);
    expect(problems[299]).toEqual(drawProblem("story", 10, 300));
  });

  it("prints the vocabulary", async () => {
    expect(JSON.parse(await written("--vocabulary"))).toEqual(vocabulary);
  });

  it.each([
    ["--family walk --knobs rooms=4", "a walk needs the knob steps"],
    ["--family walk --knobs rooms=2,steps=9", "a walk has 3 to 12 rooms"],
    ["--family walk --out /nowhere/x.jsonl", "/nowhere/x.jsonl cannot be written"],
  ])("ends with a message and exit code 2 under %s", async (line, message) => {
    const report = vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await main(line.split(" "))).toBe(2);
    expect(report.mock.calls.flat().join("\n")).toContain(message);
    report.mockRestore();
  });

  it("stops without complaint when the reader closes the pipe", async () => {
    const child = spawn(process.execPath, ["scripts/run.mjs", "scripts/problems.ts", "--count", "100000000"]);
    let complaint = "";
    child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code] = (await once(child, "close")) as [number];
    expect({ code, complaint }).toEqual({ code: 0, complaint: "" });
  }, 60_000);
});

const parse = (line: string) => parseOptions(line === "" ? [] : line.split(" "));

describe("parseOptions", () => {
  it("asks for ten problems of all families at full difficulty by default", () => {
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
