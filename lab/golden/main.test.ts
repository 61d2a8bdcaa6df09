import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
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
  await expect(main([])).rejects.toThrow("no folder was given\nUsage: npm run golden");
  await expect(main([folder, "--backend", "tpu"])).rejects.toThrow('--backend is "tpu", expected cpu, gpu or both');
  await expect(main([folder, "--fast"])).rejects.toThrow("--fast");
  await expect(main([path.join(folder, "none"), "--backend", "cpu"])).rejects.toThrow(
    "there is no such file or folder",
  );
});
