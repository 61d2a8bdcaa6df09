// What the lanes panel draws, as rows: one figure each. Numbers in full precision.
import { kvHeadOf, layerOf, meanLength } from "../../cache/headRows";
import { laneStep } from "../../state/shownRuns";
import { klByStep } from "../../trace/fullCacheComparison";
import { lengthsAfterStep } from "../../trace/replay";
import type { FigureTable } from "../../ui/figure/figureTable";
import { tokenText } from "../../trace/tokenText";
import { fullName, laneRows, stepText, verdictText, type LaneRow } from "./laneRows";
import { isForced, partings } from "./partings";
import { keptAlone, keptTokens, lanePair, type LanesScene } from "./scene";

/** The titles of the columns. */
const columns = {
  part: "part",
  lane: "lane",
  other: "other lane",
  layer: "layer",
  kvHead: "KV head",
  step: "step",
  position: "position",
  text: "text",
  figure: "figure (unit)",
  value: "value",
  chance: "chance",
  deviation: "chance deviation",
} as const;

type Column = keyof typeof columns;
const columnNames = Object.keys(columns) as Column[];

/** One figure; columns that it does not name stay empty. Lanes count from 0 here. */
type Row = Readonly<Partial<Record<Column, string | number | null>>> & { readonly lane: number };

export function lanesTable(scene: LanesScene): FigureTable {
  const { lanes, stageLane, shownStep, problem } = scene;
  const rows = [
    ...laneRows(lanes, shownStep, problem).flatMap(rowFigures),
    ...(lanes.length < 2 ? [] : [...partingFigures(scene), ...pairFigures(scene), ...keptFigures(scene)]),
    ...lengthFigures(scene),
  ];
  return {
    caption:
      `Lanes at step ${shownStep} of the clock, lane ${stageLane + 1} on the stage. Overlap is a share of the smaller cache ` +
      "among the positions that both have decided on; chance and its standard deviation are those of two random sets.",
    columns: Object.values(columns),
    rows: rows.map((row) => columnNames.map((name) => writtenCell(name, row[name]))),
  };
}

function writtenCell(column: Column, cell: string | number | null = null): string | number | null {
  if (Number.isNaN(cell)) return null;
  return typeof cell === "number" && (column === "lane" || column === "other") ? cell + 1 : cell;
}

function rowFigures(row: LaneRow): readonly Row[] {
  const { lane, step, name, memory, comparison } = row;
  const figure = (label: string, value: number | null, text: string | null = null): Row => ({
    ...{ part: "lane", lane, step, figure: label, value, text },
  });
  return [
    figure("policy", null, fullName(name)),
    figure("answer", null, verdictText(row.verdict)),
    figure("step shown", step, stepText(row)),
    figure("slots now (per head)", memory.slotsInUse),
    figure("peak slots (per head)", memory.peakSlots),
    figure("KV in use (bytes)", memory.bytesInUse),
    figure("KV of the full cache (bytes)", memory.bytesFullCache),
    figure("kept (share of heads × positions)", memory.retainedRatio),
    ...(comparison === null
      ? []
      : [
          figure("regret (mean attention share)", comparison.meanLostAttention),
          figure("mean KL to the full cache (nats)", comparison.meanKlNats),
          figure("same most probable token (share of steps)", comparison.agreedShare),
        ]),
  ];
}

function partingFigures({ lanes, stageLane }: LanesScene): readonly Row[] {
  if (isForced(lanes)) {
    return lanes.flatMap(({ trace, stepCount }, lane) =>
      Array.from(klByStep(trace, stepCount), (value, step) => ({
        ...{ part: "KL to the full cache", lane, step, figure: "KL (nats)", value },
        text: trace.steps[step].comparison?.isTopAgreed === false ? "another most probable token" : "",
      })),
    );
  }
  return partings(lanes, stageLane).flatMap(({ lane, step }): readonly Row[] => {
    const part = { part: "divergence", step };
    const first = { ...part, lane: stageLane, other: lane, figure: "first step with other tokens", value: step };
    if (step === null) return [first];
    const said = [stageLane, lane].map((who) => {
      const { text, logProbability } = lanes[who].trace.steps[step];
      return { ...part, lane: who, text, figure: "probability of its token", value: Math.exp(logProbability) };
    });
    return [first, ...said];
  });
}

function pairFigures(scene: LanesScene): readonly Row[] {
  const { otherLane: other, overlap } = lanePair(scene);
  if (overlap === null) return [];
  const { model } = scene.lanes[0].trace.header;
  const pair = { part: "survivors", lane: scene.stageLane, other };
  return [
    { ...pair, figure: "mean overlap (share)", value: overlap.meanOverlap, chance: overlap.meanChance },
    ...overlap.heads.flatMap((head, at): Row[] => {
      const place = { ...pair, layer: layerOf(model, at), kvHead: kvHeadOf(model, at) };
      return [
        {
          ...place,
          figure: "overlap (share)",
          value: head.overlap,
          chance: head.chance,
          deviation: head.chanceDeviation,
        },
        { ...place, figure: "in common (positions)", value: head.sharedCount },
        { ...place, figure: "held by the lane (positions)", value: head.leftCount },
        { ...place, figure: "held by the other lane (positions)", value: head.rightCount },
        { ...place, figure: "compared (positions)", value: head.comparedCount },
      ];
    }),
  ];
}

function keptFigures(scene: LanesScene): readonly Row[] {
  const { lanes, kept } = keptAlone(scene);
  const head = scene.view.keptHeads === "all" ? {} : { layer: scene.focus.layer, kvHead: scene.focus.kvHead };
  return (kept?.headCounts ?? []).flatMap((headCounts, place) => {
    const lane = lanes[place];
    return keptTokens(headCounts).tokens.map(({ position, headCount }) => ({
      ...{ part: "kept by one lane", lane, ...head, position, text: tokenText(scene.lanes[lane].trace, position) },
      ...{ figure: "heads in which it alone keeps it", value: headCount },
    }));
  });
}

function lengthFigures({ lanes, shownStep }: LanesScene): readonly Row[] {
  return lanes.flatMap((run, lane) =>
    Array.from({ length: laneStep(run, shownStep) + 1 }, (_, step) => ({
      ...{ part: "cache length", lane, step, figure: "slots after the step (per head)" },
      value: meanLength(lengthsAfterStep(run.trace, step)),
    })),
  );
}
