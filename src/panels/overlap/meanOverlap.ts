// The overlap of windows averaged over the KV heads of a layer and over layers, by retained share.
import { mean } from "d3";
import type { WindowOverlap } from "../../trace/windowOverlap";
import { retainedShares } from "./view";

export interface HeadOverlap {
  readonly candidateCount: number;
  /** Share of the candidates that every window's rows tell apart from 0. */
  readonly toldShare: number;
  /** By retained share; empty where the head has no candidate. */
  readonly overlaps: readonly WindowOverlap[];
  readonly chances: readonly { readonly single: number; readonly union: number }[];
}

/** One quantity by retained share, 0 … 1. */
export type ShareCurve = readonly number[];

export interface OverlapCurves {
  /** Agreement of the last window with an earlier one, mean over the earlier ones. */
  readonly single: ShareCurve;
  /** Agreement of the last window with all earlier ones together. */
  readonly union: ShareCurve;
  readonly singleChance: ShareCurve;
  readonly unionChance: ShareCurve;
}

export interface LayerOverlap extends OverlapCurves {
  readonly layer: number;
  /** Mean over the heads. */
  readonly candidateCount: number;
  readonly toldShare: number;
  /** [retained share][window][window] */
  readonly pairs: readonly (readonly (readonly number[])[])[];
}

/** A layer none of whose heads has a candidate is NaN throughout. */
export function meanOverlap(layer: number, heads: readonly HeadOverlap[]): LayerOverlap {
  const counted = heads.filter(({ candidateCount }) => candidateCount > 0);
  const curve = (of: (head: HeadOverlap, place: number) => number): ShareCurve =>
    retainedShares.map((_, place) => mean(counted, (head) => of(head, place)) ?? NaN);
  const windows = counted.at(0)?.overlaps[0].pairs ?? [];
  return {
    layer,
    candidateCount: mean(heads, ({ candidateCount }) => candidateCount) ?? 0,
    toldShare: mean(counted, ({ toldShare }) => toldShare) ?? 0,
    single: curve(({ overlaps }, place) => mean(overlaps[place].lastAndWindow) ?? NaN),
    union: curve(({ overlaps }, place) => overlaps[place].lastAndUnion),
    singleChance: curve(({ chances }, place) => chances[place].single),
    unionChance: curve(({ chances }, place) => chances[place].union),
    pairs: retainedShares.map((_, place) =>
      windows.map((row, left) =>
        row.map((_cell, right) => mean(counted, ({ overlaps }) => overlaps[place].pairs[left][right]) ?? NaN),
      ),
    ),
  };
}

/** The mean over layers, those without a candidate left out. */
export function meanOfLayers(layers: readonly LayerOverlap[]): OverlapCurves {
  const curve = (of: (layer: LayerOverlap) => ShareCurve): ShareCurve =>
    retainedShares.map((_, place) => mean(layers, (layer) => of(layer)[place]) ?? NaN);
  return {
    single: curve(({ single }) => single),
    union: curve(({ union }) => union),
    singleChance: curve(({ singleChance }) => singleChance),
    unionChance: curve(({ unionChance }) => unionChance),
  };
}
