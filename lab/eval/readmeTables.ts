// The stored tables in a Markdown file: each stands between two marks that name it, and is written from its data.
//
//   <!-- results winnow-1m -->
//   …
//   <!-- /results -->

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { ResultTable } from "../../src/experiment/resultTable";
import { parseResultTable } from "../../src/experiment/resultTable";
import { tableMarkdown } from "./tableMarkdown";
import { InputError } from "../../src/lib/errors";

/** Every table of a folder, by its file's name without ".json"; none where there is no folder yet. */
export async function readTables(folder: string): Promise<ReadonlyMap<string, ResultTable>> {
  const names = (await fileNames(folder)).filter((name) => name.endsWith(".json")).sort();
  const tables = new Map<string, ResultTable>();
  for (const name of names) {
    const file = path.join(folder, name);
    tables.set(path.basename(name, ".json"), parseResultTable(await readFile(file, "utf8"), file));
  }
  return tables;
}

/** The text with every marked block written anew. Throws InputError where a table has no block, or a block no end. */
export function withTables(text: string, tables: ReadonlyMap<string, ResultTable>): string {
  const named = new Set<string>();
  const filled = text.replace(/<!-- results ([\w-]+) -->.*?<!-- \/results -->/gs, (_, name: string) => {
    named.add(name);
    const table = tables.get(name);
    const body = table === undefined ? "There is no table for this model yet." : tableMarkdown(table);
    return `<!-- results ${name} -->\n\n${body}\n\n<!-- /results -->`;
  });
  const missing = [...tables.keys()].find((name) => !named.has(name));
  if (missing === undefined) return filled;
  throw new InputError(
    `no block for the table ${missing}: add <!-- results ${missing} --> and <!-- /results --> to it`,
  );
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
