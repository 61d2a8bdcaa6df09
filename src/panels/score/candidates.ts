// The candidates of one layer and KV head at one event, with every figure that entered the decision and the place that
// it gave them. Pure; the bars, the table, the histograms and the why card read it.
import { headRow } from "../../cache/headRows";
import { admissionOrder, protectedCandidates, type AdmissionRow } from "../../policy/admission";
import { numberOf, type Formula } from "../../policy/formula";
import { latestOf } from "../../trace/latest";
import type { EvictionEvent, Trace, TraceHeader } from "../../trace/trace";
import { tokenLabel, tokenText } from "../tokenFacts";

export interface Candidate {
  readonly slot: number;
  /** Its slot once the event is over, null if it goes. */
  readonly newSlot: number | null;
  readonly position: number;
  readonly text: string;
  readonly isKept: boolean;
  /** 1 = best: must stay, then protected, then the higher total, then the lower slot. The first `keptCount` stay. */
  readonly rank: number;
  readonly total: number;
  /** Its total is the cut-off, and not all who have it stayed. */
  readonly isTied: boolean;
  /** The policy carries scores and this one has none yet. */
  readonly isNewcomer: boolean;
  /** Which side brought more into F, where there was a past. */
  readonly winner: "history" | "local" | null;
  /** Null where the policy has no such part. History is NaN for a newcomer. */
  readonly parts: Readonly<Record<PartName, number | null>>;
}

export const partNames = ["localRaw", "local", "history", "global", "pooled", "redundancy"] as const;
export type PartName = (typeof partNames)[number];

export interface Candidates {
  /** What decided: totals and protection. */
  readonly row: AdmissionRow;
  readonly list: readonly Candidate[]; // by slot
  readonly ranked: readonly Candidate[]; // by rank
  /** Candidates that stay: k. */
  readonly keptCount: number;
  readonly cutOff: number;
  /** Cut-off minus the best total that left. */
  readonly margin: number;
}

/** Memoised: several panels ask for the same head, and one of them at every hover. */
export function readCandidates(trace: Trace, event: EvictionEvent, head: number): Candidates {
  return latestOf(trace, ["candidates", event, head], () => newCandidates(trace, event, head));
}

function newCandidates(trace: Trace, event: EvictionEvent, head: number): Candidates {
  const positions = headRow(event.positionsBefore, head);
  const newSlots = new Map(Array.from(headRow(event.survivors, head), (slot, newSlot) => [slot, newSlot]));
  const row = admissionRow(trace.header, event, head);
  const order = [...admissionOrder(row)];
  const ranks = new Int32Array(order.length);
  order.forEach((slot, place) => (ranks[slot] = place + 1));
  const list = Array.from(row.total, (total, slot): Candidate => {
    const position = positions[slot];
    const parts = partsAt(event, head, slot);
    return {
      slot,
      newSlot: newSlots.get(slot) ?? null,
      position,
      text: tokenLabel(tokenText(trace, position)),
      isKept: newSlots.has(slot),
      rank: ranks[slot],
      total,
      isTied: event.margin[head] === 0 && total === event.cutOff[head] && Number.isFinite(total),
      isNewcomer: Number.isNaN(parts.history),
      winner: winnerOf(trace.header.formula, parts),
      parts,
    };
  });
  return {
    row,
    list,
    ranked: order.map((slot) => list[slot]),
    keptCount: list.reduce((count, candidate) => count + Number(candidate.isKept), 0),
    cutOff: event.cutOff[head],
    margin: event.margin[head],
  };
}

function admissionRow({ parameters, promptTokens }: TraceHeader, event: EvictionEvent, head: number): AdmissionRow {
  const total = headRow(event.total, head);
  const positions = headRow(event.positionsBefore, head);
  const place = { positions, candidateCount: total.length, promptCount: promptTokens.length };
  return { total, isProtected: protectedCandidates(place, parameters.isPromptProtected === true) };
}

function partsAt({ parts }: EvictionEvent, head: number, slot: number): Record<PartName, number | null> {
  const read = (name: PartName): number | null =>
    name in parts ? (headRow(parts[name], head).at(slot) ?? null) : null;
  return {
    localRaw: read("localRaw"),
    local: read("local"),
    history: read("history"),
    global: read("global"),
    pooled: read("pooled"),
    redundancy: read("redundancy"),
  };
}

/** Whether the past or the present brought more into F; null where a token had no past or the policy keeps none. */
export function winnerOf(
  formula: Formula | null,
  { history, local }: Pick<Candidate["parts"], "history" | "local">,
): "history" | "local" | null {
  if (history === null || local === null || Number.isNaN(history)) return null;
  return history > presentShare(formula, local) ? "history" : "local";
}

/** What the present brings into F: all of S, of which a mean takes 1 − α. */
export function presentShare(formula: Formula | null, local: number): number {
  const decay = numberOf(formula, "weighted");
  return decay === null ? local : (1 - decay) * local;
}

/** The attention part as it enters Z: pooled, else joined with the past, else as measured. Null where none is measured. */
export function attentionPart({ parts }: Candidate): number | null {
  return parts.pooled ?? parts.global ?? parts.local;
}
