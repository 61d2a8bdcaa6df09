// How much of what an event keeps, the event before had kept too: by event, for one head and for all. Pure.
import { scaleLinear } from "d3";
import type { EvictionEvent, Trace } from "../../trace/trace";
import {
  chartTicks,
  labelsApart,
  type ChartPlot,
  type ChartSize,
  type ChartTick,
  type LineLabel,
} from "../../ui/chart";
import { inPercent } from "./layout";

export interface SurvivorShares {
  /** Step of the event. */
  readonly step: number;
  /** Share of its survivors that the event before had kept. [layer][kvHead] */
  readonly heads: Float32Array;
  readonly mean: number;
  /** What candidates drawn at random would give; the window stays either way. */
  readonly chance: number;
}

const known = new WeakMap<Trace, SurvivorShares[]>();

/** Of the second of the first `eventCount` events and each after it. Looks at every event of a trace once. */
export function survivorShares(trace: Trace, eventCount: number): readonly SurvivorShares[] {
  const shares = known.get(trace) ?? [];
  known.set(trace, shares);
  const { layerCount, kvHeadCount } = trace.header.model;
  for (let event = shares.length + 1; event < trace.events.length; event++) {
    shares.push(sharesOf(trace.events[event - 1], trace.events[event], layerCount * kvHeadCount));
  }
  return shares.slice(0, Math.max(0, eventCount - 1));
}

/** At an event the slots begin with the survivors of the event before: old ones are those below that count. */
function sharesOf(before: EvictionEvent, event: EvictionEvent, headCount: number): SurvivorShares {
  const oldCount = before.survivors.length / headCount;
  const keptCount = event.survivors.length / headCount;
  const heads = new Float32Array(headCount);
  for (let head = 0; head < headCount; head++) {
    let kept = 0;
    while (kept < keptCount && event.survivors[head * keptCount + kept] < oldCount) kept++;
    heads[head] = kept / keptCount;
  }
  const candidates = Math.min(oldCount, event.candidateCount);
  const drawn = (candidates * (keptCount - event.windowSlots)) / event.candidateCount;
  return {
    step: event.step,
    heads,
    mean: heads.reduce((sum, share) => sum + share, 0) / headCount,
    chance: (drawn + oldCount - candidates) / keptCount,
  };
}

export interface SurvivorsLayout {
  readonly size: ChartSize;
  readonly plot: ChartPlot;
  readonly xTicks: readonly ChartTick[];
  readonly yTicks: readonly ChartTick[];
  readonly headPath: string;
  readonly meanPath: string;
  readonly chancePath: string;
  /** One per event while there is room for dots. */
  readonly dots: readonly { readonly step: number; readonly x: number; readonly y: number }[];
  readonly labels: readonly LineLabel[];
}

export function survivorsLayout(shares: readonly SurvivorShares[], head: number, size: ChartSize): SurvivorsLayout {
  const plot = { left: 38, right: size.width - 52, top: 8, bottom: size.height - 34 };
  const last = shares[shares.length - 1];
  const x = scaleLinear([shares[0].step, Math.max(last.step, shares[0].step + 1)], [plot.left + 4, plot.right - 4]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const path = (of: (share: SurvivorShares) => number): string =>
    `M${shares.map((share) => `${x(share.step).toFixed(1)},${y(of(share)).toFixed(1)}`).join("L")}`;
  return {
    size,
    plot,
    xTicks: chartTicks(x, 50),
    yTicks: chartTicks(y, 40, inPercent),
    headPath: path(({ heads }) => heads[head]),
    meanPath: path(({ mean }) => mean),
    chancePath: path(({ chance }) => chance),
    dots:
      shares.length > 60
        ? []
        : shares.map((share) => ({ step: share.step, x: x(share.step), y: y(share.heads[head]) })),
    labels: labelsApart(
      [
        { text: "head", lineY: y(last.heads[head]) },
        { text: "mean", lineY: y(last.mean) },
        { text: "chance", lineY: y(last.chance) },
      ],
      plot.bottom,
    ),
  };
}
