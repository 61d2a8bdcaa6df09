import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { acceptedValue, expectedWords, parameterNames, parameterRow } from "./parameters";
import type { ParameterRow } from "./parameterRow";
import { keyValueParameters } from "./keyValueParameters";
import { mergeParameters } from "./mergeParameters";
import { queryParameters } from "./queryParameters";
import { scheduleParameters } from "./scheduleParameters";
import { readingParameters } from "./readingParameters";
import { secondStageParameters } from "./secondStageParameters";
import { shareParameters } from "./shareParameters";
import { storageParameters } from "./storageParameters";
import { effectiveParameters, overruledWords, policies, policyById } from "./policies";

const docs = readFileSync(new URL("../../docs/methods.md", import.meta.url), "utf8");

/** The cells of a Markdown table, whatever its spacing. */
function cells(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("|") && !/^\|[\s|-]+$/.test(line));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

it("are described in docs/methods.md as the table has them", () => {
  const block = /<!-- parameters -->([^]*?)<!-- end of parameters -->/.exec(docs)?.[1] ?? "";
  const header = ["parameter", "starts from", "may be", "used by", "link", "flag", "meaning"];
  const rows = [header, ...parameterNames.map(docsRow)];
  const markdown = rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
  expect(cells(block), `put this between the marks, and let Prettier align it:\n${markdown}`).toEqual(rows);
});

function docsRow(name: (typeof parameterNames)[number]): string[] {
  const row = parameterRow(name);
  const users = policies.filter(({ uses }) => uses.includes(name)).map(({ label }) => label);
  const own = policies
    .filter(({ uses, defaults }) => uses.includes(name) && (defaults[name] ?? row.default) !== row.default)
    .map(({ label, defaults }) => `${label}: ${String(defaults[name])}`);
  return [
    row.label,
    [String(row.default), ...own].join("; "),
    expectedWords(row),
    usersOf(row, users),
    `\`${row.key}\``,
    `\`--${row.flag}\``,
    row.help,
  ];
}

function usersOf({ isOfEveryPolicy, isOfFullCache, onlyWith }: ParameterRow, users: readonly string[]): string {
  const evicting = isOfEveryPolicy ? "all that evict" : users.join(", ");
  const all = isOfEveryPolicy && isOfFullCache ? "all" : evicting;
  const condition = parameterNames.find((known) => known === onlyWith?.name);
  return condition === undefined
    ? all
    : `${all}, with ${parameterRow(condition).label}: ${[onlyWith?.values ?? []].flat().join(", ")}`;
}

describe.each(parameterNames)("%s", (name) => {
  const row: ParameterRow = parameterRow(name);

  it("starts from a value that a run accepts, and so do its control's limits", () => {
    const offered = row.type === "number" ? [row.default, row.min, row.max] : [row.default];
    expect(offered.map((value) => acceptedValue(row, value))).toEqual(offered);
  });
});

it("has a key and a flag of its own in every row", () => {
  const rows = parameterNames.map(parameterRow);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  expect(new Set(rows.map(({ flag }) => flag)).size).toBe(rows.length);
});

it.each([
  [{ budgetSlots: 8, windowSlots: 8 }, "windowSlots", 7, "does not fit: a budget of 8 slots leaves the window 1 to 7"],
  [{ budgetSlots: 1 }, "budgetSlots", 2, "is not a whole number from 2 on"],
  [{ poolingSlots: 4 }, "poolingSlots", 5, "is not an odd number from 1 to 63"],
  [{ lambda: 2 }, "lambda", 1, "is not a number from 0 to 1"],
] as const)("says which of %o cannot be, and what takes its place", (choices, name, used, words) => {
  const inForce = effectiveParameters(policyById("gkv"), choices);
  expect(inForce[name]).toBe(used);
  expect(overruledWords(name, (choices as Record<string, number>)[name], inForce)).toBe(words);
});

it("has each name in one part of the table only", () => {
  const parts = [
    ...[scheduleParameters, queryParameters, shareParameters, secondStageParameters],
    ...[keyValueParameters, mergeParameters, storageParameters, readingParameters],
  ];
  const inParts = parts.flatMap((part) => Object.keys(part));
  const ownNames = parameterNames.slice(0, parameterNames.indexOf("schedule"));
  expect(parameterNames).toEqual([...ownNames, ...inParts]);
});
