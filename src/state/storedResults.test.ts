import { expect, it } from "vitest";
import { drawTable } from "../experiment/drawTable.testing";
import { loadResultTable } from "./storedResults";

const table = drawTable("walk gkv w16 .25 ew");

const answering =
  (body: string, status = 200, type = "application/json") =>
  (): Promise<Response> =>
    Promise.resolve(new Response(body, { status, headers: { "content-type": type } }));

it("reads the table of a model from a relative address", async () => {
  const asked: string[] = [];
  const loaded = await loadResultTable("winnow-1m", (file) => {
    asked.push(file);
    return answering(JSON.stringify(table))();
  });
  expect(loaded).toEqual(table);
  expect(asked).toEqual(["results/winnow-1m.json"]);
});

it.each([
  ["a file that is missing", answering("", 404), "No results are stored for this model (results/winnow-1m.json"],
  [
    "a host that answers with its page",
    answering("<!doctype html>", 200, "text/html; charset=utf-8"),
    "No results are",
  ],
  ["a host that fails", answering("", 500), "results/winnow-1m.json could not be loaded (HTTP 500)."],
  ["a connection that fails", () => Promise.reject(new Error("offline")), "could not be loaded: offline"],
  ["a file cut off", answering('{"version": 1,'), "results/winnow-1m.json: expected JSON"],
  ["another file", answering("{}"), "results/winnow-1m.json is not a table of results"],
])("says so in words: %s", async (_, fetchFile, message) => {
  await expect(loadResultTable("winnow-1m", fetchFile)).rejects.toThrow(message);
});
