// What two checkpoints make of the same words, as groups of two bars, and where those bars stand. Pure.
import { scaleLinear } from "d3";
import { kvHeadOf, layerOf } from "../../cache/headRows";
import { factReads, type FactRead } from "../../problems/factReads";
import { tokensOf, type Problem } from "../../problems/problem";
import { checkpointsOf } from "../../settings/checkpoints";
import { modelOf, shippedModels, type ShippedModel } from "../../settings/shippedModels";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import type { Estimate } from "../../state/storedMeasures";
import { factWords, voteEntropies, type FactText, type FactWord } from "../../trace/compare/factWords";
import { latestOf } from "../../trace/latest";
import type { Trace } from "../../trace/trace";
import { chartTicks, type ChartFrame, type ChartPlot, type ChartSize } from "../../ui/chart";

/** Two lanes of one prompt whose models differ; the later checkpoint second, where both are of one model. */
export interface CheckpointPair {
  readonly base: LaneRun;
  readonly changed: LaneRun;
}

export function checkpointPair(lanes: readonly LaneRun[]): CheckpointPair | null {
  for (const [at, base] of lanes.entries()) {
    const other = lanes.slice(at + 1).find(({ trace }) => isOtherModel(trace, base.trace));
    if (other === undefined) continue;
    const ids = checkpointsOf(modelOf(base.trace.header.model.id)).map(({ id }) => id);
    const [place, otherPlace] = [base, other].map(({ trace }) => ids.indexOf(trace.header.model.id));
    const isReversed = otherPlace !== -1 && otherPlace < place;
    return isReversed ? { base: other, changed: base } : { base, changed: other };
  }
  return null;
}

function isOtherModel({ header: one }: Trace, { header: other }: Trace): boolean {
  return one.model.digest !== other.model.digest && one.promptText === other.promptText;
}

/** The base of this model and the checkpoint to set beside it: the model itself, or the first after the base; null where there is none. */
export function checkpointsToRun(
  modelId: string,
): { readonly base: ShippedModel; readonly changed: ShippedModel } | null {
  const model = shippedModels.find(({ id }) => id === modelId);
  if (model === undefined) return null;
  const [base, ...later] = checkpointsOf(model).map(({ id }) => modelOf(id));
  const changed = later.find(({ id }) => id === modelId) ?? later.at(0);
  return changed === undefined ? null : { base, changed };
}

/** A word in both checkpoints. */
export interface WordPair {
  readonly base: FactWord<FactRead>;
  readonly changed: FactWord<FactRead>;
}

export interface BarGroup {
  readonly label: string;
  /** What it is in full, for the table. */
  readonly name: string;
  readonly base: Estimate;
  readonly changed: Estimate;
  /** With other slots withheld. */
  readonly control?: { readonly base: Estimate; readonly changed: Estimate };
}

export interface LiveFacts {
  readonly words: readonly WordPair[];
  readonly rightByAge: readonly BarGroup[];
  readonly keptByAge: readonly BarGroup[];
  /** By KV head; none where a run did not record attention. */
  readonly attention: readonly BarGroup[];
  /** By event that both recorded. */
  readonly votes: readonly BarGroup[];
  readonly headCount: number;
}

/** Tokens since the fact stood, from which each group begins: those of the stored figures. */
const ageStarts = [0, 32, 64, 128, 256] as const;

/** What both have shown up to a step of the clock. */
export function liveFacts({ base, changed }: CheckpointPair, problem: Problem, shownStep: number): LiveFacts {
  const text = textOf(problem);
  const [ofBase, ofChanged] = [base, changed].map((lane) => factWords(lane.trace, text, laneStep(lane, shownStep)));
  const inChanged = new Map(ofChanged.map((word) => [word.place, word]));
  const words = ofBase.flatMap((word) => {
    const other = inChanged.get(word.place);
    return other === undefined ? [] : [{ base: word, changed: other }];
  });
  const { model } = base.trace.header;
  const headCount = model.layerCount * model.kvHeadCount;
  const byAge = (of: (word: FactWord) => number): readonly BarGroup[] =>
    ageStarts.map((from, at) => {
      const until = ageStarts.at(at + 1) ?? Infinity;
      const some = words.filter(({ base: { age } }) => age >= from && age < until);
      return { ...ageName(from, until), ...bothMeans(some, of) };
    });
  const hasAttention = words.length > 0 && words.every((pair) => pair.base.attention && pair.changed.attention);
  return {
    words,
    headCount,
    rightByAge: byAge(({ isRight }) => Number(isRight)),
    keptByAge: byAge(({ keptCount }) => keptCount),
    attention: hasAttention
      ? Array.from({ length: headCount }, (_, head) => ({
          ...headName(head, model.kvHeadCount, "KV head"),
          ...bothMeans(words, ({ attention }) => attention?.[head] ?? NaN),
        }))
      : [],
    votes: voteGroups(base, changed, shownStep),
  };
}

function voteGroups(base: LaneRun, changed: LaneRun, shownStep: number): readonly BarGroup[] {
  const ofChanged = new Map(
    voteEntropies(changed.trace, laneStep(changed, shownStep)).map(({ step, mean }) => [step, mean]),
  );
  return voteEntropies(base.trace, laneStep(base, shownStep)).flatMap(({ step, mean }) => {
    const other = ofChanged.get(step);
    if (other === undefined) return [];
    return [{ label: String(step), name: `event at step ${step}`, base: exactly(mean), changed: exactly(other) }];
  });
}

function bothMeans(words: readonly WordPair[], of: (word: FactWord) => number): Pick<BarGroup, "base" | "changed"> {
  const meanOf = (side: keyof WordPair): Estimate => {
    const sum = words.reduce((total, pair) => total + of(pair[side]), 0);
    return { count: words.length, mean: sum / words.length, error: NaN };
  };
  return { base: meanOf("base"), changed: meanOf("changed") };
}

const exactly = (mean: number): Estimate => ({ count: 1, mean, error: NaN });

export function ageName(from: number, until: number): Pick<BarGroup, "label" | "name"> {
  const label = until === Infinity ? `${from}+` : `${from}–${until - 1}`;
  return { label, name: `fact ${label} tokens old` };
}

/** Only the first head of a layer has a label. */
export function headName(head: number, headsOfLayer: number, what: string): Pick<BarGroup, "label" | "name"> {
  const [layer, ofLayer] = [
    layerOf({ kvHeadCount: headsOfLayer }, head),
    kvHeadOf({ kvHeadCount: headsOfLayer }, head),
  ];
  return { label: ofLayer === 0 ? `L${layer}` : "", name: `layer ${layer}, ${what} ${ofLayer}` };
}

function textOf(problem: Problem): FactText<FactRead> {
  return latestOf(problem, ["factText"], () => ({ words: tokensOf(problem.trace), places: factReads(problem) }));
}

export interface Bar {
  readonly group: BarGroup;
  readonly side: "base" | "changed";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** One standard error up and down; null where there is none. */
  readonly whisker: { readonly x: number; readonly top: number; readonly bottom: number } | null;
  readonly controlY: number | null;
}

export interface BarsLayout extends ChartFrame {
  readonly bars: readonly Bar[];
}

/** `most`: the end of the axis; absent: the largest value. */
export function barsLayout(groups: readonly BarGroup[], size: ChartSize, most?: number): BarsLayout {
  const plot: ChartPlot = { left: 44, right: size.width - 6, top: 12, bottom: size.height - 34 };
  const tops = groups.flatMap(({ base, changed }) => [base, changed]).map(({ mean, error }) => mean + (error || 0));
  const largest = Math.max(1e-6, ...tops.filter((value) => !Number.isNaN(value)));
  const y = scaleLinear([0, most ?? largest], [plot.bottom, plot.top]).clamp(true);
  const step = (plot.right - plot.left) / Math.max(1, groups.length);
  const width = Math.max(1, Math.min(22, step * 0.38));
  const bars = groups.flatMap((group, at) =>
    (["base", "changed"] as const).flatMap((side, place) => {
      const { mean, error } = group[side];
      if (Number.isNaN(mean)) return [];
      const x = plot.left + (at + 0.5) * step + (place - 1) * width + (place === 0 ? -0.5 : 0.5);
      const control = group.control?.[side].mean ?? NaN;
      return {
        ...{ group, side, x, width, y: y(mean), height: plot.bottom - y(mean) },
        whisker: error > 0 ? { x: x + width / 2, top: y(mean + error), bottom: y(mean - error) } : null,
        controlY: Number.isNaN(control) ? null : y(control),
      };
    }),
  );
  return {
    ...{ size, plot, bars },
    xTicks: labelled(groups, plot, step),
    yTicks: chartTicks(y, 34, (value) => (most === 1 ? String(Math.round(100 * value)) : String(value))),
  };
}

/** As many labels as have room. */
function labelled(groups: readonly BarGroup[], plot: ChartPlot, step: number): ChartFrame["xTicks"] {
  let free = -Infinity;
  return groups.flatMap(({ label }, at) => {
    const middle = plot.left + (at + 0.5) * step;
    const half = 3.3 * label.length + 2;
    if (label === "" || middle - half < free) return [];
    free = middle + half;
    return [{ at: middle, label }];
  });
}
