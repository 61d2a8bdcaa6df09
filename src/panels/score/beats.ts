// The four beats of a decision as frames between two pictures. Pure: layout, beat and progress in, marks out. Each beat
// begins where the one before ended. The layout must be in the order of the slots, with bars that measure parts.
//
//   0 score      S grows            2 cut       the evicted fall below
//   1 join       α·C, then −R       3 compact   the kept tokens move together: slots change, positions stay
import type { Formula } from "../../policy/formula";
import { termsInWords } from "../../policy/scoreKinds";
import { scoreBeats, type BeatName } from "../../trace/decisionBeats";
import { allBeats, type Beat } from "./beatClock";
import { slotX, type ScoreBar, type ScoreLayout, type Span } from "./layout";

export interface ScoreFrame {
  readonly bars: readonly ScoreBar[];
  /** How visible the evicted still are, 0 … 1. */
  readonly evictedOpacity: number;
  /** How far the cut-off has been drawn, 0 … 1. */
  readonly cutOffReach: number;
  /** Left edge of the window's columns. */
  readonly windowX: number;
  /** Slots are drawn along the foot. */
  readonly hasSlots: boolean;
}

/** The beats that a policy has: one that joins nothing to its scores goes from them to the cut. */
export function beatsOf(formula: Formula | null): readonly Beat[] {
  return joinedParts(formula).length > 0 ? allBeats : allBeats.filter((beat) => beat !== 1);
}

/** What happens in a beat, in words that speak only of parts that the policy has. */
export function beatTitle(beat: Beat, formula: Formula | null): string {
  switch (beat) {
    case 0:
      return scoreTitle(formula);
    case 1:
      return joinedParts(formula).join("; ");
    case 2:
      return "cut: the lowest are evicted";
    case 3:
      return "compact: the kept tokens move together";
  }
}

function scoreTitle(formula: Formula | null): string {
  switch (scoreBeats(formula)[0]) {
    case "recency":
      return "rank: the newer, the higher";
    case "draw":
      return "draw: a random number each";
    case "look":
      return "score: the newest tokens vote";
    default: {
      const made = formula === null ? "" : termsInWords(formula);
      return made === "" ? "score" : `score: ${made}`;
    }
  }
}

function joinedParts(formula: Formula | null): readonly string[] {
  return scoreBeats(formula).flatMap((name) => joinTitles[name] ?? []);
}

const joinTitles: Readonly<Partial<Record<BeatName, string>>> = {
  before: "decay and join: the past comes in",
  neighbours: "pool: neighbours lend their score",
  repeats: "near-duplicates lose",
};

/** The static picture. */
export function wholeFrame(layout: ScoreLayout): ScoreFrame {
  return {
    bars: layout.bars,
    evictedOpacity: 1,
    cutOffReach: 1,
    windowX: layout.plotLeft + layout.bars.length * layout.pitch,
    hasSlots: false,
  };
}

/** A beat at a progress from 0 to 1. */
export function scoreBeat(layout: ScoreLayout, beat: Beat, progress: number): ScoreFrame {
  const whole = { ...wholeFrame(layout), hasSlots: true };
  const kept = layout.bars.filter(({ candidate }) => candidate.isKept);
  switch (beat) {
    case 0:
      return { ...whole, bars: layout.bars.map((bar) => scoredBar(layout, bar, progress)), cutOffReach: 0 };
    case 1:
      return { ...whole, bars: layout.bars.map((bar) => joinedBar(layout, bar, progress)), cutOffReach: 0 };
    case 2:
      return progress >= 1
        ? { ...whole, bars: kept, evictedOpacity: 0 }
        : {
            ...whole,
            bars: layout.bars.map((bar) => (bar.candidate.isKept ? bar : lowered(bar, fallOf(layout, progress)))),
            evictedOpacity: 1 - later(progress),
            cutOffReach: earlier(progress),
          };
    case 3:
      return {
        ...whole,
        bars: kept.map((bar) => ({ ...bar, x: between(bar.x, newX(layout, bar), progress) })),
        evictedOpacity: 0,
        windowX: between(whole.windowX, layout.plotLeft + layout.candidates.keptCount * layout.pitch, progress),
      };
  }
}

/** Where a bar stands once the event is over. */
function newX(layout: ScoreLayout, { x, candidate }: ScoreBar): number {
  return candidate.newSlot === null ? x : slotX(layout, candidate.newSlot);
}

/** What the window measured, alone; a policy that measures nothing sets its total at once. */
function scoredBar({ zeroY }: ScoreLayout, bar: ScoreBar, progress: number): ScoreBar {
  const own = bar.present === null ? bar.gain : standingAt(zeroY, bar.present);
  const grown = own === null ? null : scaled(zeroY, own, progress);
  return { ...bar, gain: grown, past: null, present: bar.present && grown, loss: null, totalY: null };
}

/** First the past comes in, decaying; then what neighbours lend and redundancy takes, and the total is known. */
function joinedBar({ zeroY }: ScoreLayout, bar: ScoreBar, progress: number): ScoreBar {
  const [first, second] = [earlier(progress), later(progress)];
  const start = bar.present === null ? null : standingAt(zeroY, bar.present);
  return {
    ...bar,
    gain: bar.gain === null ? null : start === null ? bar.gain : mixed(start, bar.gain, first),
    past: bar.past === null || first === 0 ? null : scaled(zeroY, bar.past, first),
    present: bar.present === null || start === null ? null : mixed(start, bar.present, first),
    loss: bar.loss === null || second === 0 ? null : scaled(zeroY, bar.loss, second),
    totalY: second < 1 ? null : bar.totalY,
  };
}

function lowered({ gain, past, present, loss, totalY, ...rest }: ScoreBar, by: number): ScoreBar {
  const low = (span: Span | null): Span | null => span && { ...span, y: span.y + by };
  return {
    ...rest,
    gain: low(gain),
    past: low(past),
    present: low(present),
    loss: low(loss),
    totalY: totalY === null ? null : totalY + by,
  };
}

/** Falling gains speed. */
function fallOf({ height, plotTop }: ScoreLayout, progress: number): number {
  return later(progress) ** 2 * (height - plotTop);
}

/** A span moved so that its foot is on the zero line. */
function standingAt(zeroY: number, { height }: Span): Span {
  return { y: zeroY - height, height };
}

/** A span that has grown from the zero line by a share. */
function scaled(zeroY: number, { y, height }: Span, share: number): Span {
  return { y: between(zeroY, y, share), height: height * share };
}

function mixed(from: Span, to: Span, share: number): Span {
  return { y: between(from.y, to.y, share), height: between(from.height, to.height, share) };
}

function between(from: number, to: number, share: number): number {
  return share >= 1 ? to : from + (to - from) * share;
}

/** The first and the second half of a beat, each from 0 to 1. */
function earlier(progress: number): number {
  return Math.min(1, progress * 2);
}

function later(progress: number): number {
  return Math.max(0, Math.min(1, progress * 2 - 1));
}
