import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { importCircles, importGraph } from "./importCircles.js";

it("finds a circle however long, and files that import each other once only", () => {
  expect(importCircles({ a: ["b"], b: ["c"], c: ["b", "d"], d: [] })).toEqual(["b → c → b"]);
  expect(importCircles({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] })).toEqual([]);
});

it("finds the imports of a file, its type imports and those that come late", () => {
  const files = ["src/main.tsx", "src/App.tsx", "src/startEmbed.tsx", "src/state/pageStore.ts"];
  const graph = importGraph(files);
  expect(graph["src/main.tsx"]).toEqual(expect.arrayContaining(["src/App.tsx", "src/startEmbed.tsx"]));
  expect(graph["src/App.tsx"]).toEqual(["src/state/pageStore.ts"]);
});

it("finds none in src/ and lab/", () => {
  const files = ["src", "lab"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file)),
  );
  expect(importCircles(importGraph(files.filter((file) => /\.tsx?$/.test(file))))).toEqual([]);
});
