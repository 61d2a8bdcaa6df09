import { expect, it } from "vitest";
import { drawProblem } from "../problems/families";
import { drawTrace } from "../trace/drawTrace.testing";
import type { Trace } from "../trace/trace";
import { initialSessionRuns, withEndedRuns } from "./sessionRuns";
import { initialShownRuns, laneRunOf } from "./shownRuns";

const problem = drawProblem("walk", 0, 1);
const running: Trace = drawTrace({ prompt: "a b" }, "c");
const ended: Trace = { ...running, end: "length" };
const page = { ...initialShownRuns, ...initialSessionRuns, problem, origin: "live" as const };

it("keeps what a live run left once it ends, and only then", () => {
  const before = { ...page, lanes: [laneRunOf(running)] };
  expect(withEndedRuns(page, before)).toBeNull();
  const after = { ...page, lanes: [laneRunOf(ended)] };
  const kept = withEndedRuns(before, after)?.sessionRuns;
  expect(kept).toHaveLength(1);
  expect(kept?.[0]).toMatchObject({ header: ended.header, problem, fed: null });
  expect(kept?.[0].heldBytes).toBeGreaterThan(0);
  expect(withEndedRuns(after, { ...after, sessionRuns: kept ?? [] })).toBeNull();
});

it("a run that was continued replaces itself; recorded runs and own texts are not kept", () => {
  const after = { ...page, lanes: [laneRunOf(ended)] };
  const [kept] = withEndedRuns(page, after)?.sessionRuns ?? [];
  const longer = { ...ended, steps: [...ended.steps] };
  const again = withEndedRuns(after, { ...page, lanes: [laneRunOf(longer)], sessionRuns: [kept] });
  expect(again?.sessionRuns).toHaveLength(1);
  expect(withEndedRuns(page, { ...after, origin: "recorded" })).toBeNull();
  expect(withEndedRuns(page, { ...after, problem: null })).toBeNull();
});
