import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { main } from "./main";

const fixtures = fileURLToPath(new URL("../../fixtures/golden/gkv", import.meta.url));
let folder: string;
let lines: string[];
let complaints: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golden-"));
  lines = [];
  complaints = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  vi.spyOn(console, "error").mockImplementation((line: string) => void complaints.push(line));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

function run(): Promise<number> {
  return main([folder, "--backend", "cpu"]);
}

it("counts what passes by kind, names what it skips, and ends with the sum", async () => {
  await copyFile(path.join(fixtures, "attn-0.json"), path.join(folder, "attn-0.json"));
  await copyFile(path.join(fixtures, "attn-1.json"), path.join(folder, "attn-1.json"));
  await writeFile(path.join(folder, "scene.json"), '{"schema":"kv-golden/1","kind":"kvpress.scene"}');
  await writeFile(path.join(folder, "index.json"), '{"kind":"gkv.decode_loop"}');
  await writeFile(path.join(folder, "package.json"), '{"name":"no case"}');
  expect(await run()).toBe(0);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^gkv\.attention_scores on cpu: 2 passed, 0 failed, worst relative error \d\.\de-\d+$/);
  expect(lines.slice(1)).toEqual(["skipped: kvpress.scene, 1 file", "2 passed, 0 failed, 1 skipped"]);
});

it("names file and field of what fails, and exits with 1", async () => {
  await writeFile(path.join(folder, "broken.json"), '{"schema":"kv-golden/1","kind":"gkv.similarity_raw"}');
  expect(await run()).toBe(1);
  expect(lines[1]).toBe(`failed: ${path.join(folder, "broken.json")} on cpu: case: dims is missing`);
  expect(lines[2]).toBe("0 passed, 1 failed, 0 skipped");
});

it("fails on a file that isn't JSON", async () => {
  await writeFile(path.join(folder, "cut.json"), '{"schema":"kv-gol');
  expect(await run()).toBe(1);
  expect(lines[1]).toContain("cut.json on cpu: case: ");
});

it("fails when there is no case to run", async () => {
  expect(await run()).toBe(1);
  expect(lines).toEqual(["0 passed, 0 failed, 0 skipped"]);
  expect(complaints).toEqual([`No case of a known kind was found in ${folder}.`]);
});

it("says what it expects when called in another way", async () => {
  await expect(main([])).rejects.toThrow("give folders of cases, or a model\nUsage: npm run golden");
  await expect(main([folder, "--model", folder])).rejects.toThrow("give folders of cases, or a model");
  await expect(main([folder, "--backend", "tpu"])).rejects.toThrow('--backend is "tpu", expected cpu, gpu or both');
  await expect(main([folder, "--fast"])).rejects.toThrow("--fast");
  await expect(main([path.join(folder, "none"), "--backend", "cpu"])).rejects.toThrow(
    "there is no such file or folder",
  );
});

it("holds a model to the reference.json beside it, and says what else could not be checked", async () => {
  const model = "fixtures/checkpoints/qwen2";
  expect(await main(["--model", model, "--backend", "cpu"])).toBe(0);
  expect(lines[0]).toMatch(/^model\.reference on cpu: 1 passed, 0 failed/);
  expect(lines[2]).toBe("skipped: model.float32 on cpu, its weights are float32 when they are loaded");
  for (const name of ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json"]) {
    await copyFile(path.join(model, name), path.join(folder, name));
  }
  const reference = JSON.parse(await readFile(path.join(model, "reference.json"), "utf8")) as {
    greedyTokens: number[];
  };
  reference.greedyTokens[3]++;
  await writeFile(path.join(folder, "reference.json"), JSON.stringify(reference));
  expect(await main(["--model", folder, "--backend", "cpu"])).toBe(1);
  expect(lines.some((line) => line.startsWith(`failed: ${folder} on cpu: greedy tokens`))).toBe(true);
});

it("holds blocks to their numbers in float32, and does not call it success where nothing was checked", async () => {
  expect(await main(["--model", "fixtures/mlx/affine", "--backend", "cpu"])).toBe(0);
  expect(lines[0]).toMatch(/^model\.float32 on cpu: 1 passed, 0 failed/);
  expect(await main(["--model", "public/models/winnow-1m", "--backend", "cpu"])).toBe(1);
  expect(complaints).toEqual(["Nothing could be checked."]);
});
