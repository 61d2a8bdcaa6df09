// The candidates of one layer and KV head at one event, with every figure that entered the decision and the rank that
// came of it. Pure; the bars, the table, the histograms and the why card read it.
import { headRow } from "../../cache/headRows";
import { admissionOrder, type AdmissionRow } from "../../policy/admission";
import { numberOf, type Formula } from "../../policy/formula";
import { latestOf } from "../../trace/latest";
import { protectedInHead } from "../../trace/layerWindows";
import type { EvictionEvent, Trace, TraceHeader } from "../../trace/trace";
import { writtenNumber } from "../../ui/numbers";
import type { FigureTable } from "../../ui/figure/figureTable";
import { focusLabel, type Focus } from "../focus";
import { tokenLabel, tokenText } from "../../trace/tokenText";

export interface Candidate {
  readonly slot: number;
  /** Its slot after the event; null if it is evicted. */
  readonly newSlot: number | null;
  readonly position: number;
  readonly text: string;
  readonly isKept: boolean;
  /** Its place in the order of admission, from 1. The first `keptCount` stay. */
  readonly rank: number;
  readonly total: number;
  /** Its total is the cut-off, and a candidate with the same total was evicted. */
  readonly isTied: boolean;
  /** The policy carries scores and this one has none yet. */
  readonly isNewcomer: boolean;
  /** Which brought more into F, the past or the present; null if the token has no past or the policy keeps none. */
  readonly winner: "history" | "local" | null;
  /** Null for a part that the policy does not have. History is NaN for a newcomer. */
  readonly parts: Readonly<Record<PartName, number | null>>;
}

const partNames = ["localRaw", "local", "history", "global", "pooled", "redundancy"] as const;
export type PartName = (typeof partNames)[number];

export interface Candidates {
  /** What decided: totals and protection. */
  readonly row: AdmissionRow;
  readonly list: readonly Candidate[]; // by slot
  readonly ranked: readonly Candidate[]; // by rank
  /** k: how many candidates stay. */
  readonly keptCount: number;
  readonly cutOff: number;
  /** Cut-off minus the highest total evicted. */
  readonly margin: number;
}

/** Remembered, because several panels ask for the same head, the why card at every hover. */
export function readCandidates(trace: Trace, event: EvictionEvent, head: number): Candidates {
  return latestOf(trace, ["candidates", event, head], () => newCandidates(trace, event, head));
}

function newCandidates(trace: Trace, event: EvictionEvent, head: number): Candidates {
  const positions = headRow(event.positionsBefore, head);
  const newSlots = new Map(Array.from(headRow(event.survivors, head), (slot, newSlot) => [slot, newSlot]));
  const row = admissionRow(trace.header, event, head);
  const order = [...admissionOrder(row)];
  const partsAt = partReader(event, head);
  const ranks = new Int32Array(order.length);
  order.forEach((slot, place) => (ranks[slot] = place + 1));
  const list = Array.from(row.total, (total, slot): Candidate => {
    const position = positions[slot];
    const parts = partsAt(slot);
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

function admissionRow(header: TraceHeader, event: EvictionEvent, head: number): AdmissionRow {
  const total = headRow(event.total, head);
  const positions = headRow(event.positionsBefore, head);
  return { total, isProtected: protectedInHead(header, head, { positions, candidateCount: total.length }) };
}

/** Reads the parts of a slot. */
function partReader({ parts }: EvictionEvent, head: number): (slot: number) => Candidate["parts"] {
  const rowOf = (name: PartName) => (name in parts ? headRow(parts[name], head) : null);
  const [localRaw, local, history, global, pooled, redundancy] = partNames.map(rowOf);
  return (slot) => ({
    localRaw: localRaw?.at(slot) ?? null,
    local: local?.at(slot) ?? null,
    history: history?.at(slot) ?? null,
    global: global?.at(slot) ?? null,
    pooled: pooled?.at(slot) ?? null,
    redundancy: redundancy?.at(slot) ?? null,
  });
}

function winnerOf(formula: Formula | null, { history, local }: Candidate["parts"]): Candidate["winner"] {
  if (history === null || local === null || Number.isNaN(history)) return null;
  return history > presentShare(formula, local) ? "history" : "local";
}

/** What the present brings into F: S, or (1 − α)·S under a mean. */
export function presentShare(formula: Formula | null, local: number): number {
  const decay = numberOf(formula, "weighted");
  return decay === null ? local : (1 - decay) * local;
}

/** The attention part as it enters Z: pooled, else joined with the past, else as measured; null if none is measured. */
export function attentionPart({ parts }: Candidate): number | null {
  return parts.pooled ?? parts.global ?? parts.local;
}

/** A row for each candidate, by slot. */
export function scoreTable(event: EvictionEvent, focus: Focus, candidates: Candidates): FigureTable {
  const { cutOff } = candidates;
  return {
    caption: `Candidates of ${focusLabel(focus)} at the event of step ${event.step}, by slot`,
    columns: [
      ...["slot", "position", "token", "S before normalising (share of attention)", "S", "α·C", "F", "Y (pooled)", "R"],
      ...["Z", "Z − cut-off", "rank", "kept", "slot after"],
    ],
    rows: candidates.list.map(({ slot, position, text, parts, total, rank, isKept, newSlot }) => [
      ...[slot, position, text],
      ...partNames.map((name) => exactCell(parts[name])),
      ...[exactCell(total), exactCell(total - cutOff), rank, isKept ? "yes" : "no", newSlot],
    ]),
  };
}

/** A figure as the trace has it, for a table. NaN is a past that does not exist. */
export function exactCell(value: number | null): number | string | null {
  if (value === null || Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : writtenNumber(value);
}
