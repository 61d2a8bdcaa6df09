import { expect, it } from "vitest";
import { drawnCandidates, drawnTrace, pooledTrace } from "../../panels/score/drawScores.testing";
import { readCandidates } from "../../panels/score/candidates";
import { decisionBeats } from "../../trace/decisionBeats";
import { barAt, barTop, decisionBars, decisionFrame, decisionLayout, levelShift, lookingPath } from "./decision";

const size = { width: 120, height: 155 };
const beats = decisionBeats(drawnTrace.header.formula);
const layout = decisionLayout(drawnTrace.header, drawnCandidates, { windowSlots: 2, ...size });
const frameAt = (phase: number) => decisionFrame(layout, beats, { phase, sinceCount: 0 });
const endOf = (name: string): number => beats.list.find((beat) => beat.name === name)?.to ?? NaN;

/** Left edges of the rectangles of a path. */
function edges(path: string): readonly number[] {
  return [...path.matchAll(/M([\d.]+),/g)].map(([, x]) => Number(x));
}

it("draws each score from parts that add, all higher than the scores by one number", () => {
  const shift = levelShift(drawnTrace.header, drawnCandidates);
  expect(shift).toBeCloseTo(0.5 * 0.7);
  for (const { level, parts, candidate } of decisionBars(drawnTrace.header, drawnCandidates)) {
    expect(level).toBeCloseTo(parts.lent + parts.fresh);
    expect(level - candidate.total).toBeCloseTo(shift);
  }
});

it("has the tokens that always stay apart from those that stay by score", () => {
  const header = { ...drawnTrace.header, spans: { kept: [{ start: 1, end: 2 }], instructions: [] } };
  const candidates = readCandidates({ ...drawnTrace, header }, drawnTrace.events[0], 0);
  expect(decisionBars(header, candidates).map(({ staysByRule }) => staysByRule)).toEqual([false, true, false, false]);
});

it("lets the taller of now and before count", () => {
  const [the, cat, sat] = layout.bars.map(({ parts }) => parts);
  expect([the.now, the.before, the.joined]).toEqual([0.5, 0.4, 0.5].map((value) => expect.closeTo(value) as number));
  expect(cat.before).toBe(0);
  expect(sat.joined).toBeCloseTo(sat.before);
});

it("begins with nothing, then shows what the newest look at, in the order of the text", () => {
  expect(frameAt(0)).toMatchObject({ now: "", before: "", fresh: "", lineReach: 0, fall: 0 });
  const looked = frameAt(endOf("look"));
  expect(edges(looked.now)).toEqual([0, 20, 40, 60].map((x) => x + 0.5));
  expect(looked.before).toBe("");
  expect(frameAt(endOf("before")).before).not.toBe("");
});

it("puts the highest first, brings the line down behind those that stay, and lets the rest fall", () => {
  // The: 1st, cat: 4th, sat: 2nd, on: 3rd.
  expect(edges(frameAt(endOf("order")).now).toSorted((a, b) => a - b)).toEqual([0.5, 20.5, 40.5, 60.5]);
  const cut = frameAt(endOf("cut"));
  expect(cut).toMatchObject({ lineX: 40, lineReach: 1, fall: 1, windowX: 80 });
  expect(edges(cut.now)).toEqual([0.5, 20.5]);
  expect(edges(cut.evicted)).toEqual([60.5, 40.5]);
});

it("closes up behind the kept, and stays so in the wake", () => {
  expect(frameAt(1).windowX).toBe(40);
  expect(frameAt(endOf("close"))).toEqual(frameAt(1));
});

it("fills the places again with the words written since", () => {
  expect(edges(decisionFrame(layout, beats, { phase: 1, sinceCount: 2 }).since)).toEqual([80.5, 100.5]);
});

it("finds the top of a word's bar wherever it stands", () => {
  const topOf = (phase: number) => barTop(layout, beats, { phase, position: 2 });
  expect(topOf(0)).toEqual({ x: 50, y: layout.baseY });
  expect(topOf(1)?.x).toBe(30);
  expect(topOf(1)?.y).toBeLessThan(layout.baseY);
  expect(barTop(layout, beats, { phase: 1, position: 99 })).toBeNull();
});

it("is a function of the phase alone, so that it runs backwards as it ran forwards", () => {
  const phases = Array.from({ length: 20 }, (_, place) => place / 20);
  const forwards = phases.map(frameAt);
  expect(phases.toReversed().map(frameAt).toReversed()).toEqual(forwards);
});

it("lends neighbours' scores where the policy pools", () => {
  const candidates = readCandidates(pooledTrace, pooledTrace.events[0], 0);
  const [a, b] = decisionBars(pooledTrace.header, candidates);
  expect([a.parts.joined, a.parts.lent]).toEqual([0.25, 0.25]);
  expect([b.parts.joined, b.parts.lent]).toEqual([0, 0.25]);
});

it("finds the bar under the pointer in either order", () => {
  expect(barAt(layout, 25, false)?.candidate.text).toBe("cat");
  expect(barAt(layout, 25, true)?.candidate.text).toBe("sat");
  expect(barAt(layout, 119, true)).toBeNull();
  expect(barAt(layout, -1, false)).toBeNull();
});

it("shows what the newest word looks at, one bar for each place", () => {
  expect(edges(lookingPath([1, 0.5, 0], size, 4))).toEqual([0, 30, 60]);
});
