import { expect, it } from "vitest";
import { effectiveParameters, policyById } from "../../policy/policies";
import { advanced, BEAT_MS, clockAt, clockAtStart, next, previous } from "./beatClock";
import { beatsOf, beatTitle } from "./beats";

it("speaks only of parts that the policy has", () => {
  const ids = ["gkv", "snapKv", "rKv", "h2o", "streamingLlm", "random", "promptRecent", "keyNorm", "keyDiff"];
  const told = ids.map(policyById).map((policy) => {
    const formula = policy.formula(effectiveParameters(policy));
    return [policy.id, ...beatsOf(formula).map((beat) => beatTitle(beat, formula))].join(" | ");
  });
  expect(told).toMatchInlineSnapshot(`
    [
      "gkv | score: the newest tokens vote | decay and join: the past comes in; near-duplicates lose | cut: the lowest are evicted | compact: the kept tokens move together",
      "snapKv | score: the newest tokens vote | pool: neighbours lend their score | cut: the lowest are evicted | compact: the kept tokens move together",
      "rKv | score: the newest tokens vote | pool: neighbours lend their score; near-duplicates lose | cut: the lowest are evicted | compact: the kept tokens move together",
      "h2o | score: the newest tokens vote | decay and join: the past comes in | cut: the lowest are evicted | compact: the kept tokens move together",
      "streamingLlm | rank: the newer, the higher | cut: the lowest are evicted | compact: the kept tokens move together",
      "random | draw: a random number each | cut: the lowest are evicted | compact: the kept tokens move together",
      "promptRecent | rank: the newer, the higher | cut: the lowest are evicted | compact: the kept tokens move together",
      "keyNorm | score: key norms | cut: the lowest are evicted | compact: the kept tokens move together",
      "keyDiff | score: key directions | cut: the lowest are evicted | compact: the kept tokens move together",
    ]
  `);
});

const withoutJoin = [0, 2, 3] as const;

it("goes past the beat that a policy has not, both ways", () => {
  expect(advanced(clockAtStart, BEAT_MS, withoutJoin)).toEqual({ beat: 2, progress: 0, motion: "play" });
  expect(next(clockAt(0), withoutJoin)).toEqual({ beat: 2, progress: 0, motion: "forward" });
  expect(advanced(previous(clockAt(2)), 2 * BEAT_MS, withoutJoin)).toEqual(clockAt(0));
});
