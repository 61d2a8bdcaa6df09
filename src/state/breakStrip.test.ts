import { beforeEach, describe, expect, it } from "vitest";
import { problemById } from "../problems/families";
import type { Problem } from "../problems/problem";
import { drawTrace } from "../trace/drawTrace.testing";
import { stripCost, stripOrder, stripRows } from "./breakStrip";
import { drivePage, sayReady, type DrivenPage } from "./drivePage.testing";
import { budgetStops } from "./squeeze";

const problem = problemById("walk-5x20-1") as Problem;
const budgets = budgetStops(340, 96);
const rows = stripRows({ choices: {}, problem, budgets, maxPositions: 1024 });

describe("the cells", () => {
  it("are four rules by twelve budgets; without forgetting the budget decides nothing", () => {
    expect(rows.map(({ rule, cells }) => [rule, cells.length])).toEqual([
      ["gkv", 12],
      ["streamingLlm", 12],
      ["random", 12],
      ["fullCache", 12],
    ]);
    expect(rows.map(({ cells }) => new Set(cells.map(({ key }) => key)).size)).toEqual([12, 12, 12, 1]);
  });

  it("take over what else is chosen, and record nothing", () => {
    const chosen = stripRows({ choices: { alpha: 0.5, isCompared: true }, problem, budgets, maxPositions: 1024 });
    expect(chosen[0].cells[0].recipe).toMatchObject({ parameters: { alpha: 0.5 }, hasTaps: false, isCompared: false });
    expect(chosen[0].cells[0].key).not.toBe(rows[0].cells[0].key);
    // α means nothing to the last words.
    expect(chosen[1].cells[0].key).toBe(rows[1].cells[0].key);
  });

  it("differ where tokens are kept whatever their score, but not where nothing is evicted", () => {
    const kept = stripRows({ choices: { keptSpans: "3-9" }, problem, budgets, maxPositions: 1024 });
    const isSame = kept.map(({ cells }, row) => cells[0].key === rows[row].cells[0].key);
    expect(isSame).toEqual([false, false, false, true]);
  });

  it("come with the whole text first, then from the present budget outwards", () => {
    const order = stripOrder(rows, 96).map(({ rule, budgetSlots }) => `${rule} ${budgetSlots}`);
    expect(order).toHaveLength(37);
    expect(order.slice(0, 5)).toEqual(["fullCache 32", "gkv 96", "streamingLlm 96", "random 96", "gkv 80"]);
  });

  it("run unasked where that takes less than a minute", () => {
    expect(stripCost({}, problem, 37)).toMatchObject({ mayRunUnasked: true });
    const long = problemById("walk-8x59-1") as Problem;
    expect(stripCost({}, long, 37)).toMatchObject({ mayRunUnasked: false });
  });
});

describe("the background", () => {
  let driven: DrivenPage;
  beforeEach(() => {
    driven = drivePage();
    driven.store.getState().prepareEngine();
    sayReady(driven);
  });

  const [gkv] = rows;
  const cells = gkv.cells.slice(0, 2);
  const answer = drawTrace({ prompt: "one", windowSlots: 1 }, `Answer\n:\n${problem.answer}`);

  function sayAnswer({ background }: DrivenPage): void {
    for (const record of answer.steps) background.say({ type: "step", run: 1, lane: 0, record, eviction: null });
    sayDone(driven);
  }

  function sayDone({ background }: DrivenPage): void {
    background.say({ type: "done", run: 1, lane: 0, reason: "length" });
  }

  it("computes one run after the other on an engine of its own, and gives that back", () => {
    const { store, background, asked } = driven;
    store.getState().computeOutcomes(cells);
    expect(background.asked).toEqual(["load First cpu", "start"]);
    expect(store.getState().computedKey).toBe(cells[0].key);
    sayAnswer(driven);
    sayDone(driven);
    expect(background.asked).toEqual(["load First cpu", "start", "start", "dispose"]);
    expect(store.getState()).toMatchObject({
      outcomes: { [cells[0].key]: "right", [cells[1].key]: "wrong" },
      computedKey: null,
    });
    expect(asked).toEqual(["load First auto"]);
  });

  it("stops at once when it is told to rest, and goes on where it stood", () => {
    const { store, background } = driven;
    store.getState().computeOutcomes(cells);
    store.getState().restStrip();
    expect(store.getState().computedKey).toBeNull();
    store.getState().computeOutcomes(cells);
    expect(background.asked.slice(2)).toEqual(["pause", "resume"]);
    store.getState().restStrip();
    sayAnswer(driven);
    // A run that was all but over ends; the next one waits.
    expect(background.asked.slice(4)).toEqual(["pause"]);
    expect(store.getState().outcomes).toEqual({ [cells[0].key]: "right" });
  });

  it("leaves a run that is no longer wanted", () => {
    const { store, background } = driven;
    store.getState().computeOutcomes([cells[0]]);
    store.getState().computeOutcomes([cells[1]]);
    expect(background.recipes.map(({ parameters }) => parameters.budgetSlots)).toEqual([32, 48]);
  });

  it("does not compute what the page has shown", () => {
    const { store, background } = driven;
    store.getState().noteOutcome(cells[0].key, "wrong");
    store.getState().computeOutcomes(cells);
    expect(background.recipes.map(({ parameters }) => parameters.budgetSlots)).toEqual([48]);
  });

  it("gives up after a failure, and says why", () => {
    const { store, background } = driven;
    store.getState().computeOutcomes(cells);
    background.say({ type: "failed", run: null, message: "No memory." });
    expect(store.getState()).toMatchObject({
      ...{ stripFailure: { modelId: "winnow-1m", message: "No memory." }, computedKey: null, notices: [] },
    });
    store.getState().computeOutcomes(cells);
    expect(background.asked).toEqual(["load First cpu", "start", "dispose"]);
  });

  it("goes on with another model after one has failed", () => {
    const { store, background } = driven;
    store.getState().computeOutcomes(cells);
    background.say({ type: "failed", run: null, message: "No memory." });
    store.getState().computeOutcomes(cells.map((cell) => ({ ...cell, modelId: "second" })));
    expect(background.asked.slice(3)).toEqual(["load Second cpu", "start"]);
  });
});
