// The decision in one head as a chart: pure layout, and a frame of it at any phase. Scores are drawn from their lowest
// possible value, so that every part adds: instead of subtracting what a word repeats, a word gets the more the less it
// repeats. That moves all scores of a head by the same number, and changes neither order nor distances.
//
//   ▁ now  ▒ before  ░ unlike the others        │ cut-off
//   █▓▒▒░░▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁│▁▁▁▁▁▁▁▁▁ ▐▐▐▐▐▐ newest
//   ├──────────── places of the budget ────────────┤
//                                               ▝▝▝▝▝▝▝▝▝ let go
import { ticks, tickStep } from "d3";
import { admissionRank } from "../../policy/admission";
import { numberOf, stepOf } from "../../policy/formula";
import { presentShare, type Candidate, type Candidates } from "../../panels/score/candidates";
import { beatProgress, scoreBeats, type BeatName, type DecisionBeats } from "../../trace/decisionBeats";
import type { TraceHeader } from "../../trace/trace";

/** What a score is made of, from the foot of its bar. */
export interface ScoreParts {
  readonly now: number;
  readonly before: number;
  /** Height of now and before together. */
  readonly joined: number;
  /** Attention once neighbours have lent theirs; `joined` where they don't. */
  readonly lent: number;
  /** For being unlike the others. */
  readonly fresh: number;
  /** Of a rule that looks at no attention. */
  readonly rule: number;
}

export interface DecisionBar {
  readonly candidate: Candidate;
  readonly parts: ScoreParts;
  /** Sum of the parts; Infinity: stays by rule. */
  readonly level: number;
  readonly staysByRule: boolean;
}

export interface DecisionLayout {
  readonly width: number;
  readonly plotTop: number;
  readonly baseY: number;
  readonly trayY: number;
  readonly pitch: number;
  readonly barWidth: number;
  /** In the order of the text. */
  readonly bars: readonly DecisionBar[];
  readonly keptCount: number;
  readonly evictedCount: number;
  /** Kept words may carry on those that leave. */
  readonly isMerging: boolean;
  readonly windowSlots: number;
  /** Score at the top of the plot; higher bars are cut off there. */
  readonly highest: number;
  /** Now and before stand behind each other and the taller counts, or one upon the other. */
  readonly join: "taller" | "sum";
  readonly hasFresh: boolean;
  /** How the score begins: what it is made from. */
  readonly firstBeat: BeatName;
  readonly ticks: readonly { readonly y: number; readonly label: string }[];
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

const TOP = 18;
const TRAY = 17;
const RULER = 18;

export function decisionLayout(
  header: TraceHeader,
  candidates: Candidates,
  { windowSlots, width, height }: ChartSize & { readonly windowSlots: number },
): DecisionLayout {
  const bars = decisionBars(header, candidates);
  const places = bars.length + windowSlots;
  const pitch = width / Math.max(1, places);
  const { formula } = header;
  const baseY = Math.max(TOP + 20, height - TRAY - RULER);
  const highest = highestLevel(bars);
  const y = (level: number): number => baseY - ((baseY - TOP) * level) / highest;
  return {
    width,
    plotTop: TOP,
    baseY,
    trayY: baseY + RULER,
    pitch,
    barWidth: Math.max(1, pitch - (pitch > 4 ? 1 : pitch > 2 ? 0.6 : 0.3)),
    bars,
    keptCount: candidates.keptCount,
    evictedCount: bars.length - candidates.keptCount,
    isMerging: (header.parameters.merging ?? "none") !== "none",
    windowSlots,
    highest,
    join: stepOf(formula, "global")?.operation === "largest" ? "taller" : "sum",
    hasFresh: bars.some(({ parts }) => parts.fresh > 0),
    firstBeat: scoreBeats(formula)[0],
    ticks: ticks(0, highest, 3)
      .filter((tick) => tick > 0 && y(tick) > TOP + 14)
      .map((tick) => ({ y: round(y(tick)), label: writtenTick(tick, tickStep(0, highest, 3)) })),
  };
}

/** With the digits that tell neighbours apart. A scale of d3 would do it too, and bring 10 kB to the first view. */
function writtenTick(tick: number, step: number): string {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return tick.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** By how much the bars of a head are higher than its scores. */
export function levelShift({ formula }: TraceHeader, { list }: Candidates): number {
  const weight = stepOf(formula, "redundancy") === undefined ? null : numberOf(formula, "mixed");
  if (weight === null) return 0;
  return (1 - weight) * list.reduce((most, { parts }) => Math.max(most, parts.redundancy ?? 0), 0);
}

/** The bars of one head; their levels differ from the scores by one number for all. */
export function decisionBars(header: TraceHeader, { list, row }: Candidates): readonly DecisionBar[] {
  const { formula } = header;
  const isFromAttention = scoreBeats(formula)[0] === "look";
  const mostRepeated = list.reduce((most, { parts }) => Math.max(most, parts.redundancy ?? 0), 0);
  const attentionWeight = (stepOf(formula, "redundancy") === undefined ? null : numberOf(formula, "mixed")) ?? 1;
  const lowest = list.reduce((least, { total }) => (Number.isFinite(total) ? Math.min(least, total) : least), 0);
  const isTaller = stepOf(formula, "global")?.operation === "largest";
  return list.map((candidate, place): DecisionBar => {
    const { total, parts } = candidate;
    const staysByRule = admissionRank(row, place) > 0;
    if (!isFromAttention || parts.local === null) {
      const rule = Number.isFinite(total) ? total - lowest : 0;
      return { candidate, staysByRule, level: rule, parts: { ...noParts, rule } };
    }
    const past = parts.history === null || Number.isNaN(parts.history) ? null : parts.history;
    const now = attentionWeight * (past === null ? parts.local : presentShare(formula, parts.local));
    const before = attentionWeight * (past ?? 0);
    const joined = isTaller ? Math.max(now, before) : now + before;
    const lent = parts.pooled === null ? joined : attentionWeight * parts.pooled;
    const fresh = parts.redundancy === null ? 0 : (1 - attentionWeight) * (mostRepeated - parts.redundancy);
    return { candidate, staysByRule, level: lent + fresh, parts: { now, before, joined, lent, fresh, rule: 0 } };
  });
}

const noParts = { now: 0, before: 0, joined: 0, lent: 0, fresh: 0 };

/** A few scores far above all others would press the rest to the ground, where the decision falls. */
export function highestLevel(bars: readonly DecisionBar[]): number {
  const levels = bars.map(({ level }) => level).toSorted((left, right) => left - right);
  const top = levels.at(-1) ?? 0;
  const middle = levels.at(Math.floor(levels.length / 2)) ?? 0;
  const highest = middle > 0 ? Math.min(top, 4 * middle) : top;
  return highest > 0 ? highest : 1;
}

/** One moment of the decision; paths join all bars of a kind. */
export interface DecisionFrame {
  readonly now: string;
  readonly before: string;
  readonly lent: string;
  readonly fresh: string;
  readonly rule: string;
  readonly byRule: string;
  readonly evicted: string;
  /** Marks on bars that are higher than the plot. */
  readonly torn: string;
  readonly window: string;
  /** Words written since the decision, which fill the places again. */
  readonly since: string;
  /** Left edge of the newest words' columns. */
  readonly windowX: number;
  readonly lineX: number;
  /** 0 … 1: how far the cut-off has come down. */
  readonly lineReach: number;
  /** 0 … 1: how far the evicted have fallen. */
  readonly fall: number;
}

/** The line comes down in this share of the beat "cut"; then they fall. */
export const LINE_SHARE = 0.4;

export function decisionFrame(
  layout: DecisionLayout,
  beats: DecisionBeats,
  { phase, sinceCount }: { readonly phase: number; readonly sinceCount: number },
): DecisionFrame {
  const { bars, pitch, barWidth, plotTop, baseY, keptCount, highest, windowSlots, trayY } = layout;
  const progress = (name: BeatName): number => eased(beatProgress(beats, name, phase));
  const grown = { look: progress("look"), before: progress("before"), lent: progress("neighbours") };
  const fresh = progress("repeats");
  const rule = layout.firstBeat === "look" ? 0 : progress(layout.firstBeat);
  const order = progress("order");
  const cut = beatProgress(beats, "cut", phase);
  const lineReach = eased(Math.min(1, cut / LINE_SHARE));
  const fall = Math.max(0, (cut - LINE_SHARE) / (1 - LINE_SHARE)) ** 2;
  const close = progress("close");
  const inset = (pitch - barWidth) / 2;
  const scale = (baseY - plotTop) / highest;
  const paths = { now: "", before: "", lent: "", fresh: "", rule: "", byRule: "", evicted: "", torn: "" };
  const add = (kind: keyof typeof paths, x: number, from: number, to: number): void => {
    const [low, high] = [Math.min(from, highest), Math.min(to, highest)];
    if (high - low > 0) paths[kind] += rect(x, baseY - high * scale, barWidth, (high - low) * scale);
  };
  bars.forEach(({ candidate, parts, level, staysByRule }, place) => {
    const x = mixed(place, candidate.rank - 1, order) * pitch + inset;
    if (staysByRule) {
      paths.byRule += rect(x, plotTop + (1 - rule) * (baseY - plotTop), barWidth, rule * (baseY - plotTop));
      return;
    }
    const isFalling = !candidate.isKept && cut >= LINE_SHARE * 0.5;
    if (isFalling) {
      const height = Math.max(1.5, Math.min(level, highest) * scale);
      const landed = Math.max(2, Math.min(height, trayHeight));
      paths.evicted += rect(x, mixed(baseY - height, trayY, fall), barWidth, mixed(height, landed, fall));
      return;
    }
    const attention = attentionHeights(layout, parts, grown);
    add("before", x, layout.join === "sum" ? attention.now : 0, attention.before);
    add("now", x, 0, attention.now);
    if (attention.lent > attention.joined) add("lent", x, attention.joined, attention.lent);
    const foot = Math.max(attention.joined, attention.lent);
    add("fresh", x, foot, foot + parts.fresh * fresh);
    add("rule", x, 0, parts.rule * rule);
    // Bars without any height still stand for a word.
    if (level * scale < 1) add("rule", x, 0, 1 / scale);
    if (level > highest && foot + parts.fresh * fresh + parts.rule * rule > highest)
      paths.torn += tear(x, plotTop, barWidth);
  });
  const windowX = mixed(bars.length, keptCount, close) * pitch;
  const columns = (from: number, to: number): string => {
    let path = "";
    for (let place = from; place < to; place++) {
      path += rect(windowX + place * pitch + inset, baseY - WINDOW_HEIGHT, barWidth, WINDOW_HEIGHT);
    }
    return path;
  };
  const window = columns(0, windowSlots);
  const since = columns(windowSlots, windowSlots + sinceCount);
  return { ...paths, window, since, windowX, lineX: round(keptCount * pitch), lineReach, fall };
}

const WINDOW_HEIGHT = 14;
const trayHeight = TRAY - 5;

function attentionHeights(
  { join }: DecisionLayout,
  parts: ScoreParts,
  grown: { readonly look: number; readonly before: number; readonly lent: number },
) {
  const now = parts.now * grown.look;
  const before = join === "sum" ? now + parts.before * grown.before : parts.before * grown.before;
  const joined = Math.max(now, before);
  return { now, before, joined, lent: mixed(joined, Math.max(joined, parts.lent), grown.lent) };
}

/** Where a word's bar ends at a phase; null for a word that has none. */
export function barTop(
  { bars, pitch, baseY, plotTop, highest }: DecisionLayout,
  beats: DecisionBeats,
  { phase, position }: { readonly phase: number; readonly position: number },
): { readonly x: number; readonly y: number } | null {
  const slot = bars.findIndex(({ candidate }) => candidate.position === position);
  if (slot < 0) return null;
  const { candidate, level, staysByRule } = bars[slot];
  const isScored = beatProgress(beats, "order", phase) > 0;
  const place = mixed(slot, candidate.rank - 1, eased(beatProgress(beats, "order", phase)));
  const height = staysByRule ? highest : isScored ? Math.min(level, highest) : 0;
  return {
    x: round((place + 0.5) * pitch),
    y: round(Math.max(plotTop, baseY - (height / highest) * (baseY - plotTop))),
  };
}

/** Bars of what the newest word looks at, before anything is decided. `shares`: 0 … 1 of the largest. */
export function lookingPath(shares: ArrayLike<number>, { width, height }: ChartSize, places: number): string {
  const pitch = width / Math.max(1, places);
  const baseY = Math.max(TOP + 20, height - TRAY - RULER);
  const barWidth = Math.max(1, pitch - 0.6);
  let path = "";
  for (let slot = 0; slot < shares.length; slot++) {
    const barHeight = Math.max(1.5, shares[slot] * (baseY - TOP));
    path += rect(slot * pitch, baseY - barHeight, barWidth, barHeight);
  }
  return path;
}

/** Place of the ruler below the bars. */
export function rulerY({ height }: ChartSize): number {
  return Math.max(TOP + 20, height - TRAY - RULER);
}

/** The bar under a point, once all is decided or in the order of the text. */
export function barAt(layout: DecisionLayout, x: number, isOrdered: boolean): DecisionBar | null {
  const place = Math.floor(x / layout.pitch);
  const found = isOrdered ? layout.bars.find(({ candidate }) => candidate.rank - 1 === place) : layout.bars.at(place);
  return place < 0 ? null : (found ?? null);
}

function eased(progress: number): number {
  return progress * progress * (3 - 2 * progress);
}

function mixed(from: number, to: number, share: number): number {
  return share >= 1 ? to : from + (to - from) * share;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function rect(x: number, y: number, width: number, height: number): string {
  return `M${round(x)},${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
}

/** A slanting gap through the top of a bar. */
function tear(x: number, top: number, width: number): string {
  return `M${round(x - 0.5)},${round(top + 7)}l${round(width + 1)},-3v3l${round(-width - 1)},3z`;
}
