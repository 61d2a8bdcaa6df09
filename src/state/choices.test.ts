import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noLaneComparison } from "../settings/lanes";
import { emptyHistory, redone, undone, withChange, type ChoiceHistory, type ChosenState } from "./choices";

const withBudget = (budgetSlots: number): ChosenState => ({ choices: { budgetSlots }, comparison: noLaneComparison });

/** A page that chooses one budget after the other, a second apart. */
function chosen(budgets: readonly number[]): { history: ChoiceHistory; now: ChosenState } {
  return budgets.reduce(
    ({ history, now }, budget, place) => ({
      history: withChange(history, now, "budgetSlots", 1000 * place),
      now: withBudget(budget),
    }),
    { history: emptyHistory, now: withBudget(0) },
  );
}

describe("undo and redo", () => {
  it("go back through everything that was chosen, and forth again", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), fc.nat(20), (budgets, times) => {
        const states = [0, ...budgets].map(withBudget);
        let { history, now } = chosen(budgets);
        let place = states.length - 1;
        const step = (turn: typeof undone): boolean => {
          const stepped = turn(history, now);
          if (stepped === null) return false;
          ({ history, state: now } = stepped);
          return true;
        };
        for (let turn = 0; turn < times && step(undone); turn++) expect(now).toEqual(states[--place]);
        while (step(redone)) expect(now).toEqual(states[++place]);
        expect(place).toBe(states.length - 1);
      }),
    );
  });

  it("take a slider's way for one change, and two settings or two moments for two", () => {
    let history = emptyHistory;
    for (const atMs of [0, 300, 700, 1400]) history = withChange(history, withBudget(atMs), "alpha", atMs);
    expect(history.past).toEqual([withBudget(0)]);
    history = withChange(history, withBudget(1), "lambda", 1500);
    history = withChange(history, withBudget(2), "lambda", 9000);
    expect(history.past).toEqual([0, 1, 2].map(withBudget));
  });

  it("do not join a change to what was undone", () => {
    const stepped = undone(withChange(emptyHistory, withBudget(1), "alpha", 0), withBudget(2));
    expect(stepped?.state).toEqual(withBudget(1));
    const { past, future } = withChange(stepped?.history ?? emptyHistory, withBudget(1), "alpha", 100);
    expect({ past, future }).toEqual({ past: [withBudget(1)], future: [] });
  });

  it("remember a hundred changes, the latest ones, and nothing where nothing was chosen", () => {
    const { history } = chosen(Array.from({ length: 150 }, (_, place) => place + 1));
    expect(history.past).toHaveLength(100);
    expect(history.past[0]).toEqual(withBudget(50));
    expect(undone(emptyHistory, withBudget(1))).toBeNull();
    expect(redone(emptyHistory, withBudget(1))).toBeNull();
  });
});
