// What the score panel draws, as rows.
import { focusLabel, type Focus } from "../focus";
import type { EvictionEvent } from "../../trace/trace";
import type { FigureTable } from "../../ui/figure/figureTable";
import { partNames, type Candidates } from "./candidates";
import type { Spread } from "./spread";

/** One row a candidate, by slot. */
export function scoreTable(event: EvictionEvent, focus: Focus, candidates: Candidates): FigureTable {
  const { cutOff } = candidates;
  return {
    caption: `Candidates of ${focusLabel(focus)} at the event of step ${event.step}, by slot`,
    columns: [
      ...["slot", "position", "token", "S before normalising (share of attention)", "S", "α·C", "F", "Y (pooled)", "R"],
      ...["Z", "Z − cut-off", "rank", "kept", "slot after"],
    ],
    rows: candidates.list.map(({ slot, position, text, parts, total, rank, isKept, newSlot }) => [
      ...[slot, position, text],
      ...partNames.map((name) => known(parts[name])),
      ...[known(total), known(total - cutOff), rank, isKept ? "yes" : "no", newSlot],
    ]),
  };
}

/** One row a bin of each histogram. */
export function spreadTable(event: EvictionEvent, focus: Focus, { histograms }: Spread): FigureTable {
  return {
    caption: `Spread over the candidates of ${focusLabel(focus)} at the event of step ${event.step}`,
    columns: ["part", "from", "to", "kept (candidates)", "evicted (candidates)"],
    rows: histograms.flatMap(({ title, bins }) =>
      bins.map((bin) => [title, bin.from, bin.to, bin.keptCount, bin.evictedCount]),
    ),
  };
}

/** A missing past is NaN in the trace; infinite scores are written as such. */
function known(value: number | null): number | string | null {
  if (value === null || Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : value > 0 ? "∞" : "−∞";
}
