import { expect, it } from "vitest";
import { InputError } from "../../lib/errors";
import { loadLessons } from "./lessonLibrary";

const answering = (text: string) => () => Promise.resolve(new Response(text));

it.each([
  ["that is no JSON", "<!doctype html>"],
  ["that is no list of ids", '{ "lessons": 3 }'],
])("says what is wrong with an index %s", async (_, text) => {
  const loaded = loadLessons(answering(text));
  await expect(loaded).rejects.toThrow(InputError);
  await expect(loaded).rejects.toThrow(`lessons/en/index.json: expected a list of lesson ids, found ${text}`);
});
