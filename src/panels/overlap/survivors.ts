// How much of what an event keeps, an event some events before had kept too: for one head and for all. Pure.
import { headCountOf, headRow, rowLengths } from "../../cache/headRows";
import { scaleLinear } from "d3";
import {
  chartTicks,
  labelsApart,
  type ChartPlot,
  type ChartSize,
  type ChartTick,
  type LineLabel,
} from "../../ui/chart";
import { latestOf } from "../../trace/latest";
import { survivingPositions } from "../../trace/replay";
import { candidateCountOf, keptCountOf, type EvictionEvent, type Trace } from "../../trace/trace";
import { inPercent } from "./layout";

export interface SurvivorShares {
  /** Step of the event. */
  readonly step: number;
  /** Share of its survivors that the event `lag` events before had kept. [layer][kvHead] */
  readonly heads: Float32Array;
  readonly mean: number;
  /** What candidates drawn at random at each event would give; windows stay either way. */
  readonly chance: number;
}

/** Of each of the first `eventCount` events that has one `lag` events before it. Looks at every event of a trace once. */
export function survivorShares(trace: Trace, eventCount: number, lag: number): readonly SurvivorShares[] {
  const shares = latestOf<SurvivorShares[]>(trace, ["survivorShares", lag], () => []);
  for (let event = shares.length + lag; event < trace.events.length; event++) {
    shares.push(sharesOf(trace, trace.events.slice(event - lag, event + 1)));
  }
  return shares.slice(0, Math.max(0, eventCount - lag));
}

/** Nothing comes back: what the last event keeps and was written before the first one, the first one had kept. */
function sharesOf(trace: Trace, events: readonly EvictionEvent[]): SurvivorShares {
  const headCount = headCountOf(trace.header.model);
  const last = events[events.length - 1];
  const writtenBefore = trace.header.promptTokens.length + events[0].step;
  const kept = survivingPositions(last);
  const heads = Float32Array.from({ length: headCount }, (_, head) => {
    const positions = headRow(kept, head);
    let [oldCount, end] = [0, positions.length];
    while (oldCount < end) {
      const middle = (oldCount + end) >> 1;
      if (positions[middle] < writtenBefore) oldCount = middle + 1;
      else end = middle;
    }
    return oldCount / positions.length;
  });
  return {
    step: last.step,
    heads,
    mean: heads.reduce((sum, share) => sum + share, 0) / headCount,
    chance: meanOf(rowLengths(kept), (keptCount, head) => expectedCount(events, head) / keptCount),
  };
}

function meanOf(lengths: Int32Array, of: (length: number, head: number) => number): number {
  return lengths.reduce((sum, length, head) => sum + of(length, head), 0) / lengths.length;
}

/** How many survivors of the first event the last one would keep in a head if each drew among its candidates. */
function expectedCount([first, ...later]: readonly EvictionEvent[], head: number): number {
  let count = keptCountOf(first, head);
  for (const event of later) {
    const inWindow = Math.max(0, event.windowSlots - (event.step - first.step));
    const drawnCount = keptCountOf(event, head) - event.windowSlots;
    count = inWindow + ((count - inWindow) * drawnCount) / candidateCountOf(event, head);
  }
  return count;
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
  const plot = { left: 38, right: Math.max(90, size.width - 52), top: 8, bottom: size.height - 34 };
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
