import { expect, it } from "vitest";
import { renderToStaticMarkup } from "react-dom/server";
import { createElement } from "react";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { Trace } from "../../trace/trace";
import { captionAt } from "./captions";
import { HeadChoice } from "./HeadChoice";
import { budgetOf } from "./stageMoment";

/** At the event 6 and 4 slots are kept: 5 on average. */
const uneven = withBudget(
  drawTrace({ prompt: "The cat sat on the mat" }, "and\nslept  evicts cat | The sat on\nwell\nall"),
);
const even = withBudget(
  drawTrace({ prompt: "The cat sat on the mat" }, "and\nslept  evicts cat on | The sat\nwell\nall"),
);

const once = withBudget(drawTrace({ prompt: "The cat sat on the mat" }, "and  evicts cat | on\nslept\nwell\nall"), {
  schedule: "once",
});

function withBudget(trace: Trace, more: Trace["header"]["parameters"] = {}): Trace {
  return { ...trace, header: { ...trace.header, parameters: { ...trace.header.parameters, budgetSlots: 5, ...more } } };
}

function caption(trace: Trace, step: number, told: "begun" | null = null): string {
  return captionAt({ trace, step, told, problem: null, focus: { layer: 0, kvHead: 1 }, isMoving: false }).normal;
}

it("gives a head its own places from the first event on, before it those of all", () => {
  expect([0, 1].map((head) => budgetOf(uneven, 0, head))).toEqual([5, 5]);
  expect([0, 1].map((head) => budgetOf(uneven, 3, head))).toEqual([6, 4]);
  expect(budgetOf(uneven, 3, "mean")).toBe(5);
  expect([0, 1].map((head) => budgetOf(even, 3, head))).toEqual([5, 5]);
});

it("has the choice of heads say how many places each has, where they differ", () => {
  const options = (trace: Trace): string =>
    renderToStaticMarkup(
      createElement(HeadChoice, { trace, step: 2, focus: { layer: 0, kvHead: 0 }, onFocus: () => undefined }),
    );
  expect(options(uneven)).toContain("layer 0 · head 1 · 4 places");
  expect(options(even)).toContain("layer 0 · head 1</option>");
});

it("speaks of an average where heads differ, and only there", () => {
  expect(caption(uneven, 3)).toContain("On average 7 words now, 2 over 5 places.");
  expect(caption(even, 3)).toContain("7 words now, 2 over its 5 places.");
  expect(caption(uneven, 1, "begun")).toContain("7 words for about 5 places. Heads now let 2 go on average.");
  expect(caption(even, 1, "begun")).toContain("Every head now lets 2 go.");
});

it("has no limit after the only event", () => {
  expect([0, 1, 3].map((step) => budgetOf(once, step, 0))).toEqual([5, null, null]);
  expect(caption(once, 2)).not.toContain("places");
});
