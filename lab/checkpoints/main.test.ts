// What the command says before it measures anything.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { main } from "./main";

const printed: string[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

async function run(...argv: string[]): Promise<number> {
  for (const name of ["log", "error"] as const) {
    vi.spyOn(console, name).mockImplementation((text: string) => void printed.push(text));
  }
  return main(argv);
}

it("refuses a folder that holds no log of a distillation, before anything is run", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "winnow-checkpoints-"));
  const command = ["training", "--run", folder, "--resume", path.join(folder, "results.jsonl")];
  expect(await run(...command)).toBe(2);
  await writeFile(path.join(folder, "log.jsonl"), '{"step":3}\n');
  expect(await run(...command)).toBe(2);
  await rm(folder, { recursive: true });
  expect(printed).toHaveLength(2);
  for (const words of printed) expect(words).toMatch(/log\.jsonl cannot be read: .*; give the folder of a run of/);
});

it("names a plan that there is not, and the folders that masks need", async () => {
  expect(await run("stage")).toBe(2);
  expect(await run("masks", "--true", "somewhere")).toBe(2);
  expect(printed.map((words) => words.split("\n")[0])).toEqual([
    '"stage" is no plan: expected training, stages or masks',
    "give --lagging DIR, the folder of a training run",
  ]);
});
