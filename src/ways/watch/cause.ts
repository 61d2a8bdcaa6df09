// Why a run went wrong: the fact that its first wrong word is read from, the heads that read such facts, and which of them
// had evicted it by then. Pure, from the trace and the problem's own links; where those don't tell, neither does this.
import { headCountOf, headRow, rowLength } from "../../cache/headRows";
import { readCandidates } from "../../panels/score/candidates";
import {
  decayCounterfactual,
  leastBudget,
  parameterWhatIf,
  weightCounterfactual,
  type Counterfactual,
} from "../../panels/why/counterfactual";
import { judgeTrace, type TraceFault } from "../../problems/judge";
import { neededWords, type Need } from "../../problems/neededWords";
import { tokensOf, type Problem } from "../../problems/problem";
import { traceRoles } from "../../problems/traceRoles";
import { generatedText } from "../../trace/figures";
import { latestOf } from "../../trace/latest";
import { tokenFate } from "../../trace/carried";
import { readMarks } from "../../trace/reading";
import { cacheSeenByStep, eventAtStep, positionToSlot, seenPosition, slotsSeenByStep } from "../../trace/replay";
import { keptCountOf, type Trace } from "../../trace/trace";
import { NEVER, traceIndex } from "../../trace/traceIndex";

/** The first word that the reference does not have. */
export interface FirstMistake extends TraceFault {
  /** Step that generated it. */
  readonly atStep: number;
}

/** How the heads that read such facts are known. */
export type Evidence =
  /** A full cache fed the same words: what each of its heads looked at when this word was due. */
  | "fullCache"
  /** What the full cache still looked at among what this run had evicted, measured along with the run. */
  | "comparison"
  /** What the run's own heads looked at when earlier words of this sort were due, and were right. */
  | "earlier";

/** A head that reads facts of this sort, and what became of this one there. */
export interface ReadingHead {
  readonly head: number;
  /** Where it reads: at the word itself, or at the full stop behind it. */
  readonly position: number;
  /** Share of its attention, 0 … 1: a mean where it was measured at several words. */
  readonly attention: number;
  /** Null while it still held the position. */
  readonly eviction: FactEviction | null;
  /** It held the position, and its query did not read it when the word was due. */
  readonly isUnread: boolean;
}

export interface FactEviction {
  readonly step: number;
  /** Whose slot still stood for it when the word was due; null: it was gone. */
  readonly carrier: number | null;
  /** Who took it in at the event; null: nobody. */
  readonly mergedInto: number | null;
  /** Cut-off minus its total: how far it was from staying. Null where no scores decided. */
  readonly missedBy: number | null;
}

/** What would have kept it at the event that evicted it, with everything before as it was. Null: that parameter decides nothing, or no value keeps it. */
export interface Rescue {
  readonly budgetSlots: number;
  readonly budgetInForce: number;
  /** "α ≥ 0.86" */
  readonly decay: string | null;
  readonly weight: string | null;
}

interface CauseOfNeed {
  readonly need: Need;
  /** Strongest first; none if it can't be told. */
  readonly readers: readonly ReadingHead[];
  readonly evidence: Evidence;
  /** At how many earlier words the readers were observed; 0 for other evidence. */
  readonly observedCount: number;
  /** Heads that held the word itself, or the place that the strongest reader reads, when it was due. */
  readonly heldCount: number;
  /** Heads in which another token's slot stood for it. */
  readonly carriedCount: number;
  readonly headCount: number;
}

/** What the heads of a full cache looked at when the word was due, and the same heads of this run had evicted; strongest first. */
type Missed = { readonly missed: readonly LostHead[] };

type LostHead = ReadingHead & { readonly eviction: FactEviction };

export type Cause =
  /** The text ended too early, right as far as it goes. */
  | { readonly type: "unfinished"; readonly mistake: FirstMistake }
  /** A word of mere form, or one too many: it is read from nothing. */
  | ({ readonly type: "form"; readonly mistake: FirstMistake } & Missed)
  /** A reading head had evicted the fact. `lost` are those heads, strongest first. */
  | ({
      readonly type: "evicted";
      readonly mistake: FirstMistake;
      readonly lost: readonly LostHead[];
      readonly rescue: Rescue | null;
    } & CauseOfNeed)
  /** Every reading head still held it: the cause lies elsewhere. */
  | ({ readonly type: "held"; readonly mistake: FirstMistake } & CauseOfNeed & Missed)
  /** No head is known to read it. */
  | ({ readonly type: "unknown"; readonly mistake: FirstMistake } & CauseOfNeed & Missed);

/** A head that gives less of its attention than this does not count as reading, nor one far behind the strongest. */
const LEAST_ATTENTION = 0.2;
const SHARE_OF_STRONGEST = 0.6;

/** Null for a run without a mistake up to this step, and where none can be told. `fullCache`: a run of the same prompt without eviction, if there is one. */
export function causeOf(
  trace: Trace,
  step: number,
  problem: Problem | null,
  fullCache: Trace | null = null,
): Cause | null {
  const isEnd = trace.end !== null && step === trace.steps.length - 1;
  const mistake = firstMistake(trace, step, { problem, isEnd });
  if (mistake === null || problem === null) return null;
  return latestOf(trace, ["causeOf", problem, mistake.atStep, fullCache], () =>
    newCause({ trace, problem, mistake, fullCache }),
  );
}

/** `isEnd`: a text that is over and too short counts. */
export function firstMistake(
  trace: Trace,
  step: number,
  { problem, isEnd }: { readonly problem: Problem | null; readonly isEnd: boolean },
): FirstMistake | null {
  return latestOf(trace, ["firstMistake", step, problem, isEnd], () => newFirstMistake(trace, step, problem, isEnd));
}

function newFirstMistake(trace: Trace, step: number, problem: Problem | null, isEnd: boolean): FirstMistake | null {
  if (problem === null || problem.prompt !== trace.header.promptText || !hasWordTokens(trace)) return null;
  const fault = judgeTrace(problem, generatedText(trace, step)).firstFault;
  if (fault === null || (fault.kind === "unfinished" && !isEnd)) return null;
  const atStep = Math.min(fault.position - trace.header.promptTokens.length, trace.steps.length - 1);
  return { ...fault, atStep };
}

/** One word of the prompt is one token, so positions of words are positions of tokens. */
export function hasWordTokens({ header }: Trace): boolean {
  const { promptTokens, promptText } = header;
  return latestOf(header, ["hasWordTokens"], () => promptTokens.length === tokensOf(promptText).length);
}

interface Question {
  readonly trace: Trace;
  readonly problem: Problem;
  readonly mistake: FirstMistake;
  readonly fullCache: Trace | null;
}

function newCause(question: Question): Cause {
  const { trace, problem, mistake } = question;
  if (mistake.kind === "unfinished") return { type: "unfinished", mistake };
  const needs = neededWords(problem).at(mistake.position - trace.header.promptTokens.length) ?? [];
  const found = needs.map((need, place) => causeOfNeed(question, need, place));
  // Of several words that are needed, one that a reading head had evicted explains most.
  const worst = found.find(isLost) ?? found.find(({ readers }) => readers.length > 0) ?? found.at(0);
  const missed = missedBy(question);
  if (worst === undefined) return { type: "form", mistake, missed };
  if (worst.readers.length === 0) return { type: "unknown", mistake, missed, ...worst };
  const lost = evictedOf(worst.readers);
  if (lost.length === 0) return { type: "held", mistake, missed, ...worst };
  return { type: "evicted", mistake, lost, rescue: rescueOf(trace, lost[0]), ...worst };
}

function evictedOf(readers: readonly ReadingHead[]): readonly LostHead[] {
  return readers.flatMap((reader) => (reader.eviction === null ? [] : [{ ...reader, eviction: reader.eviction }]));
}

function missedBy({ trace, mistake: { atStep }, fullCache }: Question): readonly LostHead[] {
  if (fullCache === null || !isTwin(fullCache, trace, atStep)) return [];
  const everywhere = Array.from({ length: mistakePosition(trace, atStep) }, (_, position) => position);
  const readers = marksAt(fullCache, atStep, everywhere)
    .filter(({ attention }) => attention >= LEAST_ATTENTION)
    .sort((one, other) => other.attention - one.attention)
    .map((mark) => readingHead(trace, mark, atStep));
  return evictedOf(readers);
}

/** Positions that a step's forward could have seen. */
function mistakePosition({ header }: Trace, step: number): number {
  return header.promptTokens.length + step;
}

function isLost({ readers }: CauseOfNeed): boolean {
  return readers.some(({ eviction }) => eviction !== null);
}

function causeOfNeed(question: Question, need: Need, place: number): CauseOfNeed {
  const { trace, mistake } = question;
  const { headCount, evictedSteps } = traceIndex(trace);
  const read = readsOf(question, need, place);
  const strongest = read.marks.reduce((most, { attention }) => Math.max(most, attention), 0);
  const readers = read.marks
    .filter(({ attention }) => attention >= Math.max(LEAST_ATTENTION, SHARE_OF_STRONGEST * strongest))
    .sort((one, other) => other.attention - one.attention)
    .map((mark) => readingHead(trace, mark, mistake.atStep));
  const position = readers.at(0)?.position ?? need.source;
  const heldCount = Array.from({ length: headCount }, (_, head) => evictedSteps[position * headCount + head]).filter(
    (step) => step >= mistake.atStep,
  ).length;
  const carriedCount = Array.from({ length: headCount }, (_, head) =>
    tokenFate(trace, head, position, mistake.atStep - 1),
  ).filter(({ type }) => type === "carried").length;
  return { need, readers: oneForEachHead(readers), ...read, heldCount, carriedCount, headCount };
}

/** A head that looks at two places of one fact reads it where it looks most. */
function oneForEachHead(readers: readonly ReadingHead[]): readonly ReadingHead[] {
  return readers.filter(({ head }, at) => readers.findIndex((other) => other.head === head) === at);
}

function readingHead(trace: Trace, mark: Mark, step: number): ReadingHead {
  const { head, position } = mark;
  const slot = positionToSlot(cacheSeenByStep(trace, step), head, position);
  const isUnread = slot >= 0 && readMarks(trace, step, head)?.[slot] === 0;
  return { ...mark, eviction: evictionOf(trace, mark, step), isUnread };
}

/** An event at the step itself comes after its forward: the word was chosen with what was there before. */
function evictionOf(trace: Trace, { head, position }: Mark, step: number): FactEviction | null {
  const { headCount, evictedSteps } = traceIndex(trace);
  const evictedAt = evictedSteps[position * headCount + head];
  if (evictedAt === NEVER || evictedAt >= step) return null;
  const event = eventAtStep(trace, evictedAt);
  const total =
    event === null ? NaN : headRow(event.total, head)[headRow(event.positionsBefore, head).indexOf(position)];
  const missedBy = event === null ? NaN : event.cutOff[head] - total;
  const fate = tokenFate(trace, head, position, step - 1);
  return {
    step: evictedAt,
    carrier: fate.type === "carried" ? fate.by : null,
    mergedInto: fate.type === "held" ? null : (fate.links.at(0)?.carrier ?? null),
    missedBy: Number.isFinite(missedBy) ? missedBy : null,
  };
}

/** Attention of one head to one place of a fact. */
interface Mark {
  readonly head: number;
  readonly position: number;
  readonly attention: number;
}

interface Reads {
  readonly marks: readonly Mark[];
  readonly evidence: Evidence;
  readonly observedCount: number;
}

/** From the best evidence that there is. */
function readsOf(question: Question, need: Need, place: number): Reads {
  const { trace, mistake, fullCache } = question;
  const places = placesOf(need);
  if (fullCache !== null && isTwin(fullCache, trace, mistake.atStep)) {
    return { marks: marksAt(fullCache, mistake.atStep, places), evidence: "fullCache", observedCount: 0 };
  }
  const compared = comparedMarks(trace, mistake.atStep, places);
  if (compared.length > 0) return { marks: compared, evidence: "comparison", observedCount: 0 };
  return earlierReads(question, need, place);
}

function placesOf({ source, summary }: Need): readonly number[] {
  return summary === null || summary === source ? [source] : [source, summary];
}

/** A run that evicts nothing and was fed the same words up to this step. */
function isTwin(twin: Trace, trace: Trace, step: number): boolean {
  return (
    twin.events.length === 0 &&
    twin.steps.length > step &&
    twin.header.promptText === trace.header.promptText &&
    twin.header.model.digest === trace.header.model.digest &&
    trace.steps.slice(0, step).every(({ token }, past) => twin.steps[past].token === token)
  );
}

function marksAt(trace: Trace, step: number, places: readonly number[]): readonly Mark[] {
  const heads = Array.from({ length: headCountOf(trace.header.model) }, (_, head) => head);
  return heads.flatMap((head) =>
    places.flatMap((position) => {
      const attention = attentionTo(trace, { step, head, position });
      return attention === null ? [] : [{ head, position, attention }];
    }),
  );
}

/** Share of a head's attention that a step's newest query paid to a position, 0 … 1; null if the head had evicted it or nothing was recorded. */
function attentionTo(
  trace: Trace,
  { step, head, position }: { readonly step: number; readonly head: number; readonly position: number },
): number | null {
  const { attention, attentionScale } = trace.steps[step];
  const seen = slotsSeenByStep(trace, step);
  let [low, high] = [0, rowLength(attention, head) - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = seenPosition(seen, head, middle);
    if (at === position) return (headRow(attention, head)[middle] / 255) * attentionScale[head];
    if (at < position) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}

/**
 * Of a run that was compared with the full cache: it recorded what a position that was evicted would still have received,
 * summed over the heads that evicted it. Only where one head did is it known whose attention that is.
 */
function comparedMarks(trace: Trace, step: number, places: readonly number[]): readonly Mark[] {
  const regret = trace.steps[step].comparison?.regret;
  if (regret === undefined) return [];
  const { headCount, evictedSteps } = traceIndex(trace);
  const evictedFrom = (position: number): readonly number[] =>
    Array.from({ length: headCount }, (_, head) => head).filter(
      (head) => evictedSteps[position * headCount + head] < step,
    );
  let row = 0;
  const marks: Mark[] = [];
  for (let position = 0; position <= Math.max(...places); position++) {
    const heads = evictedFrom(position);
    if (heads.length === 0) continue;
    const attention = regret[row++];
    if (heads.length === 1 && places.includes(position) && attention >= LEAST_ATTENTION) {
      marks.push({ head: heads[0], position, attention });
    }
  }
  return marks;
}

/** Attention paid when earlier words of this sort were due, while the head still held what it read: first those of the same role, else of the same sort of fact. */
function earlierReads({ trace, problem, mistake }: Question, need: Need, place: number): Reads {
  const roles = traceRoles(problem);
  const needs = neededWords(problem);
  const wrongWord = mistake.position - trace.header.promptTokens.length;
  const earlier = needs.slice(0, wrongWord).flatMap((ofWord, word) =>
    ofWord.flatMap((other, at) => {
      const isSameRole = roles[word] === roles[wrongWord] && at === place;
      return other.kind === need.kind ? [{ word, other, isSameRole }] : [];
    }),
  );
  const sameRole = earlier.filter(({ isSameRole }) => isSameRole);
  const observed = sameRole.length > 0 ? sameRole : earlier;
  const sums = new Map<string, { head: number; isSummary: boolean; sum: number; count: number }>();
  for (const { word, other } of observed) {
    for (const { head, position, attention } of marksAt(trace, word, placesOf(other))) {
      const isSummary = position === other.summary;
      const key = `${head} ${String(isSummary)}`;
      const { sum, count } = sums.get(key) ?? { sum: 0, count: 0 };
      sums.set(key, { head, isSummary, sum: sum + attention, count: count + 1 });
    }
  }
  const marks = [...sums.values()].map(({ head, isSummary, sum, count }) => ({
    head,
    position: isSummary && need.summary !== null ? need.summary : need.source,
    attention: sum / count,
  }));
  return { marks, evidence: "earlier", observedCount: observed.length };
}

function rescueOf(trace: Trace, { head, position, eviction }: ReadingHead): Rescue | null {
  const event = eviction === null ? null : eventAtStep(trace, eviction.step);
  if (event === null) return null;
  const candidates = readCandidates(trace, event, head);
  const slot = headRow(event.positionsBefore, head).indexOf(position);
  const candidate = candidates.list.at(slot);
  if (slot < 0 || candidate === undefined) return null;
  return {
    budgetSlots: leastBudget(candidate, event.windowSlots),
    budgetInForce: keptCountOf(event, head),
    decay: keptIf(decayCounterfactual(trace.header, candidates, slot)),
    weight: keptIf(weightCounterfactual(trace.header, candidates, slot)),
  };
}

/** "α ≥ 0.86" */
function keptIf(counterfactual: Counterfactual | null): string | null {
  if (counterfactual === null) return null;
  const { text } = parameterWhatIf(counterfactual, false);
  return text.startsWith(KEPT_IF) ? text.slice(KEPT_IF.length) : null;
}

const KEPT_IF = "kept if ";

/** Where to look at a cause: the step of the wrong word, the head that should have read the fact, and the fact. */
export function causePlace(cause: Cause): {
  readonly step: number;
  readonly head: number | null;
  readonly position: number | null;
} {
  const step = cause.mistake.atStep;
  if (cause.type === "unfinished" || cause.type === "form") return { step, head: null, position: null };
  const reader = cause.type === "evicted" ? cause.lost[0] : cause.readers.at(0);
  return { step, head: reader?.head ?? null, position: reader?.position ?? cause.need.source };
}
