// What the lanes panel draws, as rows: one figure each. Numbers in full precision.
import { kvHeadOf, layerOf, meanLength } from "../../cache/headRows";
import { laneStep } from "../../state/shownRuns";
import { klByStep } from "../../trace/fullCacheComparison";
import { lengthsAfterStep } from "../../trace/replay";
import type { FigureTable } from "../../ui/figure/figureTable";
import { tokenText } from "../tokenFacts";
import { keptLanes } from "./keptChips";
import { laneRows, stepText, verdictText, type LaneRow } from "./laneRows";
import { isForced, partings } from "./partings";
import { keptAlone, lanePair, type LanesScene } from "./scene";

/** The cells that a row says; the others are empty. */
interface Told {
  readonly part: string;
  readonly lane: number;
  readonly other?: number;
  readonly layer?: number;
  readonly kvHead?: number;
  readonly step?: number | null;
  readonly position?: number;
  readonly text?: string;
  readonly figure: string;
  readonly value: number | null;
  readonly chance?: number;
  readonly deviation?: number;
}

export function lanesTable(scene: LanesScene): FigureTable {
  const { lanes, stageLane, shownStep, problem } = scene;
  const rows = laneRows(lanes, shownStep, problem);
  const told = [
    ...rows.flatMap(rowFigures),
    ...(lanes.length < 2 ? [] : [...partingFigures(scene), ...pairFigures(scene), ...keptFigures(scene)]),
    ...lengthFigures(scene),
  ];
  return {
    caption:
      `Lanes at step ${shownStep} of the clock, lane ${stageLane + 1} on the stage. Overlap is a share of the smaller ` +
      "cache among the positions on which both have decided; chance and its standard deviation are those of two sets drawn by lot.",
    columns: [
      "part",
      "lane",
      "other lane",
      "layer",
      "KV head",
      "step",
      "position",
      "text",
      "figure (unit)",
      "value",
      "chance",
      "chance deviation",
    ],
    rows: told.map((row) => [
      row.part,
      row.lane + 1,
      row.other === undefined ? null : row.other + 1,
      row.layer ?? null,
      row.kvHead ?? null,
      row.step ?? null,
      row.position ?? null,
      row.text ?? null,
      row.figure,
      numberOrNull(row.value),
      numberOrNull(row.chance),
      numberOrNull(row.deviation),
    ]),
  };
}

function rowFigures(row: LaneRow): readonly Told[] {
  const { lane, step, name, memory, comparison } = row;
  const figure = (label: string, value: number | null, text?: string): Told => ({
    ...{ part: "lane", lane, step, figure: label, value },
    ...(text !== undefined && { text }),
  });
  return [
    figure("policy", null, [name.policy, name.differing].filter(Boolean).join(", ")),
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

function partingFigures({ lanes, stageLane }: LanesScene): readonly Told[] {
  if (isForced(lanes)) {
    return lanes.flatMap(({ trace, stepCount }, lane) =>
      Array.from(klByStep(trace, stepCount), (value, step) => ({
        ...{ part: "KL to the full cache", lane, step, figure: "KL (nats)", value },
        text: trace.steps[step].comparison?.isTopAgreed === false ? "another most probable token" : "",
      })),
    );
  }
  return partings(lanes, stageLane).flatMap(({ lane, step }): Told[] => {
    const parting = { part: "divergence", lane: stageLane, other: lane, step };
    if (step === null) return [{ ...parting, figure: "first step with other tokens", value: null }];
    const said = [stageLane, lane].map((who): Told => {
      const { text, logProbability } = lanes[who].trace.steps[step];
      return {
        part: "divergence",
        lane: who,
        step,
        text,
        figure: "probability of its token",
        value: Math.exp(logProbability),
      };
    });
    return [{ ...parting, figure: "first step with other tokens", value: step }, ...said];
  });
}

function pairFigures(scene: LanesScene): readonly Told[] {
  const { otherLane: other, overlap } = lanePair(scene);
  if (overlap === null) return [];
  const { model } = scene.lanes[0].trace.header;
  const pair = { part: "survivors", lane: scene.stageLane, other };
  return [
    { ...pair, figure: "mean overlap (share)", value: overlap.meanOverlap, chance: overlap.meanChance },
    ...overlap.heads.flatMap((head, at): Told[] => {
      const place = { ...pair, layer: layerOf(model, at), kvHead: kvHeadOf(model, at) };
      return [
        {
          ...place,
          ...{ figure: "overlap (share)", value: head.overlap },
          ...{ chance: head.chance, deviation: head.chanceDeviation },
        },
        { ...place, figure: "in common (positions)", value: head.sharedCount },
        { ...place, figure: "held by the lane (positions)", value: head.leftCount },
        { ...place, figure: "held by the other lane (positions)", value: head.rightCount },
        { ...place, figure: "compared (positions)", value: head.comparedCount },
      ];
    }),
  ];
}

function keptFigures(scene: LanesScene): readonly Told[] {
  const { lanes, kept } = keptAlone(scene);
  if (kept === null) return [];
  const heads = scene.view.keptHeads === "all" ? {} : { layer: scene.focus.layer, kvHead: scene.focus.kvHead };
  return keptLanes(kept.headCounts, lanes).flatMap(({ lane, chips }) =>
    chips.map(({ position, headCount }) => ({
      ...{ part: "kept by one lane", lane, ...heads, position },
      text: tokenText(scene.lanes[lane].trace, position),
      ...{ figure: "heads in which it alone keeps it", value: headCount },
    })),
  );
}

function lengthFigures({ lanes, shownStep }: LanesScene): readonly Told[] {
  return lanes.flatMap((run, lane) =>
    Array.from({ length: laneStep(run, shownStep) + 1 }, (_, step) => ({
      ...{ part: "cache length", lane, step, figure: "slots after the step (per head)" },
      value: meanLength(lengthsAfterStep(run.trace, step)),
    })),
  );
}

function numberOrNull(value: number | null | undefined): number | null {
  return value === undefined || value === null || Number.isNaN(value) ? null : value;
}
