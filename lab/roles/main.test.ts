import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseHeadRoles } from "../../src/model/headRoles";
import { shippedModels } from "../../src/settings/shippedModels";
import { main } from "./main";
import { drawNeedleTexts, needleDepth } from "./needleTrials";

const shape = { layerCount: 4, headCount: 8, digest: shippedModels[0].digest };
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "winnow-roles-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function run(...options: string[]): Promise<{ code: number; lines: string[]; errors: string[] }> {
  const lines: string[] = [];
  const errors: string[] = [];
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  vi.spyOn(console, "error").mockImplementation((line: string) => void errors.push(line));
  return { code: await main(options), lines, errors };
}

describe("npm run roles", () => {
  const file = (): string => path.join(folder, "roles.json");
  let first = "";
  beforeAll(async () => {
    const { code, lines } = await run("--model", "winnow-1m", "--texts", "4", "--out", file());
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatch(/surface and \d+ logic trials$/);
    first = await readFile(file(), "utf8");
  }, 60_000);

  it("finds the head that the model was taught to look facts up with", () => {
    const { surface, tasks } = parseHeadRoles(first, "roles.json", shape);
    const rule = tasks.find(({ id }) => id === "rule");
    expect(rule?.infScore[2][0]).toBeGreaterThan(0.95);
    const scores = surface.infScore.flat();
    expect(scores.indexOf(Math.max(...scores))).toBe(2 * shape.headCount); // layer 2, query head 0
  });

  it("accounts for all attention: the four cells of a head add up to 1", () => {
    const { surface, logic } = parseHeadRoles(first, "roles.json", shape);
    for (const { cells } of [surface, logic]) {
      const sums = cells.needleTop.flatMap((row, layer) =>
        row.map((_, head) => Object.values(cells).reduce((sum, cell) => sum + cell[layer][head], 0)),
      );
      // Less what 8 bits of a row's largest weight lose.
      for (const sum of sums) expect(Math.abs(sum - 1)).toBeLessThan(0.05);
    }
  });

  it("writes the same file again", async () => {
    await run("--model", "winnow-1m", "--texts", "4", "--out", file());
    expect(await readFile(file(), "utf8")).toBe(first);
  }, 60_000);

  it("refuses a reading that it does not know, and a model that solves nothing", async () => {
    expect((await run("--reading", "last")).errors[0]).toBe(
      '--reading is "last", expected firstLength, everyStep, promptOnly',
    );
    const other = await run("--model", "fixtures/checkpoints/llama-tied", "--texts", "4", "--out", file());
    expect(other.code).toBe(2);
    expect(other.errors[0]).toMatch(/wrote no answer right; roles need a model that solves/);
  });
});

describe("the texts of the trials", () => {
  it("are the same for the same seed, and begin at another text for another", () => {
    expect(drawNeedleTexts(8, 5)).toEqual(drawNeedleTexts(8, 5));
    expect(drawNeedleTexts(8, 5)[0].problem.id).not.toBe(drawNeedleTexts(8, 6)[0].problem.id);
  });

  it("hold the needles of a rule at depths from a tenth to two thirds", () => {
    const needles = drawNeedleTexts(120, 1).flatMap((text) => text.needles);
    const depths = needles.filter(({ task }) => task === "rule").map(needleDepth);
    expect(Math.min(...depths)).toBeLessThan(0.1);
    expect(Math.max(...depths)).toBeGreaterThan(0.65);
  });
});
