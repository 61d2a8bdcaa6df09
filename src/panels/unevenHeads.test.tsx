// Heads with different numbers of slots: each panel shows a head's own, and a mean says that it is one.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { laneRunOf } from "../state/shownRuns";
import { rowLengths } from "../cache/headRows";
import { drawScoredTrace } from "./drawScoredTrace.testing";
import { LaneRows } from "./lanes/LaneRows";
import { laneRows } from "./lanes/laneRows";
import { laneScales } from "./lanes/layout";
import { heldCounts } from "./map/layout";
import { MapLegend } from "./map/MapLegend";
import { maskReadout } from "./mask/layout";
import { metersLayout } from "./meters/layout";
import { scorePanel } from "./score/panel";
import { ScorePanel } from "./score/ScorePanel";
import { slotsText } from "./slotsText";
import { levels, slotRange } from "./timeline/axes";
import { whyLayout } from "./why/layout";

const picture = {
  prompt: "The cat sat on the mat and",
  generated: "slept well all day",
  windowSlots: 2,
  budgetSlots: 5,
  intervalSteps: 2,
};
/** Head by head 6, 5, 3 and 6 slots are kept: 5 on average. */
const uneven = drawScoredTrace({
  ...picture,
  events: [{ step: 0, evicted: ["cat", "cat on", "The cat sat on", "the"] }],
});
const even = drawScoredTrace({ ...picture, events: [{ step: 0, evicted: ["cat on", "The on", "cat sat", "sat on"] }] });
const nothing = (): void => undefined;

it("says of what a number is the mean", () => {
  expect(slotsText(rowLengths(uneven.events[0].survivors), "slots")).toBe("5 slots (mean of 4 heads, 3 to 6)");
  expect(slotsText(rowLengths(even.events[0].survivors), "slots")).toBe("5 slots");
});

it("weighs the memory of all heads, and says how far they differ", () => {
  const { memory, memoryNote } = metersLayout(uneven, 0);
  expect(memory[0].text).toBe(metersLayout(even, 0).memory[0].text);
  expect(memoryNote).toContain("5 slots per head (mean of 4 heads, 3 to 6) for 7 tokens");
  expect(maskReadout(uneven, null, { step: 1, position: null })).toContain("6 (mean of 4 heads, 4 to 7)");
});

it("numbers the slots of each head on the map", () => {
  expect(heldCounts(uneven, 0)).toEqual([6, 5, 3, 6]);
  expect(heldCounts(uneven, 1)).toEqual([7, 6, 4, 7]);
  expect(heldCounts(even, 0)).toBeNull();
  const legend = (isUneven: boolean, evicts = true): string =>
    renderToStaticMarkup(
      <MapLegend
        view={{ quantity: "none", axis: "slot", layers: "all" }}
        theme="light"
        hasNumbers
        recordedCount={null}
        isUneven={isUneven}
        evicts={evicts}
        merges={false}
        selects={false}
      />,
    );
  expect(legend(true)).toContain("number: slots that the head holds");
  expect(legend(false)).not.toContain("number: slots");
  expect(legend(false)).toContain("where the head’s budget ends");
  expect(legend(false, false)).not.toMatch(/budget|evicted/);
});

it("names the head's own slots over its scores, and those of all", () => {
  const subtitle = (trace: typeof even): string =>
    renderToStaticMarkup(
      <ScorePanel
        heading={scorePanel.headingFor(trace)}
        {...{ trace, step: 0, hovered: null, pinned: null, isMoving: false }}
        focus={{ layer: 1, kvHead: 0 }}
        provenance="recorded"
        view={scorePanel.view.first}
        onView={nothing}
        onHover={nothing}
        onPin={nothing}
        onFocus={nothing}
        onMove={nothing}
      />,
    );
  expect(subtitle(uneven)).toContain("keeps 3 slots (heads 3 to 6, mean 5)");
  expect(subtitle(even)).not.toContain("keeps 5 slots");
});

it("counts what would have kept a token in the slots of its own head", () => {
  const whatIfs = (trace: typeof even) =>
    whyLayout(trace, 0, { layer: 1, kvHead: 0 }, 1).whatIfs.map(({ text }) => text);
  expect(whatIfs(uneven)).toContain("kept if this head has at least 5 slots");
  expect(whatIfs(even)[0]).toMatch(/^kept if the budget is at least \d slots$/);
});

it("shows a lane's mean with its range", () => {
  const markup = (trace: typeof even): string => {
    const lanes = [laneRunOf(trace)];
    return renderToStaticMarkup(
      <LaneRows
        lanes={lanes}
        rows={laneRows(lanes, 0, null)}
        stageLane={0}
        scales={laneScales(lanes, 4)}
        partings={[]}
        onLane={nothing}
        onMove={nothing}
      />,
    );
  };
  expect(markup(uneven)).toContain("<dt>slots now (mean), peak</dt><dd>5 (3 to 6), 7</dd>");
  expect(markup(even)).toContain("<dt>slots now, peak</dt><dd>5, 7</dd>");
});

it("calls the budget of unequal heads their mean, and leaves room for the longest", () => {
  expect(levels(uneven).map(({ label }) => label)).toEqual(["mean B 5", "B + s 7"]);
  expect(levels(even)[0].label).toBe("B 5");
  expect(slotRange(uneven, 4, 3)[1]).toBeGreaterThanOrEqual(9);
});

it("says how many bytes a budget in bytes has", () => {
  const { header } = even;
  const parameters = { ...header.parameters, budgetMode: "bytes", budgetBytes: 20_480 };
  expect(levels({ ...even, header: { ...header, parameters } })[0].label).toBe("B 5 · 20.0 KiB");
});
