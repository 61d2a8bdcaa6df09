// The cause of a first mistake in words: one clause for a caption, a few short sentences for the card. Pure; the words
// themselves stand in words/en/cause.ts.
import { unreachable } from "../../lib/errors";
import { kvHeadOf, layerOf } from "../../cache/headRows";
import type { RunVerdict } from "../../panels/header/verdict";
import type { Formula } from "../../policy/formula";
import { scoreBeats } from "../../trace/decisionBeats";
import { hasMerges } from "../../trace/carried";
import type { Trace } from "../../trace/trace";
import { writtenNumber, writtenShare } from "../../ui/numbers";
import { causeWords, endWords } from "../../words/en/cause";
import type { CaptionTexts, RuleSort, Unit } from "../../words/en/captions";
import { hasWordTokens, type Cause } from "./cause";
import { shownText, wordLabel } from "./watchText";

const { card, clauses } = causeWords;

/** What a caption says of the cause; nothing where it cannot be told. */
export function mistakeClause(trace: Trace, cause: Cause): CaptionTexts {
  switch (cause.type) {
    case "unfinished":
    case "form":
      return clauses.none();
    case "unknown": {
      const { need, heldCount, carriedCount, headCount } = cause;
      return clauses.unknown({ kind: need.kind, owner: need.owner ?? "", heldCount, carriedCount, headCount });
    }
    case "held": {
      const names = { kind: cause.need.kind, owner: cause.need.owner ?? "" };
      return isUnread(cause) ? clauses.unread(names) : clauses.held(names);
    }
    case "evicted": {
      const [first] = cause.lost;
      const wordsBefore = cause.mistake.atStep - first.eviction.step;
      const { kind, owner } = cause.need;
      const { mergedInto } = first.eviction;
      const of = { kind, owner: owner ?? "", head: headText(trace, first.head), wordsBefore, unit: unitOf(trace) };
      return mergedInto === null
        ? clauses.evicted({ ...of, isMerging: hasMerges(trace) })
        : clauses.merged({ ...of, into: wordLabel(trace, mergedInto) });
    }
    default:
      return unreachable(cause);
  }
}

/** The card: at most six short sentences. */
export function causeSentences(trace: Trace, cause: Cause): readonly string[] {
  const unit = unitOf(trace);
  const { given, expected, atStep } = cause.mistake;
  if (cause.type === "unfinished") return [card.unfinished({ unit, word: wordOf(atStep) })];
  const wrote = card.wrote({
    unit,
    word: wordOf(atStep),
    given: shownText(given ?? ""),
    expected: expected === null ? null : shownText(expected),
  });
  switch (cause.type) {
    case "form":
      return [wrote, card.form, missedText(trace, cause)];
    case "unknown":
      return [
        wrote,
        neededText(trace, cause),
        othersText(cause),
        cause.missed.length > 0 ? missedText(trace, cause) : card.noReaders,
      ];
    case "held":
      return [
        wrote,
        neededText(trace, cause),
        readersText(trace, cause),
        isUnread(cause) ? card.unread({ count: cause.readers.length }) : card.held({ count: cause.readers.length }),
        missedText(trace, cause),
      ];
    case "evicted": {
      const saved = savedText(cause);
      return [
        wrote,
        neededText(trace, cause),
        readersText(trace, cause),
        `${evictedText(trace, cause)} ${othersText(cause)}`,
        ...(saved === null ? [] : [saved]),
      ];
    }
    default:
      return unreachable(cause);
  }
}

/** What became of a run, in one sentence that says more than its verdict. */
export function outcomeText(trace: Trace, verdict: RunVerdict, cause: Cause | null): string {
  const { outcomes } = endWords;
  const unit = unitOf(trace);
  const { budgetSlots } = trace.header.parameters;
  switch (verdict.type) {
    case "right":
      if (cause !== null) return outcomes.slip(wordOf(cause.mistake.atStep), unit);
      return trace.events.length === 0 ? outcomes.rightWithAll : outcomes.right(Number(budgetSlots), unit);
    case "wrong":
      if (cause === null) return outcomes.wrongSomewhere;
      if (cause.type === "evicted") {
        const isMerged = cause.lost[0].eviction.mergedInto !== null;
        const verb = isMerged ? "merged" : hasMerges(trace) ? "dropped" : "evicted";
        return outcomes.lost(cause.need.kind, cause.need.owner ?? "", verb);
      }
      if (cause.type === "held" && isUnread(cause)) return outcomes.unread(cause.need.kind, cause.need.owner ?? "");
      return outcomes.wrong(wordOf(cause.mistake.atStep), unit);
    case "open":
    case "unknown":
      return outcomes.over;
    default:
      return unreachable(verdict);
  }
}

/** The head that reads it most held it and did not read it. */
function isUnread({ readers }: Extract<Cause, { type: "held" }>): boolean {
  return readers[0].isUnread;
}

type WithNeed = Extract<Cause, { need: unknown }>;

function neededText(trace: Trace, { need }: WithNeed): string {
  const { promptTokens } = trace.header;
  const said = wordLabel(trace, need.source);
  const word = need.source - promptTokens.length;
  const place = word < 0 ? card.inPrompt : card.atWord({ unit: unitOf(trace), word: wordOf(word) });
  return card.needed({ kind: need.kind, owner: need.owner ?? "", said, place });
}

function readersText(trace: Trace, cause: WithNeed): string {
  const { evidence, observedCount } = cause;
  const [first] = cause.type === "evicted" ? cause.lost : cause.readers;
  const head = headText(trace, first.head);
  const share = attentionShare(trace, first.attention);
  const isFullStop = first.position === cause.need.summary && first.position !== cause.need.source;
  if (evidence !== "earlier") return card.readers[evidence]({ head, share, at: isFullStop ? card.atItsFullStop : "" });
  const at = isFullStop ? card.atFullStop : "";
  return card.readers.earlier({ head, share, at, times: observedCount, unit: unitOf(trace) });
}

function evictedText(trace: Trace, { lost, mistake }: Extract<Cause, { type: "evicted" }>): string {
  const { step, missedBy, carrier, mergedInto } = lost[0].eviction;
  const at = { unit: unitOf(trace), word: wordOf(step), wordsBefore: mistake.atStep - step };
  const when =
    mergedInto === null
      ? card.evicted({ ...at, isMerging: hasMerges(trace) })
      : card.merged({
          ...at,
          into: wordLabel(trace, mergedInto),
          carrier: carrier === null ? null : wordLabel(trace, carrier),
        });
  // Only scores have a distance that says something.
  if (missedBy === null || missedBy < 0 || ruleSort(trace.header.formula) !== "score") return when;
  return `${when} ${missedBy === 0 ? card.tied : card.missedBy(writtenNumber(missedBy))}`;
}

export function ruleSort(formula: Formula | null): RuleSort {
  const [first] = scoreBeats(formula);
  return first === "recency" || first === "draw" ? first : "score";
}

function othersText({ heldCount, carriedCount, headCount }: WithNeed): string {
  return card.others({ heldCount, carriedCount, headCount });
}

function missedText(trace: Trace, { missed }: Extract<Cause, { missed: unknown }>): string {
  const first = missed.at(0);
  if (first === undefined) return card.cannotTell;
  const text = wordLabel(trace, first.position);
  const heads = new Set(missed.map(({ head }) => head));
  return card.missed({
    count: heads.size,
    text,
    head: headText(trace, first.head),
    share: attentionShare(trace, first.attention),
    verb: !hasMerges(trace) ? "evicted" : first.eviction.carrier === null ? "dropped" : "merged into another slot",
  });
}

function savedText({ rescue }: Extract<Cause, { type: "evicted" }>): string | null {
  if (rescue === null) return null;
  const { budgetSlots, budgetInForce, decay, weight } = rescue;
  return card.saved({
    ways: [
      card.budget({ least: budgetSlots, inForce: budgetInForce }),
      ...(decay === null ? [] : [card.decay(decay)]),
      ...(weight === null ? [] : [card.weight(weight)]),
    ],
  });
}

/** Words are counted from 1, as the time line of Watch does. */
export function wordOf(step: number): number {
  return step + 1;
}

function headText({ header }: Trace, head: number): string {
  return causeWords.headName(layerOf(header.model, head), kvHeadOf(header.model, head));
}

/** Of a head whose queries are several, the record has the largest. */
export function attentionShare({ header }: Trace, share: number): string {
  const { headCount, kvHeadCount } = header.model;
  return `${headCount > kvHeadCount ? "up to " : ""}${writtenShare(share)}`;
}

export function unitOf(trace: Trace): Unit {
  return hasWordTokens(trace) ? "word" : "token";
}
