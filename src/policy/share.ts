// How many slots each head may hold: B on average over all heads of the model, shared out by one of four rules.
//
//   uniform    B B B B   every head of every layer
//   pyramid    6 4 3 1   by layer, fewer the deeper (PyramidKV); the heads of a layer alike
//   adaptive   5 1 4 2   inside each layer, to whoever has the best candidates (Ada-KV)
//   roles      7 1 2 4   by what each head is known to look for (SurfaceLogicKV family)
//
// Every head keeps its window. Methods section 18 has the formulas and where they come from.

import { headCountOf, headOf, layerOf, type HeadGrid } from "../cache/headRows";
import { chooseSurvivors, type AdmissionRow } from "./admission";
import type { PolicyParameters } from "./policy";
import { pyramidBudgets, roleBudgets, type InfScores } from "./shareBudgets";

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

type ShareRule = Pick<
  PolicyParameters,
  "windowSlots" | "share" | "safeguard" | "pyramidBeta" | "pyramidCount" | "roleBeta" | "roleTemperature" | "roleJoin"
>;

/** What is shared out at an event. */
export interface Shared {
  /** B in force. */
  readonly budgetSlots: number;
  /** Prompt and decoded tokens so far: no head can hold more. */
  readonly textLength: number;
}

export interface Share {
  /** Slots that the heads of a layer hold together after an event. [layer] */
  layerBudgets(shared: Shared): Int32Array;
  /** The longest that a single head can be then. [layer] */
  longestHeads(shared: Shared): Int32Array;
  layerShare(shared: Shared): LayerShare;
}

/** `roles` is only read where the share is by role. */
export function createShare(rule: ShareRule, grid: HeadGrid, roles: InfScores | null): Share {
  const { layerCount, kvHeadCount } = grid;
  const sumUp = (headBudgets: Int32Array): Int32Array => {
    const layers = new Int32Array(layerCount);
    headBudgets.forEach((slots, head) => (layers[layerOf(grid, head)] += slots));
    return layers;
  };
  const headBudgets = (shared: Shared): Int32Array => fixedBudgets(rule, grid, roles, shared);
  const layerBudgets = (shared: Shared): Int32Array => sumUp(headBudgets(shared));
  const layerShare = (shared: Shared): LayerShare => {
    if (rule.share === "adaptive") return adaptiveShare(rule.safeguard, shared.budgetSlots);
    const budgets = headBudgets(shared);
    return ({ layer }) => budgets.slice(headOf(grid, layer, 0), headOf(grid, layer + 1, 0));
  };
  const longestHeads = (shared: Shared): Int32Array => {
    const budgets = layerBudgets(shared);
    const isEven = rule.share === "uniform" || rule.share === "pyramid";
    return budgets.map((slots) => (isEven ? slots / kvHeadCount : slots - (kvHeadCount - 1) * rule.windowSlots));
  };
  return { layerBudgets, longestHeads, layerShare };
}

/** What each head gets where that is known before any score; of an adaptive share, what its layer has for it on average. [head] */
function fixedBudgets(
  rule: ShareRule,
  grid: HeadGrid,
  roles: InfScores | null,
  { budgetSlots, textLength }: Shared,
): Int32Array {
  const { windowSlots } = rule;
  if (rule.share === "pyramid") {
    const isBeside = rule.pyramidCount === "candidates";
    const [outside, inside] = isBeside ? [windowSlots, 0] : [0, windowSlots];
    const layers = pyramidBudgets({
      ...{ budgetSlots: budgetSlots - outside, lengthSlots: textLength - outside, windowSlots: inside },
      ...{ beta: rule.pyramidBeta, layerCount: grid.layerCount },
    });
    return Int32Array.from({ length: headCountOf(grid) }, (_, head) => layers[layerOf(grid, head)] + outside);
  }
  if (rule.share === "roles" && roles !== null) {
    const { roleBeta: beta, roleTemperature: temperature, roleJoin: join } = rule;
    const candidates = roleBudgets(roles, grid, { base: budgetSlots - windowSlots, beta, temperature, join });
    return candidates.map((slots) => slots + windowSlots);
  }
  return new Int32Array(headCountOf(grid)).fill(budgetSlots);
}

/** An event acts when some layer holds more than its budget. `lengths` [head] */
export function isOverBudget(budgets: Int32Array, lengths: Int32Array, grid: HeadGrid): boolean {
  const held = new Int32Array(grid.layerCount);
  for (let head = 0; head < headCountOf(grid); head++) held[layerOf(grid, head)] += lengths[head];
  return held.some((slots, layer) => slots > budgets[layer]);
}

/**
 * Ada-KV (Feng et al. 2024, arXiv:2407.11550) as NVIDIA/kvpress presses/adakv_press.py has it: each head's window and its
 * best candidates are safe, up to a share of B; for the slots left, the candidates of all heads are ranked together.
 */
function adaptiveShare(safeguard: number, budgetSlots: number): LayerShare {
  return ({ rows, lengths }) => {
    const counts = Int32Array.from(lengths);
    let room = budgetSlots * rows.length;
    if (counts.reduce((sum, length) => sum + length, 0) <= room) return counts;
    const others = rows.map((row, head) => {
      const windowSlots = counts[head] - row.total.length;
      const safe = chooseSurvivors({
        ...row,
        lengthSlots: row.total.length,
        keepSlots: Math.max(0, Math.floor(safeguard * budgetSlots) - windowSlots),
      }).slots;
      counts[head] = windowSlots + safe.length;
      room -= counts[head];
      return withoutSlots(row, safe);
    });
    const joined = joinAdmissionRows(others);
    const { slots } = chooseSurvivors({ ...joined, lengthSlots: joined.total.length, keepSlots: room });
    let [head, end] = [-1, 0];
    for (const slot of slots) {
      while (slot >= end) end += others[++head].total.length;
      counts[head]++;
    }
    return counts;
  };
}

/** `slots` ascend. */
function withoutSlots({ total, isProtected }: AdmissionRow, slots: Int32Array): AdmissionRow {
  let left = 0;
  const isLeft = (_: number, slot: number): boolean => (slots[left] === slot ? (left++, false) : true);
  const restTotal = total.filter(isLeft);
  left = 0;
  return { total: restTotal, isProtected: isProtected?.filter(isLeft) ?? null };
}

function joinAdmissionRows(rows: readonly AdmissionRow[]): AdmissionRow {
  const length = rows.reduce((sum, { total }) => sum + total.length, 0);
  const total = new Float32Array(length);
  const isProtected = new Uint8Array(length);
  let at = 0;
  for (const row of rows) {
    total.set(row.total, at);
    if (row.isProtected !== null) isProtected.set(row.isProtected, at);
    at += row.total.length;
  }
  return { total, isProtected };
}
