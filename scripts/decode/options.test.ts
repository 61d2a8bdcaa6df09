import { mkdtemp, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/lib/errors";
import { curatedProblems } from "../../src/problems/families";
import { drawWalk } from "../../src/problems/walk";
import { findProblem } from "./findProblem";
import { parseOptions } from "./options";

const words = (line: string): string[] => line.split(" ").filter(Boolean);

describe("parseOptions", () => {
  it("lays the flags over what the policy sets itself", () => {
    const options = parseOptions(
      words("--policy rKv --budget 80 --lambda 0.2 --protect-prompt true --seed 7 --top-p .9"),
    );
    expect(options?.parameters).toMatchObject({
      budgetSlots: 80,
      lambda: 0.2,
      poolingSlots: 5,
      redundancy: "kernel",
      isPromptProtected: true,
    });
    expect(options?.sampling).toEqual({ temperature: 0, topP: 0.9, topK: 0, seed: 7 });
    expect(options).toMatchObject({ problem: "1", prompt: null, backend: "cpu", output: "text", maxNewTokens: null });
  });

  it("gives random eviction the seed of the run", () => {
    expect(parseOptions(words("--policy random --seed 7"))?.parameters.seed).toBe(7);
  });

  it("compares with the full cache only when asked", () => {
    expect(parseOptions([])?.isCompared).toBe(false);
    expect(parseOptions(["--shadow"])?.isCompared).toBe(true);
  });

  it("searches for bits only when asked, within nats or bytes", () => {
    expect(parseOptions([])?.bitsTarget).toBeNull();
    expect(parseOptions(["--search-bits", "kl=1e-4"])?.bitsTarget).toEqual({ type: "fewestBytes", mostKlNats: 1e-4 });
    expect(parseOptions(["--search-bits", "bytes=60000"])?.bitsTarget).toEqual({ type: "leastKl", mostBytes: 60000 });
  });

  it("returns nothing when help is asked for", () => {
    expect(parseOptions(["--help"])).toBeNull();
  });

  it.each([
    ["--colour red", "Usage: npm run decode"],
    ["--policy snap", 'there is no policy "snap"'],
    ["--policy snapKv --alpha 0.3", "snapKv does not use --alpha; it reads --budget, --budget-bytes, --window"],
    ["--policy fullCache --budget 80", "it reads --storage"],
    ["--search-bits bits=3", '--search-bits is "bits=3", expected kl=NATS or bytes=BYTES, above 0'],
    ["--search-bits kl=0", "above 0"],
    ["--budget many", '--budget is "many", expected a number'],
    ["--smoothing median", '--smoothing is "median", expected none, max, mean, sum'],
    ["--budget 16 --window 16", "--window 16 does not fit: a budget of 16 slots leaves the window 1 to 15"],
    [
      "--window 8 --budget 8",
      "--window 8 does not fit: a budget of 8 slots leaves the window 1 to 7; the nearest that works is 7",
    ],
    ["--budget 1", "--budget 1 is not a whole number from 2 on; the nearest that works is 2"],
    ["--budget 9.5", "--budget 9.5 is not a whole number from 2 on; the nearest that works is 10"],
    ["--alpha 1.5", "--alpha 1.5 is not a number from 0 to 1; the nearest that works is 1"],
    [
      "--policy streamingLlm --budget 4 --sinks 8",
      "--sinks 8 does not fit: a budget of 4 slots with a window of 1 leaves the sinks 0 to 3; the nearest that works is 3",
    ],
    ["--protect-prompt yes", '--protect-prompt is "yes", expected true or false'],
    ["--pooling 4", "--pooling 4 is not an odd number from 1 to 63; the nearest that works is 5"],
    ["--backend tpu", '--backend is "tpu", expected cpu or gpu'],
    ["--problem 1 --prompt hello", "give --problem or --prompt, not both"],
  ])("refuses %s", (line, message) => {
    expect(() => parseOptions(words(line))).toThrow(message);
    expect(() => parseOptions(words(line))).toThrow(InputError);
  });
});

describe("findProblem", () => {
  it("knows the curated problems by number and every walk by its id", async () => {
    expect(await findProblem("2")).toEqual(curatedProblems[1]);
    expect(await findProblem("walk-5x20-77")).toEqual(drawWalk({ rooms: 5, steps: 20, tour: null }, 77));
    expect(await findProblem(curatedProblems[6].id)).toEqual(curatedProblems[6]);
  });

  it("reads a line of a problem file by number or id, and a text file", async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "decode-"));
    const file = path.join(folder, "problems.jsonl");
    await writeFile(file, '{"id":"a","prompt":"one","answer":"1"}\n{"id":"b","prompt":"two"}\n');
    expect(await findProblem(`${file}:1`)).toEqual({ id: "a", prompt: "one", answer: "1" });
    expect(await findProblem(`${file}:b`)).toEqual({ id: "b", prompt: "two", answer: null });
    expect((await findProblem(`@${file}`)).prompt).toContain('"two"}');
    await expect(findProblem(`${file}:3`)).rejects.toThrow("holds no problem 3; it has 2 lines");
    await writeFile(file, "{}\n");
    await expect(findProblem(`${file}:1`)).rejects.toThrow('line 1: expected a text in "prompt"');
  });

  it.each([
    ["0", "there is no problem 0, only 1 to 12"],
    ["walk-2x9-1", "the problem walk-2x9-1 cannot be drawn: "],
    ["nothing", "expected a number from 1 to 12, an id such as walk-5x20-4"],
    ["@/no/such/file", "/no/such/file cannot be read"],
  ])("refuses %s", async (reference, message) => {
    await expect(findProblem(reference)).rejects.toThrow(message);
    await expect(findProblem(reference)).rejects.toBeInstanceOf(InputError);
  });
});
