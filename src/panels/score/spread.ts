// How the attention part and the redundancy of the candidates are spread, on one scale that shows which is narrow and
// which has a heavy tail, and how many of the evicted each explains alone. Pure.
import { max, quantile } from "d3";
import { orderedSlots } from "../../policy/admission";
import type { EvictionEvent } from "../../trace/trace";
import type { FigureTable } from "../../ui/figure/figureTable";
import { focusLabel, type Focus } from "../focus";
import { attentionPart, type Candidate, type Candidates } from "./candidates";

export interface SpreadBin {
  readonly from: number;
  readonly to: number;
  readonly keptCount: number;
  readonly evictedCount: number;
}

export interface Histogram {
  readonly name: "attention" | "redundancy";
  readonly symbol: string;
  readonly title: string;
  readonly bins: readonly SpreadBin[];
  readonly median: number;
  /** First and third quartile. */
  readonly quartiles: readonly [number, number];
}

export interface Spread {
  /** Attention first, then redundancy; each only if the policy measures it. */
  readonly histograms: readonly Histogram[];
  /** Both scales run from 0 to here. */
  readonly high: number;
  readonly highestCount: number;
}

const BIN_COUNT = 32;

export function spreadOf({ list }: Candidates): Spread {
  const read = {
    attention: list.map(attentionPart),
    redundancy: list.map(({ parts }) => parts.redundancy),
  };
  const highest = max([...read.attention, ...read.redundancy].filter((value) => value !== null)) ?? 0;
  const high = highest === 0 ? 1 : highest;
  const isPooled = list.some(({ parts }) => parts.pooled !== null);
  const isJoined = list.some(({ parts }) => parts.global !== null);
  const symbols = { attention: isPooled ? "Y" : isJoined ? "F" : "S", redundancy: "R" };
  const histograms = (["attention", "redundancy"] as const).flatMap((name): Histogram[] => {
    const values = read[name].filter((value) => value !== null);
    if (values.length === 0) return [];
    return [
      {
        name,
        symbol: symbols[name],
        title: name === "attention" ? `attention part ${symbols.attention}` : "redundancy R",
        bins: binsOf(list, read[name], high),
        median: quantile(values, 0.5) ?? 0,
        quartiles: [quantile(values, 0.25) ?? 0, quantile(values, 0.75) ?? 0],
      },
    ];
  });
  const counts = histograms.flatMap(({ bins }) => bins.map((bin) => bin.keptCount + bin.evictedCount));
  return { histograms, high, highestCount: max(counts) ?? 0 };
}

/** A row for each bin of each histogram. */
export function spreadTable(event: EvictionEvent, focus: Focus, { histograms }: Spread): FigureTable {
  return {
    caption: `Spread over the candidates of ${focusLabel(focus)} at the event of step ${event.step}`,
    columns: ["part", "from", "to", "kept (candidates)", "evicted (candidates)"],
    rows: histograms.flatMap(({ title, bins }) =>
      bins.map((bin) => [title, bin.from, bin.to, bin.keptCount, bin.evictedCount]),
    ),
  };
}

function binsOf(list: readonly Candidate[], values: readonly (number | null)[], high: number): readonly SpreadBin[] {
  const kept = new Int32Array(BIN_COUNT);
  const evicted = new Int32Array(BIN_COUNT);
  list.forEach(({ isKept, slot }) => {
    const bin = Math.max(0, Math.min(BIN_COUNT - 1, Math.floor((Number(values[slot]) / high) * BIN_COUNT)));
    (isKept ? kept : evicted)[bin]++;
  });
  return Array.from({ length: BIN_COUNT }, (_, bin) => ({
    from: (bin / BIN_COUNT) * high,
    to: ((bin + 1) / BIN_COUNT) * high,
    keptCount: kept[bin],
    evictedCount: evicted[bin],
  }));
}

export interface Explained {
  readonly evictedCount: number;
  /** How many of the evicted the attention part alone would have evicted too. */
  readonly byAttention: number;
  /** The same for redundancy alone; null if the policy measures none. */
  readonly byRedundancy: number | null;
  /** The same for a random choice, on average. */
  readonly byChance: number;
}

/** Null if no attention was measured. */
export function explainedBy(candidates: Candidates): Explained | null {
  const { row, list, keptCount } = candidates;
  if (list.length === 0 || attentionPart(list[0]) === null) return null;
  const evictedCount = list.length - keptCount;
  const agreed = (score: (candidate: Candidate) => number): number => {
    const order = orderedSlots(row, list.map(score));
    return order.slice(keptCount).filter((slot) => !list[slot].isKept).length;
  };
  return {
    evictedCount,
    byAttention: agreed((candidate) => Number(attentionPart(candidate))),
    byRedundancy: list[0].parts.redundancy === null ? null : agreed(({ parts }) => -Number(parts.redundancy)),
    byChance: evictedCount ** 2 / list.length,
  };
}
