// TaR and VaN of one head at one compression, spread over the patches that it held: what each scored, and what became of it. Pure.
import { headRow } from "../../cache/headRows";
import { heldBefore, keptReasons, type KeptReason } from "../../trace/stream/streamReplay";
import { placeOf, type StreamCompression, type StreamTrace } from "../../trace/stream/streamTrace";
import type { FigureTable } from "../../ui/figure/figureTable";
import { fateWords, headName, patchWords, rowAndColumn, shownBy } from "../stream/patchFacts";

export const heatScores = ["temporal", "valueNorms", "questionAttention"] as const;
export type HeatScore = (typeof heatScores)[number];

export const scoreNames: Readonly<Record<HeatScore, string>> = {
  temporal: "TaR, how much a patch has changed since",
  valueNorms: "VaN, length of its value",
  questionAttention: "Attention of question 1",
};

export interface HeatPatch {
  readonly cell: number;
  readonly name: string;
  /** Null where it has none: TaR compares with the newest frames, and has no score for them. */
  readonly scores: Readonly<Record<HeatScore, number | null>>;
  readonly fate: KeptReason;
}

export interface HeatFrame {
  readonly frame: number;
  /** Those that the head held right before the compression. */
  readonly patches: readonly HeatPatch[];
}

export interface HeatRange {
  readonly least: number;
  readonly most: number;
}

export interface Heat {
  readonly frames: readonly HeatFrame[];
  /** Over the patches shown; null for a score that the compression does not have. */
  readonly ranges: Readonly<Record<HeatScore, HeatRange | null>>;
}

/** Frame markers have scores too, and no place in the picture. */
export function heatOf(trace: StreamTrace, compression: StreamCompression, head: number): Heat {
  const positions = headRow(heldBefore(trace, compression), head).subarray(trace.header.systemTokens.length);
  const fates = keptReasons(trace, compression, head);
  const temporal = headRow(compression.temporal, head);
  const valueNorms = headRow(compression.valueNorms, head);
  const asked = compression.questionAttention === undefined ? null : headRow(compression.questionAttention, head);
  const frames = new Map<number, HeatPatch[]>();
  positions.forEach((position, slot) => {
    const place = placeOf(trace, position);
    if (place === null || place.token === 0) return;
    const cell = place.token - 1;
    const patch: HeatPatch = {
      ...{ cell, name: shownBy(trace, place.frame)[cell], fate: fates[slot] },
      scores: {
        temporal: temporal[slot] === 0 ? null : temporal[slot],
        valueNorms: valueNorms[slot],
        questionAttention: asked?.[slot] ?? null,
      },
    };
    const of = frames.get(place.frame);
    if (of === undefined) frames.set(place.frame, [patch]);
    else of.push(patch);
  });
  const all = [...frames.values()].flat();
  const range = (score: HeatScore): HeatRange | null => {
    const values = all.flatMap(({ scores }) => scores[score] ?? []);
    return values.length === 0 ? null : { least: Math.min(...values), most: Math.max(...values) };
  };
  return {
    frames: [...frames].map(([frame, patches]) => ({ frame, patches })),
    ranges: {
      temporal: range("temporal"),
      valueNorms: range("valueNorms"),
      questionAttention: range("questionAttention"),
    },
  };
}

/** 0 … 1 */
export function heatShare(value: number, { least, most }: HeatRange): number {
  return most === least ? 0.5 : (value - least) / (most - least);
}

export function heatTable(trace: StreamTrace, compression: StreamCompression, head: number): FigureTable {
  const { frames } = heatOf(trace, compression, head);
  return {
    caption: `TaR and VaN at the compression after ${compression.framesSeen} frames, ${headName(trace.header, head)}`,
    columns: ["frame", "row", "column", "patch", "TaR", "VaN", "attention of question 1", "what became of it"],
    rows: frames.flatMap(({ frame, patches }) =>
      patches.map(({ cell, name, scores, fate }) => [
        ...[frame + 1, ...rowAndColumn(cell), patchWords(name)],
        ...[...heatScores.map((score) => scores[score]), fateWords(fate)],
      ]),
    ),
  };
}

/** One letter in the corner of a patch that stayed. */
export const fateMarks: Readonly<Record<KeptReason, string>> = {
  newest: "N",
  temporal: "T",
  valueNorm: "V",
  asked: "Q",
  rule: "•",
  gone: "",
};
