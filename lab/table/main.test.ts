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
    ["gkv", 16],
    ["streamingLlm", 16],
    ["gkv", 8],
    ["streamingLlm", 8],
  ]);
  for (const cell of table.cells) expect(cell.outcomes).toHaveLength(2);
  // StreamingLLM has no window to choose: it is run once and appears in both blocks.
  expect(table.cells[2].outcomes).toBe(table.cells[4].outcomes);
  expect(printed.mock.calls.flat().join("\n")).toContain("walk, w 8, s 16 (2 problems");

  const runs = await checkTable(table, check);
  expect(runs).toHaveLength(3);
  for (const { stored, found } of runs) expect(found).toBe(stored);

  // Everything is in the results file now, so a second call runs nothing and writes the same table.
  expect(await main([...flags, ...part, ...files])).toBe(0);
  expect(await readFile(file, "utf8")).toBe(text);
}, 60_000);
