// npm run table -- --name NAME --date DATE: the grid of families, budgets and policies, run, stored and shown.

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseResultTable } from "../../src/experiment/resultTable";
import type { ResultTable } from "../../src/experiment/resultTable";
import { tableText } from "./tableText";
import { errorMessage, InputError } from "../../src/lib/errors";
import { checkTable, runGrid } from "./runGrid";
import { openMeasuringModel } from "../eval/problemSet";
import { readTables, withTables } from "./tableMarkdown";
import { openResultFile } from "../eval/resultFile";
import { storedJson } from "../storedResult";
import type { TableCheck, TableRun } from "./options";
import { parseTableOptions, tableUsage } from "./options";

/** Exit codes: 0 = done, 1 = problems failed or the check found a difference, 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parseTableOptions(argv);
    if (options === null) {
      console.log(tableUsage);
      return 0;
    }
    if (options.type === "run") return await runTable(options);
    if (options.type === "readme") return await writeReadme(options.file, options.folder);
    const table = await readTable(options.file);
    if (options.type === "check") return await runCheck(table, options);
    console.log(tableText(table));
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    if (!error.message.includes("Usage:")) console.error("npm run table -- --help lists the options.");
    return 2;
  }
}

async function runTable(options: TableRun): Promise<number> {
  const model = await openMeasuringModel(options.modelFolder);
  await mkdir(path.dirname(options.resultFile), { recursive: true });
  await mkdir(options.outFolder, { recursive: true });
  const resultFile = await openResultFile(options.resultFile);
  const { backend, jobs } = options;
  const file = path.join(options.outFolder, `${options.name}.json`);
  const stored = existsSync(file) ? await readTable(file) : null;
  const table = await runGrid(options, { model, backend, jobs, resultFile }, stored);
  const { cells, ...rest } = table;
  await writeFile(file, storedJson(rest, { cells }));
  console.log(tableText(table));
  console.log(`\nwritten to ${file}`);
  return table.cells.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

async function runCheck(table: ResultTable, check: TableCheck): Promise<number> {
  const runs = await checkTable(table, check);
  const different = runs.filter(({ stored, found }) => stored !== found);
  for (const { problem, cell, stored, found } of different) {
    const budget = cell.budgetSlots === null ? "" : `, ${cell.budgetSlots} slots, window ${cell.windowSlots ?? 0}`;
    console.log(`${problem} under ${cell.label}${budget}: "${found}", the table has "${stored}"`);
  }
  console.log(`${runs.length - different.length} of ${runs.length} runs came out as stored in the table`);
  return different.length > 0 ? 1 : 0;
}

async function writeReadme(file: string, folder: string): Promise<number> {
  const tables = await readTables(folder);
  const atEqualBytes = await readTables(path.join(folder, "bytes"));
  await writeFile(file, withTables(await readText(file), tables, atEqualBytes));
  console.log(`${tables.size} ${tables.size === 1 ? "table" : "tables"} of ${folder} written into ${file}`);
  return 0;
}

async function readTable(file: string): Promise<ResultTable> {
  return parseResultTable(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${errorMessage(error)}`);
  }
}
