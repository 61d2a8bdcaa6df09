import { scaleLinear } from "d3";
import { describe, expect, it } from "vitest";
import { headRow } from "../../cache/headRows";
import { memoryFigures } from "../../trace/figures";
import { laneOverlap } from "../../trace/compare/laneOverlap";
import { cacheAfterStep } from "../../trace/replay";
import { figureCsv } from "../../ui/figure/figureTable";
import { drawLane, twoLanes } from "./drawLanes.testing";
import { laneList, laneNames, laneRows, stepText, verdictText } from "./laneRows";
import { lanesTable } from "./lanesTable";
import { klStrips, laneScales, overlapGrid, sawTooth, stepScale, STRIP_BASE, TEETH_TOP } from "./layout";
import { lanesPanel } from "./panel";
import { candidateProbability, divergenceMarks, isForced, partings, tokenLines } from "./partings";
import { keptAlone, keptNote, keptTokens, lanePair, otherLaneInForce, type LanesScene } from "./scene";

const whole = drawLane({ policyId: "fullCache", policyLabel: "Full cache", picture: "and\nslept\nwell\nall\nday" });
const scene: LanesScene = {
  lanes: twoLanes,
  stageLane: 0,
  shownStep: 4,
  problem: null,
  focus: { layer: 0, kvHead: 1 },
  view: lanesPanel.view.first,
};

describe("the name of a lane", () => {
  it("names what differs between lanes that use it, and nothing that is equal", () => {
    const lane = (alpha: number, budgetSlots: number) =>
      drawLane({ parameters: { alpha, budgetSlots }, picture: "and" }).trace.header;
    expect(laneNames([lane(0.8, 5), lane(0.2, 5)]).map(({ differing }) => differing)).toEqual(["α 0.8", "α 0.2"]);
    expect(laneNames([lane(0.8, 5), lane(0.8, 9)]).map(({ differing }) => differing)).toEqual(["B 5", "B 9"]);
  });

  it("names a changed parameter that no other lane uses", () => {
    const { header } = drawLane({ parameters: { alpha: 0.3, budgetSlots: 96 }, picture: "and" }).trace;
    expect(laneNames([header, whole.trace.header])[0].differing).toContain("α 0.3");
    expect(laneNames([header, whole.trace.header])[1]).toEqual({ policy: "Full cache", differing: "" });
  });

  it("names the checkpoint where the lanes run different ones", () => {
    const { header } = drawLane({ picture: "and" }).trace;
    const on = (id: string, digest: string) => ({ ...header, model: { ...header.model, id, digest } });
    const lanes = [on("winnow-1m", "01"), on("winnow-1m-distilled", "02")];
    expect(laneNames(lanes).map(({ policy }) => policy)).toEqual(["G-KV · base", "G-KV · distilled"]);
    expect(laneNames([lanes[0], lanes[0]]).map(({ policy }) => policy)).toEqual(["G-KV", "G-KV"]);
  });

  it("lists lanes by number", () => {
    expect([laneList([1]), laneList([0, 2]), laneList([0, 1, 3])]).toEqual([
      "lane 2",
      "lanes 1 and 3",
      "lanes 1, 2 and 4",
    ]);
  });
});

describe("the row of a lane", () => {
  it("shows a lane beyond its end at its end", () => {
    const rows = laneRows(twoLanes, 4, null);
    expect(rows.map(stepText)).toEqual(["ended at step 4", "ended at step 3"]);
    expect(laneRows(twoLanes, 2, null).map(stepText)).toEqual(["step 2", "step 2"]);
    expect(rows[1].memory).toEqual(memoryFigures(twoLanes[1].trace, 3));
  });

  it("judges each lane on its own text", () => {
    const lane = (last: string) => drawLane({ expectedAnswer: "7", picture: `and\nAnswer:\n${last}` });
    const rows = laneRows([lane("7"), lane("9"), lane("7")], 2, null);
    expect(rows.map(({ verdict }) => verdict.type)).toEqual(["right", "wrong", "right"]);
    expect(verdictText(rows[1].verdict)).toBe("✗ wrong: 9");
    expect(verdictText(laneRows([whole], 0, null)[0].verdict)).toBe("not judged");
  });

  it("has figures of the full-cache comparison only if there is one", () => {
    const compared = drawLane({ isCompared: true, picture: "and\nslept" });
    const [plain, withFigures] = laneRows([twoLanes[0], compared], 1, null);
    expect(plain.comparison).toBeNull();
    expect(withFigures.comparison?.agreedShare).toBe(1);
  });
});

describe("the charts of lanes", () => {
  it("share the clock of the longest and the height of the fullest", () => {
    const scales = laneScales([...twoLanes, whole], 0);
    expect(scales).toEqual({ lastStep: 4, mostSlots: 10 });
    const x = stepScale(scales, 200);
    const [short, full] = [twoLanes[1], whole].map((run) => sawTooth(run, scales, x));
    expect(short.endX).toBe(x(3));
    expect(full.endX).toBeNull();
    expect(full.y(10)).toBe(TEETH_TOP);
  });

  it("find the step under the pointer, and stay within the clock", () => {
    const x = stepScale(laneScales([whole], 0), 200);
    expect([x(2) + 1, -50, 900].map((px) => Math.round(x.invert(px)))).toEqual([2, 0, 4]);
  });
});

describe("where lanes part", () => {
  it("is known of every other lane, seen from the one on the stage", () => {
    const lanes = [...twoLanes, whole];
    expect(partings(lanes, 0)).toEqual([
      { lane: 1, step: 2, lastCommonStep: 3 },
      { lane: 2, step: null, lastCommonStep: 4 },
    ]);
    expect(partings(lanes, 1).map(({ step }) => step)).toEqual([2, 2]);
  });

  it("is marked on the timeline, once for lanes that part together", () => {
    expect(divergenceMarks([...twoLanes, whole], 0)).toEqual([{ step: 2, label: "lane 2 diverges", tone: "neutral" }]);
    expect(divergenceMarks([...twoLanes, whole], 1)).toEqual([
      { step: 2, label: "lanes 1 and 3 diverge", tone: "neutral" },
    ]);
    expect(divergenceMarks([whole], 0)).toEqual([]);
  });

  it("is nowhere while all lanes are fed the same tokens", () => {
    const fed = twoLanes.map((run) => ({
      ...run,
      trace: { ...run.trace, header: { ...run.trace.header, isForced: true as const } },
    }));
    expect([isForced(fed), isForced(twoLanes)]).toEqual([true, false]);
    expect(divergenceMarks(fed, 0)).toEqual([]);
  });

  it("shows the tokens around it in columns of one step", () => {
    const { steps, lines } = tokenLines(twoLanes, 0, 2, 3);
    expect(steps).toEqual([1, 2, 3]);
    expect(lines.map(({ cells }) => cells.map((cell) => cell?.text.trim()))).toEqual([
      ["slept", "well", "all"],
      ["slept", "badly", "all"],
    ]);
    expect(lines[1].cells.map((cell) => cell?.isOther)).toEqual([false, true, false]);
    expect(tokenLines(twoLanes, 0, 2, 9).lines[1].cells.at(-1)).toBeNull();
  });

  it("knows how probable a lane thought the other's token only if that was recorded", () => {
    const record = twoLanes[0].trace.steps[0];
    expect(candidateProbability(record, record.candidateTokens[1])).toBeCloseTo(
      Math.exp(record.candidateLogProbabilities[1]),
    );
    expect(candidateProbability(record, 99_999)).toBeNull();
  });
});

it("draws every lane's KL on the scale of the highest", () => {
  const lanes = ["and\nslept\nwell", "and\nslept"].map((picture) => drawLane({ isCompared: true, picture }));
  const nats = lanes.map(({ trace }) => trace.steps.map(({ comparison }) => comparison?.klNats ?? NaN));
  const strips = klStrips(lanes, scaleLinear([0, 2], [0, 100]));
  expect(strips.highestNats).toBe(Math.max(...nats.flat()));
  expect(strips.middleNats).toBeCloseTo(strips.highestNats / 4);
  expect(strips.lanes.map(({ otherTopCount, stepCount }) => [otherTopCount, stepCount])).toEqual([
    [1, 3],
    [0, 2],
  ]);
  const top = 2 + (STRIP_BASE - 2) * (1 - Math.sqrt(nats[1][0] / strips.highestNats));
  expect(strips.lanes[1].path.startsWith(`M0,${Number(top.toFixed(1))}`)).toBe(true);
});

describe("survivors compared", () => {
  it("draws in every cell the share that the two replayed caches have in common", () => {
    const overlap = laneOverlap({ trace: twoLanes[0].trace, step: 4 }, { trace: twoLanes[1].trace, step: 3 });
    const grid = overlapGrid(overlap, twoLanes[0].trace.header.model, 300);
    for (const { kvHead, barWidth, text } of grid.cells) {
      const [left, right] = twoLanes.map(({ trace }, lane) =>
        headRow(cacheAfterStep(trace, 4 - lane), kvHead).filter((position) => position < 6),
      );
      const share = left.filter((position) => right.includes(position)).length / Math.min(left.length, right.length);
      expect(barWidth).toBeCloseTo(share * grid.cellWidth);
      expect(text).toBe(String(Math.round(share * 100)));
    }
  });

  it("compares with the chosen lane, else with one that evicts", () => {
    const isEvicting = [true, false, true];
    expect(otherLaneInForce(lanesPanel.view.first, 0, isEvicting)).toBe(2);
    expect(otherLaneInForce({ ...lanesPanel.view.first, otherLane: 1 }, 0, isEvicting)).toBe(1);
    expect(otherLaneInForce({ ...lanesPanel.view.first, otherLane: 0 }, 0, isEvicting)).toBe(2);
    expect(otherLaneInForce(lanesPanel.view.first, 0, [true, false])).toBe(1);
  });

  it("says which lane has evicted nothing", () => {
    expect(lanePair(scene).wholeLanes).toEqual([]);
    expect(lanePair({ ...scene, lanes: [twoLanes[0], whole] }).wholeLanes).toEqual([1]);
    expect(lanePair({ ...scene, shownStep: 0 }).wholeLanes).toEqual([0, 1]);
  });
});

describe("tokens that one lane alone keeps", () => {
  it("leave out lanes that hold everything", () => {
    const alone = keptAlone({ ...scene, lanes: [...twoLanes, whole] });
    expect(alone.lanes).toEqual([0, 1]);
    expect(keptNote(alone, 3)).toBe("Lane 3 holds everything so far and is left out.");
    expect(keptAlone({ ...scene, lanes: [twoLanes[0], whole] }).kept).toBeNull();
  });

  it("say why there are none where the models differ in shape", () => {
    const [first, second] = twoLanes;
    const { header } = second.trace;
    const trace = { ...second.trace, header: { ...header, model: { ...header.model, kvHeadCount: 1 } } };
    const alone = keptAlone({ ...scene, lanes: [first, { ...second, trace }] });
    expect(keptNote(alone, 2)).toMatch(/^The lanes run models of different shapes/);
  });

  it("come as chips, the most widely kept first", () => {
    const ofLanes = keptAlone(scene).kept?.headCounts.map(keptTokens) ?? [];
    expect(ofLanes.map(({ tokens }) => tokens.map(({ position, headCount }) => [position, headCount]))).toEqual([
      [
        [0, 1],
        [1, 1],
        [2, 1],
        [4, 1],
      ],
      [
        [1, 1],
        [2, 1],
      ],
    ]);
    expect(ofLanes.map(({ headCount }) => headCount)).toEqual([4, 2]);
    expect(keptTokens(Uint16Array.of(0, 1, 0, 2)).tokens.map(({ position }) => position)).toEqual([3, 1]);
  });

  it("are those of the focused head if the view says so", () => {
    const { kept } = keptAlone({ ...scene, view: { ...lanesPanel.view.first, keptHeads: "focus" } });
    // KV head 1 evicts {sat on} and {The cat on}.
    expect(kept?.headCounts.map((counts) => [...counts].flatMap((count, at) => (count > 0 ? at : [])))).toEqual([
      [0, 1],
      [2],
    ]);
  });
});

it("says in its table what it draws", () => {
  const table = lanesTable(scene);
  expect(new Set(table.rows.map((row) => row.length))).toEqual(new Set([table.columns.length]));
  const found = (part: string, figure: string) =>
    table.rows.filter((row) => row[0] === part && row[8] === figure).map((row) => row[9]);
  const overlap = lanePair(scene).overlap;
  expect(found("survivors", "overlap (share)")).toEqual(overlap?.heads.map((head) => head.overlap));
  expect(found("divergence", "first step with other tokens")).toEqual([2]);
  expect(found("kept by one lane", "heads in which it alone keeps it")).toEqual([1, 1, 1, 1, 1, 1]);
  expect(found("cache length", "slots after the step (per head)")).toHaveLength(9);
  expect(figureCsv(table)).not.toContain("NaN");
});
