// The text as Watch shows it at a moment: one entry per word, in lines. Pure.
import { headCountOf, headRow } from "../../cache/headRows";
import type { Focus } from "../../panels/focus";
import { focusHead } from "../../panels/focus";
import { readCandidates } from "../../panels/score/candidates";
import { textSlices, type TextSlice } from "../../panels/text/slices";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { tokenFacts } from "../../panels/tokenFacts";
import { carriedShare, firstLink } from "../../trace/carried";
import { beatProgress, type DecisionBeats } from "../../trace/decisionBeats";
import { latestOf } from "../../trace/latest";
import { readShare } from "../../trace/reading";
import { eventAtStep, heldShare, lastEventAtStep } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { markNames } from "../../words/en/watch";
import { decisionBars, highestLevel, levelShift, LINE_SHARE } from "./decision";

/** How far a decision has come, as far as the text shows it. */
export type TextBeat =
  /** Nothing has been scored: all is as before the event. */
  | "before"
  /** The newest words look back. */
  | "looking"
  | "scored"
  /** The shown head's words that go stand out. */
  | "lifted"
  | "falling"
  /** All is as after the event. */
  | "after";

export function textBeat(beats: DecisionBeats, phase: number): TextBeat {
  if (phase >= 1) return "after";
  const cut = beatProgress(beats, "cut", phase);
  if (cut >= 1) return "after";
  if (cut >= LINE_SHARE) return "falling";
  if (cut > 0) return "lifted";
  if (beatProgress(beats, "order", phase) > 0) return "scored";
  return beatProgress(beats, "look", phase) > 0 ? "looking" : "before";
}

export interface WatchWord {
  readonly position: number;
  readonly label: string;
  /** Share of heads that hold it, in 16 grades. */
  readonly held: number;
  /** No head holds it, and yet some other word carries it on. */
  readonly isCarried: boolean;
  /** Some heads hold it, and none read it at this step. */
  readonly isUnread: boolean;
  readonly isNewest: boolean;
  /** Its queries vote in the decision on show. */
  readonly isLooking: boolean;
  /** What the shown head does with it in the decision on show. */
  readonly going: "lifted" | "falling" | "wake" | null;
  /** Its score in the shown head, in 12 grades of the highest shown; null where it has none. */
  readonly score: number | null;
}

export interface WatchLine {
  readonly part: TextSlice["part"];
  readonly words: readonly WatchWord[];
}

export interface TextMoment {
  readonly step: number;
  readonly beat: TextBeat;
  readonly focus: Focus;
}

const HELD_GRADES = 16;
const SCORE_GRADES = 12;

export function watchLines(trace: Trace, { step, beat, focus }: TextMoment): readonly WatchLine[] {
  const head = focusHead(trace.header.model, focus);
  const newest = trace.header.promptTokens.length + step;
  const event = eventAtStep(trace, step);
  const held = heldAt(trace, step, beat);
  const carried = carriedShare(trace, step);
  const read = readShare(trace, step);
  const isScored = beat !== "before" && beat !== "looking";
  const scores = scoreGrades(trace, isScored ? lastEventAtStep(trace, step) : eventBefore(trace, step), head);
  const going = goingNow(trace, { step, beat, focus });
  const windowFrom = event !== null && beat === "looking" ? newest - event.windowSlots : Infinity;
  const wordAt = (position: number): WatchWord => {
    return {
      position,
      label: wordLabel(trace, position),
      held: Math.ceil((held.at(position) ?? 1) * HELD_GRADES),
      isCarried: held.at(position) === 0 && (carried?.at(position) ?? 0) > 0,
      isUnread: (held.at(position) ?? 0) > 0 && read?.at(position) === 0,
      isNewest: position === newest,
      isLooking: position >= windowFrom && position < newest,
      going: going?.positions.has(position) === true ? going.how : null,
      score: scores.get(position) ?? null,
    };
  };
  return textSlices(trace, step).flatMap(({ part, lines }) =>
    lines.map(({ from, to }): WatchLine => ({
      part,
      words: Array.from({ length: to - from }, (_, place) => wordAt(from + place)),
    })),
  );
}

export function wordLabel(trace: Trace, position: number): string {
  return shownText(tokenText(trace, position));
}

/** A token as Watch shows it: marks that the model reads as words have names in plain words. */
export function shownText(text: string): string {
  const label = tokenLabel(text);
  return markNames[label] ?? label;
}

/** Share of the heads that hold each position: as before the event until the words fall. [position] */
function heldAt(trace: Trace, step: number, beat: TextBeat): Float32Array {
  if (eventAtStep(trace, step) === null || beat === "after" || beat === "falling") return heldShare(trace, step);
  // Before the first step nothing had left.
  return step === 0 ? new Float32Array(trace.header.promptTokens.length).fill(1) : heldShare(trace, step - 1);
}

/** The last event before a step. */
function eventBefore(trace: Trace, step: number): EvictionEvent | null {
  return step === 0 ? null : lastEventAtStep(trace, step - 1);
}

/** After a decision, its words stay marked for so many more. */
const WAKE_WORDS = 8;

function goingNow(trace: Trace, { step, beat, focus }: TextMoment) {
  const event = lastEventAtStep(trace, step);
  if (event === null || step - event.step > WAKE_WORDS) return null;
  const how = beat === "lifted" || beat === "falling" ? beat : beat === "after" ? "wake" : null;
  return how === null ? null : ({ how, positions: leaving(event, focusHead(trace.header.model, focus)) } as const);
}

function leaving(event: EvictionEvent, head: number): ReadonlySet<number> {
  return latestOf(event, ["leaving", head], () => {
    const positions = headRow(event.positionsBefore, head);
    const stays = new Set(headRow(event.survivors, head));
    return new Set(positions.filter((_, slot) => !stays.has(slot)));
  });
}

/** By position. */
function scoreGrades(trace: Trace, event: EvictionEvent | null, head: number): ReadonlyMap<number, number> {
  if (event === null) return new Map();
  return latestOf(event, ["scoreGrades", head], () => {
    const bars = decisionBars(trace.header, readCandidates(trace, event, head));
    // As in the chart: a few high ones fill the word.
    const highest = highestLevel(bars);
    return new Map(
      bars
        .filter(({ staysByRule }) => !staysByRule)
        .map(({ candidate, level }) => [
          candidate.position,
          Math.max(1, Math.ceil(Math.min(1, level / highest) * SCORE_GRADES)),
        ]),
    );
  });
}

/** So that a step redraws only the lines that it changes. */
export function isSameLine(left: WatchLine, right: WatchLine): boolean {
  return (
    left.words.length === right.words.length &&
    left.words.every((word, place) => {
      const other = right.words[place];
      return (
        word.position === other.position &&
        word.label === other.label &&
        word.held === other.held &&
        word.isCarried === other.isCarried &&
        word.isUnread === other.isUnread &&
        word.isNewest === other.isNewest &&
        word.isLooking === other.isLooking &&
        word.going === other.going &&
        word.score === other.score
      );
    })
  );
}

export interface WordFacts {
  readonly label: string;
  readonly heldCount: number;
  readonly headCount: number;
  /** Heads in which another word carries it, and which does in most; null: in none. */
  readonly carried: { readonly count: number; readonly by: string } | null;
  /** Heads that read it at this step; null in a run that reads whatever it holds. */
  readonly readCount: number | null;
  readonly isNewest: boolean;
  /** In the shown head at the last decision; null if it wasn't scored there. */
  readonly score: {
    readonly level: number;
    readonly rank: number;
    readonly count: number;
    readonly isKept: boolean;
    /** Whom it was merged into; null: nobody. */
    readonly carrier: string | null;
  } | null;
}

export function wordFacts(trace: Trace, position: number, { step, beat, focus }: TextMoment): WordFacts {
  const headCount = headCountOf(trace.header.model);
  const held = heldAt(trace, step, beat).at(position) ?? 1;
  const event = beat === "before" || beat === "looking" ? eventBefore(trace, step) : lastEventAtStep(trace, step);
  const candidates = event === null ? null : readCandidates(trace, event, focusHead(trace.header.model, focus));
  const found = candidates?.list.find((candidate) => candidate.position === position);
  const { carrier, readCount } = tokenFacts(trace, step, position);
  const link = firstLink(trace, focusHead(trace.header.model, focus), position, step);
  return {
    label: wordLabel(trace, position),
    heldCount: Math.round(held * headCount),
    headCount,
    carried: carrier === null ? null : { count: carrier.allCount, by: wordLabel(trace, carrier.position) },
    readCount,
    isNewest: position === trace.header.promptTokens.length + step,
    score:
      found === undefined || candidates === null
        ? null
        : {
            level: found.total + levelShift(trace.header, candidates),
            rank: found.rank,
            count: candidates.list.length,
            isKept: found.isKept,
            carrier: link === null ? null : wordLabel(trace, link.carrier),
          },
  };
}
