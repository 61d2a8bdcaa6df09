import fc from "fast-check";
import { expect, it } from "vitest";
import { panelNames } from "../state/arrangement";
import { embedColumns } from "./embedColumns";

it("puts the text next to the other panels if there is room", () => {
  expect(embedColumns(["text", "map", "score"], 800)).toEqual([["text"], ["map", "score"]]);
  expect(embedColumns(["text", "map", "score"], 1200)).toEqual([["text"], ["map"], ["score"]]);
  expect(embedColumns(["map", "text"], 800)).toEqual([["map"], ["text"]]);
});

it("puts them one below the other in a narrow frame", () => {
  expect(embedColumns(["text", "map", "score"], 360)).toEqual([["text", "map", "score"]]);
});

it("gives a single panel the whole width, and no panel no column", () => {
  expect(embedColumns(["mask"], 1600)).toEqual([["mask"]]);
  expect(embedColumns([], 1600)).toEqual([]);
});

it("shows every panel once, and leaves no column empty", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...panelNames]), fc.nat(2400), (panels, width) => {
      const columns = embedColumns(panels, width);
      expect(columns.flat().sort()).toEqual([...panels].sort());
      expect(columns.every((column) => column.length > 0)).toBe(true);
    }),
  );
});
