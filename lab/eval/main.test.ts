// The command as a user runs it: processes, results file, exit codes.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { drawWalk } from "../../src/problems/walk";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

async function runEval(line: string): Promise<Ended> {
  const argv = ["scripts/run.mjs", "lab/eval/main.ts", ...line.split(" ")];
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, lines: output.trimEnd().split("\n"), errors };
}

/** The last line as a record, without what a clock decided. */
function untimed({ lines }: Ended): Record<string, unknown> {
  const text = lines.at(-1) ?? "";
  const isTimed = (name: string): boolean => ["tokensPerSecond", "decodeMs"].includes(name);
  return JSON.parse(text, (name, value: unknown) => (isTimed(name) ? undefined : value)) as Record<string, unknown>;
}

it("gives the same figures from one process and from two, and from a results file that was cut off", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "winnow-eval-"));
  const file = path.join(folder, "results.jsonl");
  const set = "--family walk --knobs rooms=4,steps=5-7 --count 6 --seed 77 --policy random --budget 40% --json";
  const [single, double] = await Promise.all([runEval(`${set} --jobs 1`), runEval(`${set} --jobs 2 --resume ${file}`)]);
  expect([single.code, double.code]).toEqual([0, 0]);
  expect(single.lines).toHaveLength(1);
  const figures = untimed(single);
  expect(untimed(double)).toEqual(figures);
  const problems = figures.problems as { id: string; isRight: boolean; peakSlots: number }[];
  expect(problems.map(({ id }) => id.replace(/\d+x\d+/, ""))).toEqual(
    [77, 78, 79, 80, 81, 82].map((seed) => `walk--${seed}`),
  );
  expect(figures.count).toBe(6);
  expect(figures.right).toBe(problems.filter(({ isRight }) => isRight).length / 6);
  expect(figures.peakSlots).toBe(Math.max(...problems.map(({ peakSlots }) => peakSlots)));
  expect(figures.meanFullLength).toBeGreaterThan(62 + 5 * 13);

  const written = await readFile(file, "utf8");
  await truncate(file, written.length - 100);
  const resumed = await runEval(`${set} --jobs 1 --resume ${file}`);
  expect(resumed.errors).toContain("1 of 1");
  expect(untimed(resumed)).toEqual(figures);
}, 120_000);

it("names what cannot be run, counts it as wrong, and goes on", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "winnow-eval-"));
  const file = path.join(folder, "problems.jsonl");
  const good = drawWalk({ rooms: 4, steps: 10, tour: null }, 1);
  const long = { ...good, id: "much-too-long", prompt: `${good.prompt} barn`.repeat(20) };
  await writeFile(file, [good, long].map((problem) => JSON.stringify(problem)).join("\n"));
  const ended = await runEval(`--problems ${file} --policy fullCache --jobs 2`);
  expect(ended.code).toBe(1);
  expect(untimed(ended)).toMatchObject({ count: 2, right: 0.5, exact: 0.5, rightError: Math.sqrt(0.125) });
  expect(untimed(ended).failures).toEqual([
    { id: "much-too-long", message: expect.stringContaining("the model has 1024") as string },
  ]);
  expect(ended.lines.find((line) => line.startsWith("FAILED"))).toContain("much-too-long");
}, 60_000);

it("says what is wrong with the command in words, without a stack", async () => {
  const ended = await Promise.all([runEval("--family opera"), runEval("--family walk --count 1 --model nowhere")]);
  expect(ended.map(({ code }) => code)).toEqual([2, 2]);
  expect(ended[0].errors).toContain('--family is "opera"');
  expect(ended[1].errors).toContain("nowhere");
  for (const { errors } of ended) expect(errors).not.toContain("    at ");
}, 60_000);
