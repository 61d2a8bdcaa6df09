// The picture of who carries whom, and its words, for a small drawn trace.
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { joinRows } from "../../cache/headRows";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { AftermathState } from "../../state/mergeAftermath";
import { laneRunOf } from "../../state/shownRuns";
import type { EventMerges, MergeAftermath, MergeChanges } from "../../trace/merges";
import type { Trace } from "../../trace/trace";
import { aftermathLayout, aftermathMeans, cellAt, changesLayout, flowLayout } from "./layout";
import { MergesPanel } from "./MergesPanel";
import { mergesPanel } from "./panel";

const nothing = (): void => undefined;
const drawn = drawTrace(
  { prompt: "The cat sat on the mat" },
  `
  slept
  well   evicts The cat | sat on
  now`,
);
const ints = (...rows: number[][]) =>
  joinRows(
    rows.map((row) => Int32Array.from(row)),
    Int32Array,
  );
const floats = (...rows: number[][]) =>
  joinRows(
    rows.map((row) => Float32Array.from(row)),
    Float32Array,
  );
/** In head 0 “sat” carries “cat” and “The” is dropped; in head 1 “the” carries both. */
const merges: EventMerges = {
  targets: ints([0, 0], [2, 2, 2]),
  sources: ints([2, 1], [4, 2, 3]),
  keyWeights: floats([0.5, 0.5], [0.4, 0.3, 0.3]),
  valueWeights: floats([0.5, 0.5], [0.4, 0.3, 0.3]),
  logBias: floats([0.69, 0, 0, 0, 0], [0, 0, 1.1, 0, 0]),
  votes: ints([2, 1, 1, 1, 1], [1, 1, 3, 1, 1]),
  partners: ints([0, 0], [2, 2]),
  cosines: floats([0.3, 0.9], [0.95, 0.85]),
  carriers: ints([-1, 0], [2, 2]),
  fallbacks: joinRows([Uint8Array.of(1, 0, 0, 0, 0), new Uint8Array(5)], Uint8Array),
  changes: {
    merged: Float32Array.of(0.01, 0),
    evicted: Float32Array.of(0.2, 0.1),
    convex: Float32Array.of(0.05, 0.04),
    zip: Float32Array.of(0.01, 0),
  },
};
const [event] = drawn.events;
const merging: Trace = {
  ...drawn,
  header: { ...drawn.header, parameters: { ...drawn.header.parameters, merging: "keepKv" } },
  events: [{ ...event, merges }],
};

describe("the flow of an event", () => {
  const layout = flowLayout(merging.events[0], 0, { width: 140, height: 100 });

  it("marks each slot by its fate, and makes survivors as wide as their votes", () => {
    expect(layout?.before.map(({ fate }) => fate)).toEqual(["dropped", "carried", ...Array<string>(5).fill("kept")]);
    const [first, second] = layout?.after ?? [];
    expect(first.width).toBeCloseTo(2 * second.width);
    expect(layout?.after.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(140);
    expect([first.isFallback, second.isFallback]).toEqual([true, false]);
  });

  it("leads one curve from each carried token to its carrier", () => {
    expect(layout?.flows.map(({ position, carrier }) => [position, carrier])).toEqual([[1, 2]]);
  });

  it("finds the cell under the pointer in either row", () => {
    if (layout === null) throw new Error("the event merges");
    expect(cellAt(layout, { x: 25, y: 5 })?.position).toBe(1);
    expect(cellAt(layout, { x: 25, y: 95 })?.position).toBe(2);
    expect(cellAt(layout, { x: 150, y: 5 })).toBeNull();
  });

  it("is null where a run drops what it evicts", () => {
    expect(flowLayout(event, 0, { width: 140, height: 100 })).toBeNull();
    expect(changesLayout(drawn.events, { head: 0, shownStep: 1, size: { width: 300, height: 100 } })).toBeNull();
  });
});

it("draws the changes of the output in per cent of one head", () => {
  const layout = changesLayout(merging.events, { head: 0, shownStep: 1, size: { width: 300, height: 100 } });
  expect(layout?.yTicks.at(-1)?.label).toBe("20");
  expect(layout?.labels.map(({ text }) => text)).toEqual(["dropped", "averaged", "ZIP"]);
});

describe("what an event does to the queries after it", () => {
  const query = (merged: number, evicted: number): MergeChanges => ({
    ...{ merged: Float32Array.of(merged, 0), evicted: Float32Array.of(evicted, 0) },
    ...{ convex: Float32Array.of(0.1, 0), zip: Float32Array.of(0.02, 0) },
  });
  const figures: MergeAftermath = { step: 1, changes: [query(0, 0.9), query(0.1, 0.2), query(0.3, 0.4)] };

  it("is drawn by query, and its mean leaves out the event's own", () => {
    expect(aftermathMeans(figures).merged[0]).toBeCloseTo(0.2);
    expect(aftermathMeans(figures).evicted[0]).toBeCloseTo(0.3);
    const layout = aftermathLayout(figures, 0, { width: 300, height: 170 });
    expect(layout.paths.merged.split("L")).toHaveLength(3);
    expect(layout.labels.map(({ text }) => text)).toEqual(["dropped", "as done", "averaged", "ZIP"]);
  });

  it("is asked for, waited for, shown with a mean for each head, or said to fail", () => {
    const { events } = merging;
    expect(draw(merging, 1, null)).toContain("Measure the next query");
    expect(draw(merging, 1, null, { aftermath: { ...unasked, aftermathOf: events[0] } })).toContain(
      "The run is being repeated",
    );
    const known = draw(merging, 1, null, { aftermath: { ...unasked, aftermath: { event: events[0], figures } } });
    expect(known).toContain("mean of the 2 queries after it, by head");
    expect(known).toMatch(/L0 · 0<\/th><td[^>]*>30 %<\/td><td[^>]*>10 %<\/td><td[^>]*>2 %<\/td><td[^>]*>20 %/);
    expect(draw(merging, 1, null, { aftermath: { ...unasked, aftermathFailure: "no room." } })).toContain(
      "could not be measured: no room.",
    );
  });
});

describe("the panel", () => {
  it("is drawn as in its golden", async () => {
    const markup = draw(merging, 1, null);
    await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/merges.golden.html");
  });

  it.each([
    [1, "“cat” (1) is carried by “sat” (2), at a cosine of 0.9"],
    [0, "“The” (0) is dropped: the closest kept key is that of “sat” (2)"],
    [2, "“sat” (2) carries “cat” (1)."],
  ])("says of the token at position %d what became of it", (position, words) => {
    expect(draw(merging, 1, position)).toContain(words);
  });

  it("says why there is nothing to see", () => {
    expect(draw(drawn, 1, null)).toContain("This run drops what it evicts.");
    expect(draw(merging, 0, null)).toContain("Nothing has been evicted yet");
  });

  it("names the lane that merges where this one does not", () => {
    expect(draw(drawn, 1, null, { lanes: [drawn, merging] })).toContain("To see one that merges, choose lane 2.");
  });
});

/** Nothing asked for. */
const unasked: AftermathState = { aftermath: null, aftermathOf: null, aftermathFailure: null };

function draw(
  trace: Trace,
  step: number,
  pinned: number | null,
  {
    aftermath = unasked,
    lanes = [trace],
  }: { readonly aftermath?: AftermathState; readonly lanes?: readonly Trace[] } = {},
): string {
  return renderToStaticMarkup(
    <MergesPanel
      heading={mergesPanel.headingFor(trace)}
      {...{ trace, step, pinned }}
      focus={{ layer: 0, kvHead: 0 }}
      hovered={null}
      onHover={nothing}
      onPin={nothing}
      onMove={nothing}
      theme="light"
      aftermath={aftermath}
      onAftermath={nothing}
      lanes={lanes.map(laneRunOf)}
      view={{}}
      onView={nothing}
    />,
  );
}
