import fc from "fast-check";
import { expect, it } from "vitest";
import { findDuplicateKey } from "./duplicateKey";

it.each([
  ['{"a": 1, "b": 2, "a": 3}', "a"],
  ['{"a": {"b": 1, "b": 2}}', "b"],
  ['[{"a": 1}, {"a": 1, "\\u0061": 2}]', "a"],
  ['{"a": ["a", "a"], "b": "a", "c": {"a": 1}}', null],
  ['{"a\\"": 1, "a": "x,\\"a\\":"}', null],
  ["3", null],
])("looks for the first doubled key of %s", (text, key) => {
  expect(findDuplicateKey(text)).toBe(key);
});

it("finds none in what JSON.stringify wrote", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => findDuplicateKey(JSON.stringify(value)) === null));
});
