// Watched heads: what a run records changes with them, and nothing else does.
import fc from "fast-check";
import { expect, it } from "vitest";
import { headRow, rowLength } from "../cache/headRows";
import type { LoopStep } from "./decodeLoop";
import { headCount, openLoop, runSteps, tight } from "./driveLoop.testing";

const whole = openLoop(tight).then((loop) => runSteps(loop));

/** Everything but the attention rows. */
function decided(steps: readonly LoopStep[]) {
  return steps.map(({ result: { attention: _, ...result }, eviction, end }) => ({
    ...{ result: { ...result, readBackMs: 0 }, eviction, end },
  }));
}

it("decides to the bit as it would with every head watched, whichever are, and records those", async () => {
  const expected = await whole;
  expect(expected.filter(({ eviction }) => eviction !== null).length).toBeGreaterThan(3);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uniqueArray(fc.nat(headCount - 1)), { minLength: 1, maxLength: 4 }), async (sets) => {
      let started = 0; // the set changes with every forward
      const watchedHeads = (): readonly number[] => sets[started++ % sets.length].toSorted((a, b) => a - b);
      const steps = await runSteps(await openLoop(tight, { watchedHeads }));
      expect(decided(steps)).toEqual(decided(expected));
      steps.forEach(({ result: { attention } }, step) => {
        const watched = sets[step % sets.length];
        for (let head = 0; head < headCount; head++) {
          const full = headRow(expected[step].result.attention, head);
          expect(rowLength(attention, head)).toBe(watched.includes(head) ? full.length : 0);
          if (watched.includes(head)) expect(headRow(attention, head)).toEqual(full);
        }
      });
    }),
    { numRuns: 10 },
  );
});
