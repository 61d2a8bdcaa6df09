import { expect, it } from "vitest";
import { joinRows } from "../cache/headRows";
import { drawTrace } from "./drawTrace.testing";
import { foretoldSpan, headForetold, isFullCacheOf, type ForetoldSpan } from "./foretold";
import type { EvictionEvent, StepRecord, Trace } from "./trace";

const picture = `
  and
  slept  evicts cat | sat
  well   evicts The | on
  all
  day`;
const run = withAttention(drawTrace({ prompt: "The cat sat on the mat" }, picture));
const full = withAttention(fullCacheRun(picture.replaceAll(/evicts.*/g, "")));
const [first, last] = run.events;

function fullCacheRun(words: string): Trace {
  const drawn = drawTrace({ prompt: "The cat sat on the mat" }, words);
  return { ...drawn, header: { ...drawn.header, policyId: "fullCache" } };
}

/** Every step pays a position as many 255ths as its place in the text says; a full cache pays ten times that. */
function withAttention(trace: Trace): Trace {
  const unit = trace.header.policyId === "fullCache" ? 10 : 1;
  let held: readonly (readonly number[])[] = [[], []];
  const steps: StepRecord[] = [];
  for (const record of trace.steps) {
    const written = 6 + record.step;
    held = held.map((row) => [...row, ...Array.from({ length: written }, (_, at) => at).slice((row.at(-1) ?? -1) + 1)]);
    const rows = held.map((row) => Uint8Array.from(row, (position) => unit * position));
    steps.push({ ...record, attention: joinRows(rows, Uint8Array), attentionScale: new Float32Array(2).fill(1) });
    const event = trace.events.find(({ step }) => step === record.step);
    if (event !== undefined) held = held.map((row, head) => keptOf(event, head).map((slot) => row[slot]));
  }
  return { ...trace, steps };
}

function keptOf({ survivors }: EvictionEvent, head: number): number[] {
  return [...survivors.values.subarray(survivors.offsets[head], survivors.offsets[head + 1])];
}

function spanOf(event: EvictionEvent, others: readonly Trace[] = [], reach: "event" | number = "event"): ForetoldSpan {
  const span = foretoldSpan(run, event, { reach, others });
  if (span === null) throw new Error("no span");
  return span;
}

function withTotals(event: EvictionEvent, total: readonly number[]): EvictionEvent {
  return { ...event, total: joinRows([Float32Array.from(total), Float32Array.from(total)], Float32Array) };
}

it("counts the steps from an event to the next, that one included, and after the last as far as the run goes", () => {
  expect(spanOf(first)).toMatchObject({ firstStep: 2, lastStep: 2, fullCache: null });
  expect(spanOf(last)).toMatchObject({ firstStep: 3, lastStep: 4 });
});

it("reaches beyond the next event only where a full cache tells what the evicted received", () => {
  expect(spanOf(first, [], 3).lastStep).toBe(2);
  expect(spanOf(first, [full], 3)).toMatchObject({ lastStep: 4, fullCache: full });
});

it("has nothing to say before a step has followed the event", () => {
  const growing = { ...run, steps: run.steps.slice(0, 2), events: [first] };
  expect(foretoldSpan(growing, first, { reach: "event", others: [] })).toBeNull();
});

it("compares all scored tokens where a full cache was fed the same tokens", () => {
  const { positions, received, isKept } = headForetold(run, spanOf(first, [full]), 0);
  expect([...positions]).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...received].map((share) => Math.round(255 * share))).toEqual([0, 10, 20, 30, 40, 50]);
  expect([...isKept]).toEqual([1, 0, 1, 1, 1, 1]);
});

it("compares the kept alone by the run's own attention, in the slots that they have after the event", () => {
  const { positions, received, caught } = headForetold(run, spanOf(last), 1);
  // The head evicted sat (2), then on (3); "and" (6) and "slept" (7) came later, the latter is the window.
  expect([...positions]).toEqual([0, 1, 4, 5, 6]);
  expect([...received].map((share) => Math.round(255 * share))).toEqual([0, 1, 4, 5, 6]);
  expect(caught).toBeNull();
});

it("is 1 for a score in the order of what came, and −1 for the reverse", () => {
  const span = (total: readonly number[]): ForetoldSpan => ({
    ...spanOf(first, [full]),
    event: withTotals(first, total),
  });
  expect(headForetold(run, span([1, 2, 3, 4, 5, 6]), 0).correlation).toBe(1);
  expect(headForetold(run, span([6, 5, 4, 3, 2, 1]), 0).correlation).toBe(-1);
});

it("leaves out what stays by rule", () => {
  const span = { ...spanOf(first, [full]), event: withTotals(first, [Infinity, 2, 3, 4, 5, 6]) };
  expect([...headForetold(run, span, 0).positions]).toEqual([1, 2, 3, 4, 5]);
});

it("leaves out tokens that always stay, and a protected prompt", () => {
  const compared = (change: Partial<Trace["header"]>): number[] => {
    const trace = { ...run, header: { ...run.header, ...change } };
    return [...headForetold(trace, spanOf(first, [full]), 0).positions];
  };
  const all = compared({});
  expect(all).toContain(1);
  expect(compared({ spans: { kept: [{ start: 1, end: 2 }], instructions: [] } })).toEqual(all.filter((at) => at !== 1));
  const parameters = { ...run.header.parameters, isPromptProtected: true };
  expect(compared({ parameters })).toEqual(all.filter((at) => at >= 6));
});

it("says how much of the attention the kept caught, against the best choice and a random one", () => {
  const { caught } = headForetold(run, spanOf(first, [full]), 1); // evicted sat (2) of 0 … 5
  expect(caught?.kept).toBeCloseTo(13 / 15, 6);
  expect(caught?.best).toBeCloseTo(15 / 15, 6);
  expect(caught?.chance).toBeCloseTo(5 / 6, 6);
});

it("takes a full cache only as far as both texts agree", () => {
  const other = { ...full, steps: full.steps.map((record) => (record.step === 2 ? { ...record, token: 99 } : record)) };
  expect([1, 2, 3].map((step) => isFullCacheOf(other, run, step))).toEqual([true, true, false]);
  expect(isFullCacheOf(run, run, 1)).toBe(false);
  expect(spanOf(last, [other]).fullCache).toBeNull();
});

it("tests a part of the score by its name", () => {
  const { scores } = headForetold(run, spanOf(first, [full]), 0, "local");
  expect([...scores]).toEqual([...first.parts.local.values.subarray(0, 6)]);
  expect(headForetold(run, spanOf(first, [full]), 0, "unknown").positions).toHaveLength(0);
});
