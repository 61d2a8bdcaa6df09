// What happens at a step, in plain words, from the trace alone: which phase of the run it is, and the figures that its
// sentence names. The sentences stand in words/en/captions.ts. Pure.
//
//   start … room … nearly full │ full → after │ after … │ full → after │ … │ end
//                              ▲ event                  ▲ event          a first mistake is told until the next event
//
// While the clock runs, one sentence holds for each phase: nobody can read a sentence per word.
import { headRow, lengthRange, rowCount, rowLengths } from "../../cache/headRows";
import { focusHead, type Focus } from "../../panels/focus";
import { runVerdict } from "../../panels/header/verdict";
import { readCandidates } from "../../panels/score/candidates";
import { isPunctuation } from "../../panels/tokenFacts";
import { numberOf } from "../../policy/formula";
import type { Problem } from "../../problems/problem";
import { hasUnevenHeads } from "../../trace/headBudgets";
import { latestOf } from "../../trace/latest";
import { carriedTokens } from "../../trace/merges";
import { readMarks } from "../../trace/reading";
import { cacheSeenByStep, eventAtStep, lastEventAtStep } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { eventCountAfterStep, traceIndex } from "../../trace/traceIndex";
import { writtenNumber } from "../../ui/numbers";
import {
  captionWords,
  type AfterDecision,
  type CaptionTexts,
  type ClosestCall,
  type HeadCount,
  type Spared,
} from "../../words/en/captions";
import { attentionShare, mistakeClause, ruleSort, unitOf, wordOf } from "./causeText";
import { causeOf, type Cause } from "./cause";
import { budgetOf } from "./stageMoment";
import { shownText, wordLabel } from "./watchText";

/** How far a decision has been told: until its line comes down, and from then on. */
export type DecisionTold = "begun" | "cut";

export interface CaptionView {
  readonly trace: Trace;
  readonly step: number;
  /** Null once the decision of this step has been told, and where none is. */
  readonly told: DecisionTold | null;
  /** What the run was asked, if that is known. */
  readonly problem: Problem | null;
  /** The head shown. */
  readonly focus: Focus;
  /** Words pass faster than one can read. */
  readonly isMoving: boolean;
  /** A run of the same prompt without eviction, if there is one. */
  readonly fullCache?: Trace | null;
}

export interface Caption extends CaptionTexts {
  /** What it is about; a new one calls for attention. */
  readonly about: "word" | "decision" | "mistake" | "end";
}

/** So many words after a decision, its caption gives way; intervals up to `SHORT_INTERVAL` words hold it throughout. */
const WAKE_WORDS = 12;
const SHORT_INTERVAL = 24;
/** So many words a first mistake is told, unless a decision falls into them. */
const MISTAKE_WORDS = 15;
/** So many words the introduction stays, if nothing else happens. */
const INTRODUCTION_WORDS = 40;
/** So many words before the first decision, memory counts as nearly full. */
const NEARLY_FULL_WORDS = 10;

export function captionAt(view: CaptionView): Caption {
  const texts = captionOf(view);
  return { ...texts, spoken: announcementAt(view) };
}

function captionOf(view: CaptionView): Caption {
  const { trace, step, told, isMoving } = view;
  const event = eventAtStep(trace, step);
  const cause = knownCause(view);
  const isMistakeTold = cause !== null && isTold(view, cause);
  if (event !== null && told !== null && !(isMoving && isMistakeTold)) {
    return about("decision", told === "begun" ? fullTexts(trace, event) : afterTexts(view, event));
  }
  if (isEnd(view)) return about("end", endTexts(view));
  if (isMistakeTold) return about("mistake", mistakeTexts(view, cause));
  if (event !== null && !isMoving) return about("decision", decidedTexts(view, event));
  if (step === 0) return about("word", startTexts(trace));
  if (!isMoving) return about("word", wroteTexts(view));
  const last = lastEventAtStep(trace, step);
  if (last !== null && isInWake(trace, step, last)) return about("decision", afterTexts(view, last));
  return about("word", movingTexts(view, last));
}

function about(what: Caption["about"], texts: CaptionTexts): Caption {
  return { ...texts, about: what };
}

/** What a screen reader has been told last: the start, a decision, the first mistake, the end. Between these it stays the same. */
function announcementAt(view: CaptionView): string {
  const { trace, step } = view;
  if (isEnd(view)) return endTexts(view).spoken;
  const cause = knownCause(view);
  const event = lastEventAtStep(trace, step);
  if (cause !== null && cause.mistake.atStep >= (event?.step ?? 0)) return mistakeTexts(view, cause).spoken;
  return event === null ? startTexts(trace).spoken : decidedTexts(view, event).spoken;
}

function isEnd({ trace, step }: CaptionView): boolean {
  return trace.end !== null && step === trace.steps.length - 1;
}

/** The cause of the first mistake once it has been made. */
function knownCause({ trace, step, problem, fullCache }: CaptionView): Cause | null {
  const cause = causeOf(trace, trace.steps.length - 1, problem, fullCache ?? null);
  return cause !== null && cause.type !== "unfinished" && cause.mistake.atStep <= step ? cause : null;
}

/** While the clock runs, a mistake is told over a decision that follows at once; standing still, only at its own word. */
function isTold({ trace, step, isMoving }: CaptionView, { mistake: { atStep } }: Cause): boolean {
  if (!isMoving) return step === atStep;
  const next = trace.events.find((event) => event.step >= atStep)?.step ?? Infinity;
  return step - atStep <= MISTAKE_WORDS && (step < next || next - atStep <= MISTAKE_WORDS / 2);
}

function isInWake(trace: Trace, step: number, { step: at }: EvictionEvent): boolean {
  const next = trace.events.at(eventCountAfterStep(trace, step))?.step ?? trace.steps.length;
  return next - at <= SHORT_INTERVAL || step - at <= WAKE_WORDS;
}

function startTexts(trace: Trace): CaptionTexts {
  const { headCount, promptCount } = traceIndex(trace);
  return captionWords.start({ unit: unitOf(trace), readCount: promptCount, headCount });
}

function movingTexts({ trace, step }: CaptionView, last: EvictionEvent | null): CaptionTexts {
  const unit = unitOf(trace);
  if (last !== null) return captionWords.writing({ unit });
  const budget = budgetOf(trace, step, "mean");
  if (budget === null) return step <= INTRODUCTION_WORDS ? startTexts(trace) : captionWords.keepsAll({ unit });
  const next = trace.events.at(eventCountAfterStep(trace, step));
  // What a word, a place and a head are takes a while to read.
  if (step <= INTRODUCTION_WORDS) return startTexts(trace);
  const isNearlyFull = next !== undefined && next.step - step <= NEARLY_FULL_WORDS;
  const places = { count: budget, isMean: hasUnevenHeads(trace) };
  return isNearlyFull ? captionWords.nearlyFull({ places }) : captionWords.room({ unit, places });
}

function wroteTexts({ trace, step, focus }: CaptionView): CaptionTexts {
  const { text, lengths } = trace.steps[step];
  const used = ofHeads(lengths);
  const budget = budgetOf(trace, step, "mean");
  const head = focusHead(trace.header.model, focus);
  const marks = readMarks(trace, step, head);
  return captionWords.wrote({
    unit: unitOf(trace),
    text: shownText(text),
    looked: lookedAt(trace, step, focus),
    used,
    budget,
    read: marks === null ? null : { count: marks.reduce((sum, mark) => sum + mark, 0), of: marks.length },
  });
}

interface LookedAt {
  readonly slot: number;
  readonly text: string;
  readonly share: string;
}

/** What the newest query of a head looked at most; null where attention was not recorded. */
export function lookedAt(trace: Trace, step: number, focus: Focus): LookedAt | null {
  const head = focusHead(trace.header.model, focus);
  const { attention, attentionScale } = trace.steps[step];
  const row = headRow(attention, head);
  const slot = row.indexOf(255);
  if (slot < 0) return null;
  const position = headRow(cacheSeenByStep(trace, step), head)[slot];
  return { slot, text: placedText(trace, position), share: attentionShare(trace, attentionScale[head]) };
}

/** A token as one finds it: a mark of punctuation with the word before it. */
export function placedText(trace: Trace, position: number): string {
  const text = wordLabel(trace, position);
  return position > 0 && isPunctuation(text) ? `${wordLabel(trace, position - 1)} ${text}` : text;
}

function ofHeads(lengths: Int32Array): HeadCount {
  const { shortest, longest, mean } = lengthRange(lengths);
  return { count: mean, isMean: shortest !== longest };
}

function goneOf(event: EvictionEvent): HeadCount {
  const [before, kept] = [rowLengths(event.positionsBefore), rowLengths(event.survivors)];
  return ofHeads(before.map((count, head) => count - kept[head]));
}

function fullTexts(trace: Trace, event: EvictionEvent): CaptionTexts {
  const used = ofHeads(rowLengths(event.positionsBefore));
  return captionWords.full({
    ...{ unit: unitOf(trace), used, budget: Math.round(event.budgetSlots), gone: goneOf(event) },
    isMerging: event.merges !== undefined,
  });
}

/** The whole decision at once. */
function decidedTexts(view: CaptionView, event: EvictionEvent): CaptionTexts {
  const { trace } = view;
  const [full, after] = [fullTexts(trace, event), afterTexts(view, event)];
  return captionWords.decided({
    unit: unitOf(trace),
    word: wordOf(event.step),
    full: full.normal,
    after: after.spoken,
  });
}

function afterTexts(view: CaptionView, event: EvictionEvent): CaptionTexts {
  const { trace } = view;
  return captionWords.after({
    unit: unitOf(trace),
    sort: ruleSort(trace.header.formula),
    spared: sparedOf(trace),
    gone: goneOf(event),
    merged: mergedCount(event),
    wentMost: latestOf(event, ["wentMost"], () => wentMost(trace, event)),
    call: callOf(view, event),
  });
}

/** How many of those that leave a head others carry on, the mean over heads; null in a run that merges nothing. */
function mergedCount({ merges, survivors }: EvictionEvent): number | null {
  if (merges === undefined) return null;
  return merges.carriers.values.filter((carrier) => carrier >= 0).length / rowCount(survivors);
}

/** Heads choose apart: the token that most of them evicted at an event, the older one of several; null where all evicted the same. */
function wentMost(trace: Trace, event: EvictionEvent): AfterDecision["wentMost"] {
  const { headCount } = traceIndex(trace);
  const counts = new Map<number, number>();
  for (let head = 0; head < headCount; head++) {
    const kept = new Set(headRow(event.survivors, head));
    headRow(event.positionsBefore, head).forEach((position, slot) => {
      if (!kept.has(slot)) counts.set(position, (counts.get(position) ?? 0) + 1);
    });
  }
  const most = [...counts].sort(([one, heads], [other, others]) => others - heads || one - other).at(0);
  if (most === undefined || [...counts.values()].every((count) => count === headCount)) return null;
  return { text: placedText(trace, most[0]), headCount: most[1], ofHeads: headCount };
}

/** Null where no score told the last that stayed from the first that went. */
function callOf({ trace, focus }: CaptionView, event: EvictionEvent): ClosestCall | null {
  const { ranked, keptCount, margin } = readCandidates(trace, event, focusHead(trace.header.model, focus));
  const [kept, evicted] = [ranked.at(keptCount - 1), ranked.at(keptCount)];
  if (keptCount === 0 || kept === undefined || evicted === undefined) return null;
  if (!Number.isFinite(margin) || margin < 0) return null;
  const head = focusHead(trace.header.model, focus);
  const carrier = carriedTokens(event, head).find(({ position }) => position === evicted.position)?.carrier ?? null;
  return {
    kept: placedText(trace, kept.position),
    evicted: placedText(trace, evicted.position),
    apart: margin === 0 ? null : writtenNumber(margin),
    carrier: carrier === null ? null : placedText(trace, carrier),
  };
}

function sparedOf({ header }: Trace): Spared {
  return {
    sinks: numberOf(header.formula, "recency") ?? 0,
    isPromptSpared: header.parameters.isPromptProtected === true,
  };
}

function mistakeTexts({ trace }: CaptionView, cause: Cause): CaptionTexts {
  const { given, expected } = cause.mistake;
  return captionWords.mistake({
    given: shownText(given ?? ""),
    expected: expected === null ? null : shownText(expected),
    why: mistakeClause(trace, cause),
  });
}

function endTexts({ trace, step, problem, fullCache }: CaptionView): CaptionTexts {
  const unit = unitOf(trace);
  if (trace.end === "stopped") return captionWords.end.stopped();
  const verdict = runVerdict({ trace, step, isEnd: true }, problem);
  if (verdict.type === "unknown") return captionWords.end.unknown();
  const { headCount, promptCount, peakSlots } = traceIndex(trace);
  if (verdict.type === "right" && headCount > 0) {
    const most = trace.events.length === 0 ? null : peakSlots[step];
    return captionWords.end.right({
      answer: verdict.given ?? verdict.expected,
      unit,
      most,
      written: promptCount + step,
    });
  }
  const cause = causeOf(trace, step, problem, fullCache ?? null);
  const word = cause === null ? null : wordOf(cause.mistake.atStep);
  return captionWords.end.wrong({ answer: verdict.given, expected: verdict.expected, unit, word });
}
