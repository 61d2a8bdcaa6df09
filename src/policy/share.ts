// How many slots each head may hold: B on the average, shared out evenly or not. A share sees one layer at a time.
//
//   uniform   B B B B        every head of every layer

import { headCountOf, layerOf, type HeadGrid } from "../cache/headRows";
import type { AdmissionRow } from "./admission";
import type { PolicyParameters } from "./policy";

/** One layer's heads at an event. */
export interface LayerRanking {
  readonly layer: number;
  /** The scores that heads are compared by: the total, or what its last step refines. [kvHead] */
  readonly rows: readonly AdmissionRow[];
  /** n of each head, window included. [kvHead] */
  readonly lengths: ArrayLike<number>;
}

/** How many slots each of the layer's heads keeps, window included. [kvHead] */
export type LayerShare = (layer: LayerRanking) => Int32Array;

type ShareRule = Pick<PolicyParameters, "windowSlots">;

/** Slots that all heads of a layer hold together after an event with B in force. [layer] */
export function layerBudgets(_parameters: ShareRule, budgetSlots: number, grid: HeadGrid): Int32Array {
  return new Int32Array(grid.layerCount).fill(budgetSlots * grid.kvHeadCount);
}

/** An event acts when some layer holds more than its budget. `lengths` [head] */
export function isOverBudget(budgets: Int32Array, lengths: Int32Array, grid: HeadGrid): boolean {
  const held = new Int32Array(grid.layerCount);
  for (let head = 0; head < headCountOf(grid); head++) held[layerOf(grid, head)] += lengths[head];
  return held.some((slots, layer) => slots > budgets[layer]);
}

export function layerShare(_parameters: ShareRule, budgetSlots: number): LayerShare {
  return ({ lengths }) => new Int32Array(lengths.length).fill(budgetSlots);
}
