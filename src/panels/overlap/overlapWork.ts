// The overlap of observation windows in every layer, computed layer by layer in pieces of one KV head: the focused
// layer first, at once where that is little work, the rest between frames. One result per trace is remembered.
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
  type WindowScores,
} from "../../trace/windowOverlap";
import type { SlicedWork } from "../../ui/useSlices";
import { meanOverlap, type HeadOverlap, type LayerOverlap } from "./meanOverlap";
import { retainedShares, windowStepCount, type OverlapSource } from "./view";

export interface OverlapRequest {
  readonly step: number;
  readonly windowCount: number;
  readonly source: OverlapSource;
}

export interface OverlapWork extends SlicedWork {
  /** Steps of each window, the last one last; of each event where their S is compared. */
  readonly windowLabels: readonly string[];
  /** Positions of the text that precede every window, held or not. */
  readonly textCount: number;
  /** By layer; null = not computed yet. */
  readonly layers: readonly (LayerOverlap | null)[];
}

/** Multiplications, about, that may be done before the first picture. */
const AT_ONCE = 1_500_000;

/** Null where there are not two windows to compare. */
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
  // Whole layers: heads of one that is not complete would not be seen, and with the next step be in vain.
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
  if (candidateCount === 0) return { candidateCount, toldShare: 0, overlaps: [], chances: [] };
  const keptCounts = retainedShares.map((share) => Math.max(1, retainedCount(share, candidateCount)));
  const told = scores.map((row) => row.reduce((count, score) => count + (score > 0 ? 1 : 0), 0));
  return {
    candidateCount,
    toldShare: Math.min(...told) / candidateCount,
    overlaps: windowOverlaps(scores, keptCounts),
    chances: keptCounts.map((keptCount) => ({
      single: chanceOverlap(keptCount, candidateCount, 1),
      union: chanceOverlap(keptCount, candidateCount, scores.length - 1),
    })),
  };
}
