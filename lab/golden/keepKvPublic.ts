// How KeepKV's public code (kkvcache/KeepKV at a25a2b5, utils_hh/modify_llama_oursk.py) selects and weighs: it keeps exp(logit)
// of the newest queries, where an engine that keeps the queries themselves computes them anew.
import { chooseSurvivors } from "../../src/policy/admission";
import { PUBLIC_EPSILON, publicWeights } from "../../src/policy/merging";
import { InputError } from "../../src/lib/errors";
import { readCount } from "./caseParts";
import { compareExactly, type FieldComparison } from "./compare";
import { fieldOf, integersOf, numberOf, type Field } from "./field";

export interface PublicConfig {
  readonly heavySlots: number;
  readonly recentSlots: number;
  readonly sinkSlots: number;
  /** Of the newest row; the oldest weighs 1. */
  readonly newestWeight: number;
}

export function readConfig(root: Field): PublicConfig {
  const config = fieldOf(root, "config");
  const epsilon = numberOf(fieldOf(config, "epsilon"));
  if (epsilon !== PUBLIC_EPSILON) throw new InputError(`config.epsilon is ${epsilon}, expected ${PUBLIC_EPSILON}`);
  return {
    heavySlots: readCount(config, "heavy_budget"),
    recentSlots: readCount(config, "recent_budget"),
    sinkSlots: readCount(config, "sink_len"),
    newestWeight: numberOf(fieldOf(config, "distance_weight")),
  };
}

/** exp(logit) of the newest queries, oldest first; 0 where a query could not see a slot. [row] of [slot] */
export type WeightRows = readonly Float64Array[];

/** Sums over the rows, later ones counting more, of the slots between sinks and recent ones. */
export function selectionScores(
  rows: WeightRows,
  { sinkSlots, recentSlots, newestWeight }: PublicConfig,
): Float32Array {
  const lengthSlots = rows[0].length;
  return Float32Array.from({ length: lengthSlots - recentSlots - sinkSlots }, (_, at) =>
    rows.reduce((sum, row, place) => {
      const weight = 1 + ((newestWeight - 1) * place) / Math.max(1, rows.length - 1);
      return sum + weight * row[sinkSlots + at];
    }, 0),
  );
}

export function keptSlots(selection: Float32Array, lengthSlots: number, config: PublicConfig): Int32Array {
  const { heavySlots, recentSlots, sinkSlots } = config;
  const total = new Float32Array(lengthSlots - recentSlots).fill(Infinity);
  total.set(selection, sinkSlots);
  return chooseSurvivors({ total, isProtected: null, lengthSlots, keepSlots: heavySlots + recentSlots }).slots;
}

/** ln of the mean over the rows that saw a slot. */
export function logScoresOf(rows: WeightRows): Float64Array {
  return Float64Array.from(rows[0], (_, slot) => {
    const seen = rows.map((row) => row[slot]).filter((weight) => weight > 0);
    return Math.log(seen.reduce((sum, weight) => sum + weight, 0) / seen.length);
  });
}

/** Of each slot by itself. */
export function weightsOf(rows: WeightRows, votes: readonly number[], slots: Int32Array): number[] {
  const logScores = logScoresOf(rows);
  return Array.from(slots, (slot) => publicWeights({ votes, logScores }, [slot])[0] * Math.exp(logScores[slot]));
}

export function compareSlots(
  expected: Field,
  heads: readonly { readonly kept: Int32Array; readonly evicted: Int32Array }[],
): FieldComparison[] {
  const rows = (pick: (head: (typeof heads)[number]) => Int32Array) => heads.map((head) => [...pick(head)]);
  return [
    compareExactly(
      "kept_slots",
      rows(({ kept }) => kept),
      integersOf(fieldOf(expected, "kept_slots")),
    ),
    compareExactly(
      "evicted_slots",
      rows(({ evicted }) => evicted),
      integersOf(fieldOf(expected, "evicted_slots")),
    ),
  ];
}

/** The rows after one more query, whose own slot none of them could see. */
export function withRow(rows: WeightRows, newest: Float64Array): WeightRows {
  const longer = rows.slice(1).map((row) => {
    const wide = new Float64Array(newest.length);
    wide.set(row);
    return wide;
  });
  return [...longer, newest];
}

export function slotsWithout(lengthSlots: number, kept: Int32Array): Int32Array {
  return Int32Array.from({ length: lengthSlots }, (_, slot) => slot).filter((slot) => !kept.includes(slot));
}
