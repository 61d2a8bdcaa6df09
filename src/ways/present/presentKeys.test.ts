import { describe, expect, it } from "vitest";
import { presentAct } from "./presentKeys";

function pressed(key: string, { taker = null as "text" | "slider" | null, isShow = true, altKey = false } = {}) {
  return presentAct({ key, altKey, ctrlKey: false, metaKey: false, shiftKey: false, taker }, isShow);
}

describe("the keys of Present", () => {
  it("are those of a clicker during the show", () => {
    expect(["PageDown", "PageUp", "b", ".", "Escape"].map((key) => pressed(key))).toEqual([
      "next",
      "previous",
      "black",
      "black",
      "leave",
    ]);
  });

  it("leave text alone, and a slider its own keys", () => {
    expect(["PageDown", "b", "Escape"].map((key) => pressed(key, { taker: "text" }))).toEqual([null, null, null]);
    expect(["ArrowRight", "PageDown"].map((key) => pressed(key, { taker: "slider" }))).toEqual([null, "next"]);
    expect(pressed("ArrowRight", { altKey: true })).toBe(null);
  });

  it("leave the page its own while the deck is prepared", () => {
    expect(["ArrowRight", "b", "PageDown", "F5"].map((key) => pressed(key, { isShow: false }))).toEqual([
      null,
      null,
      "next",
      "start",
    ]);
  });
});
