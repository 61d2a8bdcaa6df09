// Carries out a merge plan on the CPU, before the survivors close ranks: every survivor that takes slots in gets the weighted
// sum of their keys and of their values. Plain twin of the GPU kernel mergeSlots.
import { headCountOf, headRow, kvHeadOf, layerOf } from "../../cache/headRows";
import { QUERY_SOURCE } from "../../policy/zipMerge";
import type { CompactionPlan } from "../backend";
import type { KvStore } from "./kvStore";

export interface MergingStore {
  readonly kv: Pick<KvStore, "layers" | "grid">;
  readonly lengths: Int32Array; // [head]
  /** Mean of the group's newest queries, after RoPE. [headDim] */
  readonly query: (head: number) => Float32Array;
}

/** All sums of a head are taken before the first is written. */
export function mergeSlots(
  { kv, lengths, query }: MergingStore,
  { survivors, merges }: Required<Pick<CompactionPlan, "survivors" | "merges">>,
): void {
  for (let head = 0; head < headCountOf(kv.grid); head++) {
    const targets = headRow(merges.targets, head);
    if (targets.length === 0) continue;
    const [layer, kvHead] = [kv.layers[layerOf(kv.grid, head)], kvHeadOf(kv.grid, head)];
    const pairs = { targets, sources: headRow(merges.sources, head) };
    const ofQuery = pairs.sources.includes(QUERY_SOURCE) ? query(head) : null;
    const keyRows = layer.keys(kvHead, lengths[head]);
    const headDim = keyRows.length / lengths[head];
    const keys = targetSums(pairs, headRow(merges.keyWeights, head), { rows: keyRows, headDim, ofQuery });
    const rows = layer.values(kvHead, lengths[head]);
    const values = targetSums(pairs, headRow(merges.valueWeights, head), { rows, headDim, ofQuery: null });
    const slots = headRow(survivors, head);
    keys.forEach(({ target, sum }, at) => layer.replaceEntry(kvHead, slots[target], sum, values[at].sum));
  }
}

interface Pairs {
  readonly targets: Int32Array;
  readonly sources: Int32Array;
}

interface Rows {
  readonly rows: Float32Array; // [slot][headDim]
  readonly headDim: number;
  /** In place of the row of QUERY_SOURCE; null where it adds nothing. */
  readonly ofQuery: Float32Array | null;
}

/** Σ weight · row over the sources of each target, which lie side by side, added up in float64. */
function targetSums(
  { targets, sources }: Pairs,
  weights: Float32Array,
  { rows, headDim, ofQuery }: Rows,
): { readonly target: number; readonly sum: Float32Array }[] {
  const found: { target: number; sum: Float32Array }[] = [];
  for (let first = 0, end = 0; first < targets.length; first = end) {
    const sum = new Float64Array(headDim);
    for (; end < targets.length && targets[end] === targets[first]; end++) {
      const source = sources[end];
      const row = source === QUERY_SOURCE ? ofQuery : rows.subarray(source * headDim, (source + 1) * headDim);
      for (let dim = 0; row !== null && dim < headDim; dim++) sum[dim] += weights[end] * row[dim];
    }
    found.push({ target: targets[first], sum: Float32Array.from(sum) });
  }
  return found;
}
