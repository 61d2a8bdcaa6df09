// A small part of the grid, run, stored, read back and checked.

import { mkdtemp, readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { parseResultTable } from "../../src/experiment/resultTable";
import { checkTable } from "./runGrid";
import { shippedFolder } from "../../scripts/shippedFolder";
import { main } from "./main";

const check = { modelFolder: shippedFolder, sampleCount: 3, seed: 5, jobs: 2 };

it("stores a table whose runs come out the same when repeated", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "winnow-table-"));
  const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  const flags = ["--name", "part", "--date", "2026-01-31", "--family", "walk", "--difficulty", "4", "--count", "2"];
  const part = ["--column", "gkv,streamingLlm", "--share", "0.5"];
  const files = ["--out", folder, "--resume", path.join(folder, "results.jsonl")];
  expect(await main([...flags, ...part, ...files])).toBe(0);

  const file = path.join(folder, "part.json");
  const text = await readFile(file, "utf8");
  const table = parseResultTable(text, file);
  expect(table.command).toBe(`npm run table -- ${[...flags, ...part].join(" ")}`);
  expect(table.cells.map(({ columnId, windowSlots }) => [columnId, windowSlots])).toEqual([
    ["fullCache", null],
    ["streamingLlm", 16],
    ["gkv", 16],
    ["streamingLlm", 8],
    ["gkv", 8],
  ]);
  for (const cell of table.cells) expect(cell.outcomes).toHaveLength(2);
  // StreamingLLM has no window to choose: it is run once and appears in both blocks.
  expect(table.cells[1].outcomes).toBe(table.cells[3].outcomes);
  expect(printed.mock.calls.flat().join("\n")).toContain("walk, w 8, s 16 (2 problems");

  const runs = await checkTable(table, check);
  expect(runs).toHaveLength(3);
  for (const { stored, found } of runs) expect(found).toBe(stored);

  // The stored table has every cell now, so a second call with a new results file runs nothing and writes the same table.
  const later = path.join(folder, "later.jsonl");
  expect(await main([...flags, ...part, "--out", folder, "--resume", later])).toBe(0);
  expect(await readFile(file, "utf8")).toBe(text);
  expect((await readFile(later, "utf8")).trim().split("\n")).toHaveLength(1);

  // Cells that lack a run are left out, those in the results file are not.
  const finished = ["--finished", "--share", "0.5,0.7", "--out", path.join(folder, "finished")];
  expect(await main([...flags, ...finished, "--resume", path.join(folder, "results.jsonl")])).toBe(0);
  const kept = parseResultTable(await readFile(path.join(folder, "finished", "part.json"), "utf8"), "part.json");
  expect(kept.cells).toHaveLength(table.cells.length);
  expect(kept.missing).toContainEqual({ label: "G-KV", budgetShares: [0.7] });
  expect(kept.missing).toContainEqual({ label: "SnapKV", budgetShares: [0.5, 0.7] });
  expect(kept.cells.map(({ outcomes }) => outcomes).sort()).toEqual(table.cells.map(({ outcomes }) => outcomes).sort());
}, 60_000);
