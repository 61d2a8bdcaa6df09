// Why one token was kept or evicted in one head: the figures of the event that decided last, the reason in words, and
// what would have changed it. Pure.
import { evenLength, headRow, kvHeadOf, layerOf } from "../../cache/headRows";
import { numberOf, stepOf, type FormulaStep } from "../../policy/formula";
import { areScoresRecorded, noScoresReason } from "../../trace/recorded";
import { lastEventAtStep, lifetimes } from "../../trace/replay";
import {
  candidateCountOf,
  type EvictionEvent,
  type ModelSummary,
  type Trace,
  type TraceHeader,
} from "../../trace/trace";
import { lastStepInWindow, windowOfHead } from "../../trace/layerWindows";
import { signedNumber, writtenNumber } from "../../ui/numbers";
import type { FigureTable } from "../../ui/figure/figureTable";
import { focusHead, focusLabel, type Focus } from "../focus";
import { tokenLabel } from "../../trace/tokenText";
import type { TokenFacts } from "../tokenFacts";
import { exactCell, readCandidates, type Candidate, type Candidates } from "../score/candidates";
import {
  budgetWhatIf,
  decayCounterfactual,
  parameterWhatIf,
  weightCounterfactual,
  type WhatIf,
} from "./counterfactual";
import { evidenceRows, type EvidenceRow } from "./evidence";
import { firstLink } from "../../trace/carried";
import { droppedWords, mergedWords, mergeRows, type MergeRow } from "./merged";

export interface WhyRow {
  readonly symbol: string;
  readonly meaning: string;
  /** As it is in the trace. */
  readonly figure: number;
  /** The same in few digits. */
  readonly value: string;
  /** Z is the sum of these rows; the others lead up to them. */
  readonly isSummand: boolean;
}

export interface Why {
  readonly verdict: "kept" | "carried" | "evicted" | "window" | "none";
  readonly headline: string;
  readonly reason: string;
  readonly rows: readonly WhyRow[];
  readonly evidence: readonly EvidenceRow[];
  /** What became of it after it left, or whom its slot stands for; empty where the run merges nothing. */
  readonly merges: readonly MergeRow[];
  readonly whatIfs: readonly WhatIf[];
}

/** The event that decided last about a position in the focused head: the one that evicted it, else the last one. */
export function decidingEvent(trace: Trace, step: number, focus: Focus, position: number): EvictionEvent | null {
  const evictedAt = lifetimes(trace).evictedStep(focus.layer, focus.kvHead, position);
  return lastEventAtStep(trace, Math.min(step, evictedAt));
}

/** About a position that exists at the step, in the focused head. */
export function whyLayout(trace: Trace, step: number, focus: Focus, position: number): Why {
  const written = trace.header.promptTokens.length + step;
  if (position >= written)
    return plain("Not in the cache yet", "This step wrote it; the next one puts it into the cache.");
  return { ...scoredWhy(trace, step, focus, position), merges: mergeRows(trace, step, focus, position) };
}

function scoredWhy(trace: Trace, step: number, focus: Focus, position: number): Omit<Why, "merges"> {
  const head = focusHead(trace.header.model, focus);
  const window = windowOfHead(trace.header, head);
  if (window !== null) return windowWhy(trace, { step, head, position, window });
  const event = decidingEvent(trace, step, focus, position);
  if (event === null)
    return plain("Held", "Nothing has been evicted yet: no event has found the cache over its budget.");
  const row = headRow(event.positionsBefore, head);
  const slot = row.indexOf(position);
  if (slot < 0) return plain("Held, not scored yet", `It came after the last event, at step ${event.step}.`);
  if (slot >= candidateCountOf(event, head)) {
    const reason = `At the event of step ${event.step} it was among the newest ${event.windowSlots}, which always stay.`;
    return { ...plain("In the window: kept", reason), verdict: "window" };
  }
  if (!areScoresRecorded(event, head)) {
    const isKept = headRow(event.survivors, head).includes(slot);
    const headline = `${isKept ? "Kept" : "Evicted"} at step ${event.step}`;
    return { ...plain(headline, noScoresReason(event)), verdict: isKept ? "kept" : "evicted" };
  }
  const decision = scored(trace.header, event, readCandidates(trace, event, head), slot);
  const link = firstLink(trace, head, position, step);
  return {
    ...decision,
    ...(link !== null && mergedWords(trace, decision, link)),
    ...(event.merges !== undefined && link === null && decision.verdict === "evicted" && droppedWords(decision)),
    evidence: evidenceRows(trace, event, { head, slot }),
  };
}

interface WindowedToken {
  readonly step: number;
  readonly head: number;
  readonly position: number;
  readonly window: number;
}

/** In a layer with a window nothing is chosen: it keeps what it sees. */
function windowWhy(trace: Trace, { step, head, position, window }: WindowedToken): Why {
  const last = lastStepInWindow(trace, head, position);
  const only = `This layer sees only the newest ${window} tokens`;
  if (step <= last) {
    return plain(`In this layer’s window of ${window}`, `${only} and keeps all of them: no policy decides here.`);
  }
  const since = last < 0 ? "from the prompt on" : `since step ${last + 1}`;
  const isHeld =
    lifetimes(trace).evictedStep(layerOf(trace.header.model, head), kvHeadOf(trace.header.model, head), position) >
    step;
  const slot = isHeld ? "Its slot is freed by the next event." : "Its slot has been freed.";
  return plain(`Outside this layer’s window of ${window}`, `${only}, so that no query has seen it ${since}. ${slot}`);
}

function scored(
  header: TraceHeader,
  event: EvictionEvent,
  candidates: Candidates,
  slot: number,
): Omit<Why, "evidence" | "merges"> {
  const candidate = candidates.list[slot];
  const { total, rank, isKept } = candidate;
  const { cutOff, keptCount, list } = candidates;
  const place = `rank ${rank} of ${list.length}, of which ${keptCount} stay`;
  const changed = [decayCounterfactual(header, candidates, slot), weightCounterfactual(header, candidates, slot)];
  return {
    verdict: isKept ? "kept" : "evicted",
    headline: `${isKept ? "Kept" : "Evicted"} at step ${event.step}: ${place}`,
    reason: reasonOf(candidate, cutOff),
    rows: [
      ...partRows(header, candidate),
      { ...signed("Z", "total", total), isSummand: false },
      { ...signed("cut", "lowest that stayed", cutOff), isSummand: false },
      {
        ...signed("Z − cut", isKept ? "above the cut" : "below the cut", total === cutOff ? 0 : total - cutOff),
        isSummand: false,
      },
    ],
    whatIfs: [
      ...changed.filter((answer) => answer !== null).map((answer) => parameterWhatIf(answer, isKept)),
      budgetWhatIf(candidate, candidates, {
        windowSlots: event.windowSlots,
        isUneven: evenLength(event.survivors) === null,
      }),
    ],
  };
}

function partRows({ formula }: TraceHeader, { parts, total }: Candidate): readonly WhyRow[] {
  const rows: WhyRow[] = [];
  const add = (figure: number | null, symbol: string, meaning: string): void => {
    if (figure !== null) rows.push({ symbol, meaning, figure, value: writtenNumber(figure), isSummand: false });
  };
  add(parts.localRaw, "S", "window attention");
  if (parts.localRaw !== parts.local) add(parts.local, "S′", "normalised");
  const isNew = Number.isNaN(parts.history);
  add(
    parts.history,
    "α·C",
    isNew ? "never scored before: no past" : `past score × ${String(numberOf(formula, "decayed"))}`,
  );
  add(parts.global, "F", joinWords(stepOf(formula, "global")));
  add(
    parts.pooled,
    "Y",
    `highest ${parts.global === null ? "S" : "F"} of ${String(numberOf(formula, "pooled"))} slots`,
  );
  if (parts.redundancy === null) return rows;
  add(parts.redundancy, "R", "redundancy");
  const loss = -(1 - Number(numberOf(formula, "mixed"))) * parts.redundancy;
  const gain = `λ·${parts.pooled !== null ? "Y" : parts.global !== null ? "F" : "S"}`;
  rows.push(
    { ...signed(gain, "attention part", total - loss), isSummand: true },
    { ...signed("−(1 − λ)·R", "redundancy part", loss), isSummand: true },
  );
  return rows;
}

function joinWords(step: FormulaStep | undefined): string {
  switch (step?.operation) {
    case "largest":
      return "both joined: max";
    case "weighted":
      return "both joined: mean";
    case "added":
      return "both joined: sum";
    default:
      return "as carried on";
  }
}

function signed(symbol: string, meaning: string, figure: number): Omit<WhyRow, "isSummand"> {
  return { symbol, meaning, figure, value: signedNumber(figure) };
}

function reasonOf({ total, isKept, isNewcomer, parts, winner }: Candidate, cutOff: number): string {
  if (total === Infinity) return "The policy always keeps it.";
  if (isKept && total < cutOff) return "The prompt is protected: it stays, although its score is below the cut-off.";
  if (!isKept && total > cutOff) return "Protected tokens took its place, although its score is higher.";
  if (!isKept && total === cutOff)
    return "It ties with the last token that stayed. Of equal scores the older token stays.";
  const [past, present] = [writtenNumber(Number(parts.history)), writtenNumber(Number(parts.local))];
  if (winner === "history" && isKept) {
    return `Its past keeps it: α·C = ${past} against ${present} now.`;
  }
  if (winner === "history") return `Its past has faded to α·C = ${past}, and little attention came since.`;
  if (winner === "local" && isKept) {
    return `The attention it gets now outweighs its past: ${present} against α·C = ${past}.`;
  }
  if (isNewcomer && !isKept) return "Scored here for the first time; too low to stay.";
  return isKept ? "Its score is above the cut-off." : "Its score is below the cut-off.";
}

function plain(headline: string, reason: string): Why {
  return { verdict: "none", headline, reason, rows: [], evidence: [], merges: [], whatIfs: [] };
}

interface WhyTableRequest {
  readonly facts: Pick<TokenFacts, "text" | "position" | "evictedSteps" | "carriers">;
  readonly focus: Focus;
  readonly model: ModelSummary;
}

/** The card as rows: figures with all digits, thresholds, and the fate of the token in every head. */
export function whyTable({ headline, rows, evidence, merges, whatIfs }: Why, of: WhyTableRequest): FigureTable {
  const { facts, focus, model } = of;
  return {
    caption: `“${tokenLabel(facts.text)}”, position ${facts.position}, in ${focusLabel(focus)}. ${headline}`,
    columns: ["quantity", "meaning", "value"],
    rows: [
      ...rows.map(({ symbol, meaning, figure }) => [symbol, meaning, exactCell(figure)]),
      ...evidence.map(({ label, text, figure }) => [label, text, figure]),
      ...merges.map(({ label, text, figure }) => [label, text, figure]),
      ...whatIfs.map(({ symbol, text, exact }) => [`what if: ${symbol}`, text, exact]),
      ...facts.evictedSteps.map((evictedAt, head) => {
        const place = focusLabel({ layer: layerOf(model, head), kvHead: kvHeadOf(model, head) });
        const carrier = facts.carriers[head];
        if (carrier >= 0) return [place, `evicted at step ${evictedAt}; position that carries it`, carrier];
        return [place, "step of the event that evicted it", evictedAt === Infinity ? "held" : evictedAt];
      }),
    ],
  };
}

/** The two tokens on either side of the cut at the last event: those most worth looking at. */
interface ClosestCall {
  readonly step: number;
  readonly keptPosition: number;
  readonly evictedPosition: number;
  readonly margin: number;
}

/** Null before the first event, and if no score decided, as in a layer with a window. */
export function closestCall(trace: Trace, step: number, focus: Focus): ClosestCall | null {
  const event = lastEventAtStep(trace, step);
  const isChosen = windowOfHead(trace.header, focusHead(trace.header.model, focus)) === null;
  if (event === null || !isChosen) return null;
  const { ranked, keptCount, margin } = readCandidates(trace, event, focusHead(trace.header.model, focus));
  const [kept, evicted] = [ranked.at(keptCount - 1), ranked.at(keptCount)];
  if (keptCount === 0 || kept === undefined || evicted === undefined || !Number.isFinite(kept.total)) return null;
  return { step: event.step, keptPosition: kept.position, evictedPosition: evicted.position, margin };
}
