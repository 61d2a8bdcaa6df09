// What each share gives to whom, and what no share may do: exceed the total, or starve a head.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headCountOf } from "../cache/headRows";
import { randomStream } from "../lib/random";
import type { AdmissionRow } from "./admission";
import { baseParameters } from "./parameters";
import type { PolicyParameters } from "./policy";
import { createShare, isOverBudget, type Share } from "./share";
import { pyramidBudgets, roleBudgets, roundHalfToEven, type InfScores } from "./shareBudgets";

const grid = { layerCount: 2, kvHeadCount: 3 };

function shareOf(choices: Partial<PolicyParameters>, roles: InfScores | null = null): Share {
  return createShare({ ...baseParameters, ...choices }, grid, roles);
}

function row(...total: number[]): AdmissionRow {
  return { total: Float32Array.from(total), isProtected: null };
}

describe("the uniform share", () => {
  it("gives every head B", () => {
    const share = shareOf({ windowSlots: 2 });
    const shared = { budgetSlots: 8, textLength: 40 };
    expect([...share.layerBudgets(shared)]).toEqual([24, 24]);
    expect([...share.layerShare(shared)({ layer: 1, rows: [], lengths: [9, 9, 9] })]).toEqual([8, 8, 8]);
    expect([...share.longestHeads(shared)]).toEqual([8, 8]);
  });
});

describe("an event", () => {
  it("acts once some layer holds more than its heads may keep together", () => {
    const budgets = Int32Array.of(24, 24);
    expect(isOverBudget(budgets, Int32Array.of(8, 8, 8, 8, 8, 8), grid)).toBe(false);
    expect(isOverBudget(budgets, Int32Array.of(12, 6, 6, 8, 8, 8), grid)).toBe(false);
    expect(isOverBudget(budgets, Int32Array.of(8, 8, 8, 8, 9, 8), grid)).toBe(true);
  });
});

describe("the adaptive share", () => {
  const adaptive = (safeguard: number, rows: AdmissionRow[], budgetSlots: number, windowSlots = 1): number[] => {
    const share = shareOf({ share: "adaptive", safeguard }).layerShare({ budgetSlots, textLength: 99 });
    return [...share({ layer: 0, rows, lengths: rows.map(({ total }) => total.length + windowSlots) })];
  };

  it("ranks the candidates of all heads together", () => {
    expect(adaptive(0, [row(9, 8, 7), row(6, 5, 4), row(3, 2, 1)], 2)).toEqual([4, 1, 1]);
    expect(adaptive(0, [row(9, 2, 1), row(8, 3, 0), row(7, 4, 0)], 2)).toEqual([2, 2, 2]);
  });

  it("leaves every head its safeguard, of which the window is a part", () => {
    // floor(0.5 · 4) = 2: the window and the head's best candidate.
    expect(adaptive(0.5, [row(9, 8, 7, 6, 5), row(4, 3, 3, 3, 3), row(2, 1, 1, 1, 1)], 4)).toEqual([6, 4, 2]);
    expect(adaptive(1, [row(9, 8, 7, 6), row(1, 1, 1, 1), row(0, 0, 0, 0)], 3)).toEqual([3, 3, 3]);
  });

  it("counts those who must stay first, then the protected, whatever their score", () => {
    const protectedRow = { total: Float32Array.of(1, 0, 0), isProtected: Uint8Array.of(0, 1, 1) };
    expect(adaptive(0, [row(9, 8, 7), protectedRow, row(0, 0, Infinity)], 2)).toEqual([1, 3, 2]);
  });

  it("keeps everything where a layer has no more than its budget", () => {
    expect(adaptive(0.2, [row(9, 8, 7), row(1), row(1, 2)], 4)).toEqual([4, 2, 3]);
  });

  it("gives ties to the first head", () => {
    expect(adaptive(0, [row(1, 1), row(1, 1), row(1, 1)], 2)).toEqual([3, 2, 1]);
  });
});

describe("the pyramid", () => {
  it("falls in a straight line, by KVPress's rounding", () => {
    const budgets = (budgetSlots: number, windowSlots: number, lengthSlots = 40) => [
      ...pyramidBudgets({ budgetSlots, lengthSlots, windowSlots, beta: 20, layerCount: 4 }),
    ];
    expect(budgets(20, 4)).toEqual([36, 25, 15, 4]);
    expect(budgets(20, 4, 400)).toEqual([20, 20, 20, 20]); // one twentieth would be less than the window
    expect(budgets(100, 4, 400)).toEqual([195, 132, 68, 5]);
  });

  it("leaves every layer its window where it shares out what lies beside it", () => {
    const share = shareOf({ share: "pyramid", windowSlots: 16 });
    const shared = { budgetSlots: 96, textLength: 400 };
    expect([...share.layerBudgets(shared)]).toEqual([3 * (156 + 16), 3 * (4 + 16)]);
    expect([...share.longestHeads(shared)]).toEqual([172, 20]);
  });
});

describe("the share by role", () => {
  const roles = { infScore: [0.9, 0, 0, 0, 0, 0.3].map((score) => [score, 0]).slice(0, 2) };

  it("joins query heads, and gives a head without a role its part of what is not pooled", () => {
    const two = { layerCount: 2, kvHeadCount: 1 };
    const rule = { base: 9, beta: 1.5, temperature: 1, join: "max" } as const;
    // ⌊9 / 1.5⌋ = 6 of each go into a pool of 6·2 − 1 = 11; a head without a role has 3.5, which rounds to 4.
    expect([...roleBudgets(roles, two, rule)]).toEqual([14, 4]);
    expect([...roleBudgets(roles, two, { ...rule, join: "mean" })]).toEqual([14, 4]);
  });

  it("is even where no head has a role", () => {
    const none = { infScore: [[0], [0]] };
    const rule = { base: 9, beta: 1.5, temperature: 1, join: "max" } as const;
    expect([...roleBudgets(none, { layerCount: 2, kvHeadCount: 1 }, rule)]).toEqual([9, 9]);
  });
});

it("rounds halves to the even number", () => {
  expect([0.5, 1.5, 2.5, 16.5, 17.5, 2.4, 2.6].map(roundHalfToEven)).toEqual([0, 2, 2, 16, 18, 2, 3]);
});

describe.each(["uniform", "pyramid", "adaptive", "roles"] as const)("the share %s", (share) => {
  it("never exceeds B on average, leaves every head its window, and keeps what it promised in all", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const stream = randomStream(seed);
        const windowSlots = stream.integer(1, 8);
        const budgetSlots = windowSlots + stream.integer(1, 40);
        const textLength = budgetSlots + stream.integer(1, 80);
        const roles = {
          infScore: Array.from({ length: 2 }, () =>
            Array.from({ length: 6 }, () => stream.pick([0, stream.uniform()])),
          ),
        };
        const rule = shareOf(
          {
            ...{ share, windowSlots, safeguard: stream.uniform() },
            ...{ pyramidBeta: 1 + 30 * stream.uniform(), pyramidCount: stream.pick(["all", "candidates"]) },
            ...{ roleBeta: 1 + 2 * stream.uniform(), roleJoin: stream.pick(["max", "mean"]) },
          },
          roles,
        );
        const shared = { budgetSlots, textLength };
        const budgets = rule.layerBudgets(shared);
        expect(budgets.reduce((sum, slots) => sum + slots, 0)).toBeLessThanOrEqual(headCountOf(grid) * budgetSlots);
        for (let layer = 0; layer < grid.layerCount; layer++) {
          const lengths = Array.from({ length: grid.kvHeadCount }, () => stream.integer(windowSlots, textLength));
          const rows = lengths.map((length) =>
            row(...Array.from({ length: length - windowSlots }, () => stream.uniform())),
          );
          const kept = rule
            .layerShare(shared)({ layer, rows, lengths })
            .map((slots, head) => Math.min(slots, lengths[head]));
          expect(Math.min(...kept)).toBeGreaterThanOrEqual(windowSlots);
          expect(kept.reduce((sum, slots) => sum + slots, 0)).toBeLessThanOrEqual(budgets[layer]);
          expect(Math.max(...kept)).toBeLessThanOrEqual(rule.longestHeads(shared)[layer]);
          if (share !== "adaptive") continue;
          const most = Math.min(
            budgets[layer],
            lengths.reduce((sum, length) => sum + length, 0),
          );
          expect(kept.reduce((sum, slots) => sum + slots, 0)).toBe(most);
        }
      }),
      { numRuns: 100 },
    );
  });
});
