// Carries out a merge plan on the CPU, before the survivors close ranks: every survivor that takes slots in gets the weighted
// sum of their keys and of their values. Plain twin of the GPU kernel mergeSlots.
import { headRow } from "../../cache/headRows";
import { QUERY_SOURCE } from "../../policy/zipMerge";
import type { CompactionPlan, SlotMerges } from "../backend";

/** The slots of one head. */
export interface MergedHead {
  keys(slotCount: number): Float32Array; // [slot][headDim]
  values(slotCount: number): Float32Array;
  store(slot: number, keys: Float32Array, values: Float32Array, from: number): void;
}

export interface HeadToMerge {
  readonly slots: MergedHead;
  readonly lengthSlots: number;
  readonly headDim: number;
  /** Mean of the group's newest queries, after RoPE. */
  readonly query: () => Float32Array;
}

/** Sources of one target lie side by side. A source other than the target itself is evicted, so no sum reads what another wrote. */
export function mergeSlots(
  { survivors, merges }: Required<Pick<CompactionPlan, "survivors" | "merges">>,
  headCount: number,
  headOf: (head: number) => HeadToMerge,
): void {
  for (let head = 0; head < headCount; head++) mergeHead(headRow(survivors, head), merges, head, headOf);
}

function mergeHead(
  survivors: Int32Array,
  merges: SlotMerges,
  head: number,
  headOf: (head: number) => HeadToMerge,
): void {
  const targets = headRow(merges.targets, head);
  if (targets.length === 0) return;
  const sources = headRow(merges.sources, head);
  const keyWeights = headRow(merges.keyWeights, head);
  const valueWeights = headRow(merges.valueWeights, head);
  const { slots, lengthSlots, headDim, query } = headOf(head);
  const [keys, values] = [slots.keys(lengthSlots), slots.values(lengthSlots)];
  const key = new Float64Array(headDim);
  const value = new Float64Array(headDim);
  for (let pair = 0; pair < targets.length; pair++) {
    const source = sources[pair];
    const ofKey = source === QUERY_SOURCE ? query() : keys.subarray(source * headDim, (source + 1) * headDim);
    for (let dim = 0; dim < headDim; dim++) key[dim] += keyWeights[pair] * ofKey[dim];
    if (source !== QUERY_SOURCE) {
      for (let dim = 0; dim < headDim; dim++) value[dim] += valueWeights[pair] * values[source * headDim + dim];
    }
    if (targets[pair + 1] === targets[pair]) continue;
    slots.store(survivors[targets[pair]], Float32Array.from(key), Float32Array.from(value), 0);
    key.fill(0);
    value.fill(0);
  }
}
