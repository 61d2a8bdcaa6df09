import { describe, expect, it } from "vitest";
import { panels } from "./registry";
import { zoomRules } from "./viewRules";

const { score, attention, overlap, text } = panels;
const named = { map: panels.map, score, attention, overlap, text };

describe.each(Object.entries(named))("the view of the %s panel", (_, { view }) => {
  it("stores no choice if it shows what a page begins with", () => {
    expect(view.write(view.first)).toEqual({});
    expect(view.read({})).toEqual(view.first);
  });
});

it.each([
  [score.view, { order: "rank", measure: "spread", beat: 2 }, ["order", "measure", "beat"]],
  [attention.view, { heads: "maximum", scale: "root" }, ["heads"]],
  [overlap.view, { windowCount: 6, share: 0.35, source: "events" }, ["windowCount", "share", "source"]],
  [zoomRules, { x0: 3.5, x1: 60, y0: 0, y1: 44 }, ["x0", "x1", "y0", "y1"]],
] as const)("stores what differs, and is read back as the same view: %#", (rules, view, said) => {
  const choices = rules.write(view as never);
  expect(Object.keys(choices)).toEqual(said);
  expect(rules.read(choices)).toEqual(view);
});

it("falls back value by value if the panel does not know one", () => {
  expect(score.view.read({ order: "rank", measure: "constructor", beat: 7 })).toEqual({
    ...(score.view.first as object),
    order: "rank",
  });
  expect(text.view.read({ hasWhitespace: "yes", toString: "all" })).toEqual(text.view.first);
  expect(overlap.view.read({ share: 0.351, windowCount: -1 })).toEqual(overlap.view.first);
  expect(attention.view.read({ heads: -1 })).toEqual(attention.view.first);
  expect(zoomRules.read({ x0: 9, x1: 3, y0: 0, y1: 1 })).toBeNull();
});
