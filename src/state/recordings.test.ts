import { expect, it } from "vitest";
import { parseRunIndex } from "./recordings";

const walk = { id: "walk", title: "Walk", file: "walk.winnow", problem: { id: "walk-5x20-1" } };

it("reads runs, and runs side by side", () => {
  const pair = { id: "pair", title: "Two", files: ["walk.winnow", "other.winnow"] };
  expect(parseRunIndex([walk, pair])).toEqual([
    { id: "walk", title: "Walk", files: ["walk.winnow"], problemId: "walk-5x20-1" },
    { id: "pair", title: "Two", files: ["walk.winnow", "other.winnow"], problemId: null },
  ]);
});

it("leaves out what it cannot show: other folders, no files, more than there are lanes", () => {
  const broken = [
    { ...walk, file: "../walk.winnow" },
    { ...walk, file: undefined },
    { ...walk, files: [] },
    { ...walk, files: ["a.winnow", 7] },
    { ...walk, files: ["a.winnow", "https://elsewhere/b.winnow"] },
    { ...walk, files: ["a", "b", "c", "d", "e"] },
    { ...walk, title: 3 },
    null,
  ];
  expect(parseRunIndex([...broken, walk])).toHaveLength(1);
  expect(() => parseRunIndex(broken)).toThrow("names no run file");
});
