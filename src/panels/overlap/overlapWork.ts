// The overlap of observation windows in every layer, computed layer by layer in pieces of one KV head: the focused
// layer first, at once if that is little work, the rest between frames. One result per trace is remembered. Then its means
// over the KV heads of a layer and over layers, by retained share.
import { mean } from "d3";
import { headOf, lengthRange } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import type { Trace } from "../../trace/trace";
import {
  candidateLimit,
  chanceOverlap,
  eventScores,
  retainedCount,
  rowScores,
  scoringEvents,
  windowOverlaps,
  windowsUpTo,
  type WindowOverlap,
  type WindowScores,
} from "../../trace/windowOverlap";
import type { SlicedWork } from "../../ui/useSlices";
import { retainedShares, windowStepCount, type OverlapSource } from "./view";

export interface OverlapRequest {
  readonly step: number;
  readonly windowCount: number;
  readonly source: OverlapSource;
}

export interface OverlapWork extends SlicedWork {
  /** Steps of each window, the last one last; of each event if their S is compared. */
  readonly windowLabels: readonly string[];
  /** Positions of the text that precede every window, held or not. */
  readonly textCount: number;
  /** By layer; null = not computed yet. */
  readonly layers: readonly (LayerOverlap | null)[];
}

/** About how many multiplications may be done before the first picture. */
const AT_ONCE = 1_500_000;

/** null unless there are two windows to compare. */
export function overlapWork(trace: Trace, request: OverlapRequest, firstLayer: number): OverlapWork | null {
  const source = request.source === "rows" ? rowSource(trace, request) : eventSource(trace, request);
  if (source === null) return null;
  const key = ["overlapWork", request.step, request.windowCount, request.source] as const;
  return latestOf(trace, key, () => createOverlapWork(trace, request.step, source, firstLayer));
}

interface Source {
  readonly windowLabels: readonly string[];
  readonly textCount: number;
  readonly stepCount: number;
  readonly scoresOf: (head: number) => WindowScores;
}

function createOverlapWork(trace: Trace, step: number, source: Source, firstLayer: number): OverlapWork {
  const { layerCount, kvHeadCount } = trace.header.model;
  const layers = new Array<LayerOverlap | null>(layerCount).fill(null);
  const order = [firstLayer, ...layers.keys()].filter((layer, place) => place === 0 || layer !== firstLayer);
  let heads: HeadOverlap[] = [];
  let done = 0;
  const work: OverlapWork = {
    windowLabels: source.windowLabels,
    textCount: source.textCount,
    layers,
    isDone: () => done === layerCount,
    advance() {
      const layer = order[done];
      heads.push(headOverlap(source.scoresOf(headOf({ kvHeadCount }, layer, heads.length))));
      if (heads.length < kvHeadCount) return;
      layers[layer] = meanOverlap(layer, heads);
      heads = [];
      done++;
    },
  };
  const windowCount = source.windowLabels.length;
  const mostCandidates = Math.min(source.textCount, lengthRange(trace.steps[step].lengths).longest);
  const headCost = mostCandidates * (source.stepCount + retainedShares.length * windowCount * (windowCount + 1));
  // Whole layers only: heads of an incomplete one would not be shown, and would be wasted at the next step.
  const layersAtOnce = Math.min(layerCount, Math.floor(AT_ONCE / (headCost * kvHeadCount)));
  for (let head = 0; head < layersAtOnce * kvHeadCount; head++) work.advance();
  return work;
}

function rowSource(trace: Trace, { step, windowCount }: OverlapRequest): Source | null {
  const windows = windowsUpTo(step, windowStepCount(trace), windowCount);
  if (windows.length < 2) return null;
  return {
    windowLabels: windows.map(({ firstStep, lastStep }) => `${firstStep}–${lastStep}`),
    textCount: candidateLimit(trace, windows),
    stepCount: windows[windows.length - 1].lastStep - windows[0].firstStep + 1,
    scoresOf: (head) => rowScores(trace, windows, head),
  };
}

function eventSource(trace: Trace, { step, windowCount }: OverlapRequest): Source | null {
  const events = scoringEvents(trace, step, windowCount);
  if (events.length < 2) return null;
  return {
    windowLabels: events.map((event) => String(event.step)),
    textCount: trace.header.promptTokens.length + events[0].step - events[0].windowSlots,
    stepCount: events.length,
    scoresOf: (head) => eventScores(events, head),
  };
}

function headOverlap({ candidateCount, scores }: WindowScores): HeadOverlap {
  if (candidateCount === 0) return { candidateCount, scoredShare: 0, overlaps: [], chances: [] };
  const keptCounts = retainedShares.map((share) => Math.max(1, retainedCount(share, candidateCount)));
  const scoredCounts = scores.map((row) => row.reduce((count, score) => count + (score > 0 ? 1 : 0), 0));
  return {
    candidateCount,
    scoredShare: Math.min(...scoredCounts) / candidateCount,
    overlaps: windowOverlaps(scores, keptCounts),
    chances: keptCounts.map((keptCount) => ({
      single: chanceOverlap(keptCount, candidateCount, 1),
      union: chanceOverlap(keptCount, candidateCount, scores.length - 1),
    })),
  };
}

interface HeadOverlap {
  readonly candidateCount: number;
  /** Share of the candidates that every window scores above 0; the recorded rows round small attention to 0. */
  readonly scoredShare: number;
  /** By retained share; empty if the head has no candidate. */
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
  readonly scoredShare: number;
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
    scoredShare: mean(counted, ({ scoredShare }) => scoredShare) ?? 0,
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

/** The mean over layers; those without a candidate are left out. */
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
