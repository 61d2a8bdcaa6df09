import { expect, it } from "vitest";
import { drawnFiles } from "./drawnFiles";
import recorded from "./recorded.json";
import { pageIds, recordedIds } from "./recorded";

it.each(drawnFiles)("has the tokens of the tokenizers library, or refuses: $name", ({ name, json }) => {
  const found = recordedIds(json, (texts) => pageIds(json, texts));
  expect(found).toBe((recorded as Record<string, string>)[name]);
});

it("has a record of each drawn file and of no other", () => {
  expect(Object.keys(recorded)).toEqual(drawnFiles.map(({ name }) => name));
});
