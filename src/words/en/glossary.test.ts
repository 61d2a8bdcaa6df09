import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { glossary } from "./glossary";

it("explains words of docs/glossary.md only", () => {
  const page = readFileSync(new URL("../../../docs/glossary.md", import.meta.url), "utf8");
  const words = new Set(
    [...page.matchAll(/^\| ([a-z][^|]*?) +\|/gm)].flatMap(([, cell]) => cell.split(", ").map((word) => word.trim())),
  );
  expect(Object.keys(glossary).filter((word) => !words.has(word))).toEqual([]);
});
