// Budgets that are known before any score: PyramidKV's by layer, and those that follow from what heads are known to do.

import { headCountOf, type HeadGrid } from "../cache/headRows";

/** What is known of a model's heads before a run. */
export interface InfScores {
  /** How far a head's most attended tokens are those that an answer needs: from 0 to 1. [layer][query head] */
  readonly infScore: readonly (readonly number[])[];
}

interface PyramidRequest {
  /** T: slots of a head on average. */
  readonly budgetSlots: number;
  /** L: as many as a head can hold. */
  readonly lengthSlots: number;
  /** w: no layer may get fewer. */
  readonly windowSlots: number;
  /** How many times fewer than the average the last layer gets. */
  readonly beta: number;
  readonly layerCount: number;
}

/**
 * Slots of a head, a straight line from the first layer down to the last: PyramidKV (Cai et al. 2024, arXiv:2406.02069) as
 * NVIDIA/kvpress presses/pyramidkv_press.py computes it. Uniform where the line would leave a layer less than the window.
 * [layer]
 */
export function pyramidBudgets(request: PyramidRequest): Int32Array {
  const { budgetSlots, lengthSlots, windowSlots, beta, layerCount } = request;
  let least = budgetSlots / beta;
  let most = 2 * budgetSlots - least;
  if (most >= lengthSlots - windowSlots) {
    most = lengthSlots - windowSlots;
    least = 2 * budgetSlots - most;
  }
  const isLine = lengthSlots >= most && most >= least && least >= windowSlots && layerCount > 1;
  const drop = isLine ? (most - least) / (layerCount - 1) : 0;
  const line = Float64Array.from({ length: layerCount }, (_, layer) => (isLine ? most - layer * drop : budgetSlots));
  return roundedWithin(line, Math.ceil(budgetSlots * layerCount));
}

export interface RoleRule {
  /** b: candidates of a head on average. */
  readonly base: number;
  /** β: every head keeps all but ⌊b/β⌋ of them to itself. */
  readonly beta: number;
  /** Power of the scores. */
  readonly temperature: number;
  /** How the query heads of a KV head are joined. */
  readonly join: "max" | "mean";
}

/** Candidates of each KV head, never more than b on average. [head] */
export function roleBudgets({ infScore }: InfScores, grid: HeadGrid, rule: RoleRule): Int32Array {
  const joined = Array.from({ length: grid.layerCount }, (_, layer) =>
    Array.from({ length: grid.kvHeadCount }, (__, kvHead) => {
      const groupSize = infScore[layer].length / grid.kvHeadCount;
      const members = infScore[layer].slice(kvHead * groupSize, (kvHead + 1) * groupSize);
      return rule.join === "max" ? Math.max(...members) : members.reduce((sum, score) => sum + score, 0) / groupSize;
    }),
  );
  const { unrounded } = unroundedRoleBudgets(joined, rule);
  return roundedWithin(unrounded, rule.base * headCountOf(grid));
}

interface RoleShares {
  /** ⌊b/β⌋ kept back from each head makes the pool; this is what is left to every head. */
  readonly floorPart: number;
  readonly pool: number;
  /** Of each head, before rounding. [head] */
  readonly unrounded: Float64Array;
}

/**
 * DiliLazyKV/DiliLazyKV headkv/snapkv_utils.py, of the laboratory that published SurfaceLogicKV (arXiv:2508.15806), whose own
 * code isn't public. A layer whose heads all score 0 gets no part of the pool; the code divides by zero there.
 */
export function unroundedRoleBudgets(
  scores: readonly (readonly number[])[], // [layer][head of the layer]
  { base, beta, temperature }: Omit<RoleRule, "join">,
): RoleShares {
  const powers = scores.map((layer) => layer.map((score) => score ** temperature));
  const shares = powers.flatMap((layer) => {
    const sum = layer.reduce((total, power) => total + power, 0);
    return layer.map((power) => (sum === 0 ? 0 : power + (0.01 * power) / sum));
  });
  const whole = shares.reduce((total, share) => total + share, 0);
  const kept = Math.floor(base / beta);
  const pool = Math.max(0, kept * shares.length - 0.5 * shares.length);
  const floorPart = base - kept;
  const unrounded = Float64Array.from(shares, (share) => {
    const part = whole === 0 ? 1 / shares.length : share / whole;
    return part * pool + floorPart + 0.5;
  });
  return { floorPart, pool, unrounded };
}

/** To whole numbers, halves to the even one, as Python and PyTorch round. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const isHalf = value - below === 0.5;
  return isHalf ? below + (below % 2) : Math.round(value);
}

/** Rounded; where that comes to more than `most` together, those that it favoured most give one back. */
function roundedWithin(numbers: Float64Array, most: number): Int32Array {
  const rounded = Int32Array.from(numbers, roundHalfToEven);
  const excess = rounded.reduce((sum, count) => sum + count, 0) - most;
  const favoured = [...rounded.keys()].sort(
    (left, right) => rounded[right] - numbers[right] - (rounded[left] - numbers[left]) || left - right,
  );
  for (const place of favoured.slice(0, Math.max(0, excess))) rounded[place]--;
  return rounded;
}
