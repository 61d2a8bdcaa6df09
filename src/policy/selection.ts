// Which slots of a layer stay, by the grouping in force. admission.ts ranks; here is what one choice may take from where:
//
//   tokens        the best candidates of a head, wherever they stand
//   chunks        the best of every chunk of a head's slots, as many of each as its length asks for, at least one
//   wholeChunks   chunks of slots together, the same in every head of the layer
//
// A fair share of the prompt's instructions (fairShare.ts) limits in the same way what each of them may keep.
// After NVIDIA/kvpress 8bb29b9: chunk_press.py, chunkkv_press.py.
import { assert, unreachable } from "../lib/errors";
import type { Span } from "../lib/spans";
import { admissionOrder, admissionRank, chooseSurvivors, cutOf, type AdmissionRow, type Survivors } from "./admission";
import {
  fairQuotas,
  instructionPair,
  isFairByCode,
  mixedQuotas,
  rampQuotas,
  segmentOf,
  segmentStarts,
} from "./fairShare";
import type { PolicyParameters, PublishedFairness } from "./policy";

export interface SelectionRule extends Pick<
  PolicyParameters,
  "grouping" | "groupingSlots" | "fairShare" | "fairRule" | "sinkSlots"
> {
  /** Spans of the prompt that share fairly. */
  readonly instructions: readonly Span[];
  /** By the paper's code, how the policy's slots fall to the instructions. Absent: by their lengths. */
  readonly fairQuotas?: PublishedFairness["quotas"] | undefined;
}

/** One head of the layer at an event. */
export interface SelectedHead {
  readonly row: AdmissionRow;
  /** Original position of every slot, window included. [slot] */
  readonly positions: Int32Array;
  /** How many slots stay, window included. */
  readonly keepSlots: number;
}

/** The survivors of each head: never more than it may keep, and fewer only where whole chunks leave a gap. [head of the layer] */
export function chooseLayer(rule: SelectionRule, heads: readonly SelectedHead[]): Survivors[] {
  switch (rule.grouping) {
    case "tokens":
      return heads.map((head) => chooseHead(rule, head));
    case "chunks":
      return heads.map((head) => chooseFromChunks(head, rule.groupingSlots));
    case "wholeChunks":
      return chooseWholeChunks(heads, rule.groupingSlots);
    default:
      return unreachable(rule.grouping);
  }
}

function chooseHead(rule: SelectionRule, head: SelectedHead): Survivors {
  const { fairShare, instructions } = rule;
  const { row, positions, keepSlots } = head;
  const plain = chooseSurvivors({ ...row, lengthSlots: positions.length, keepSlots });
  if (fairShare === 0 || instructions.length === 0 || plain.slots.length === positions.length) return plain;
  const textLength = positions[positions.length - 1] + 1;
  const { starts, quotas: fair } = fairSegments(rule, textLength, plain.slots.length);
  const segments = Int32Array.from(positions, (position) => segmentOf(starts, position));
  const plainCounts = countsOf(plain.slots, segments, starts.length);
  return chooseByQuotas(head, segments, mixedQuotas(plainCounts, fair, fairShare));
}

/** Where the segments of a fair share begin, and the slots of each. */
function fairSegments(
  rule: SelectionRule,
  textLength: number,
  keepSlots: number,
): { readonly starts: readonly number[]; readonly quotas: readonly number[] } {
  const { instructions, sinkSlots } = rule;
  if (!isFairByCode(rule)) {
    const starts = segmentStarts(instructions, textLength);
    return { starts, quotas: fairQuotas(starts, textLength, keepSlots) };
  }
  const pair = instructionPair(instructions);
  assert(pair !== null, "the paper’s code shares between two instructions that follow each other");
  const starts = [0, pair.boundary];
  return rule.fairQuotas === "ramps"
    ? { starts, quotas: rampQuotas(pair.boundary, textLength, { keepSlots, sinkSlots }) }
    : { starts, quotas: fairQuotas(starts, textLength, keepSlots) };
}

function chooseFromChunks(head: SelectedHead, groupingSlots: number): Survivors {
  const { row, positions, keepSlots } = head;
  const [lengthSlots, candidateCount] = [positions.length, row.total.length];
  const chunks = Int32Array.from(positions, (_, slot) => Math.floor(slot / groupingSlots));
  const admitted = Math.min(keepSlots, lengthSlots) - (lengthSlots - candidateCount);
  const quotas = chunkQuotas(candidateCount, groupingSlots, (length) => (length * admitted) / candidateCount);
  // The window's slots are counted as its chunks' own.
  const window = countsOf(slotsFrom(candidateCount, lengthSlots), chunks, chunks[lengthSlots - 1] + 1);
  return chooseByQuotas(
    head,
    chunks,
    window.map((count, chunk) => count + (quotas[chunk] ?? 0)),
  );
}

/** Slots of each chunk of so many, the last one shorter: what `keepOf` says of its length, rounded down, at least one. */
export function chunkQuotas(slotCount: number, groupingSlots: number, keepOf: (length: number) => number): number[] {
  return Array.from({ length: Math.ceil(slotCount / groupingSlots) }, (_, chunk) => {
    const length = Math.min(groupingSlots, slotCount - chunk * groupingSlots);
    return Math.max(1, Math.floor(keepOf(length)));
  });
}

/**
 * The best candidates, at most so many from each group of slots. Those that must stay do so whatever the quotas, and what
 * the quotas leave of the head's slots goes to the best of the others. `groups` [slot], `quotas` [group], window included
 */
export function chooseByQuotas(
  { row, positions, keepSlots }: SelectedHead,
  groups: Int32Array,
  quotas: readonly number[],
): Survivors {
  const candidateCount = row.total.length;
  const lengthSlots = positions.length;
  const kept = new Set(slotsFrom(candidateCount, lengthSlots));
  const most = Math.max(kept.size, Math.min(keepSlots, lengthSlots));
  const room = [...quotas];
  for (const slot of kept) room[groups[slot]]--;
  const order = admissionOrder(row);
  const admit = (isAdmitted: (slot: number) => boolean): void => {
    for (const slot of order) {
      if (kept.size >= most) return;
      if (kept.has(slot) || !isAdmitted(slot)) continue;
      kept.add(slot);
      room[groups[slot]]--;
    }
  };
  admit((slot) => admissionRank(row, slot) >= 2);
  admit((slot) => room[groups[slot]] > 0);
  admit(() => true);
  const slots = Int32Array.from(kept).sort();
  return { slots, ...cutOf(row, slots) };
}

/** All heads keep the same chunks, best first; one that no longer fits is passed over. */
function chooseWholeChunks(heads: readonly SelectedHead[], groupingSlots: number): Survivors[] {
  const [{ row, positions, keepSlots }] = heads;
  const candidateCount = row.total.length;
  const window = slotsFrom(candidateCount, positions.length);
  assert(
    heads.every((head) => head.row.total.length === candidateCount && head.keepSlots === keepSlots),
    "heads that keep the same chunks hold and keep the same number of slots",
  );
  let roomLeft = Math.min(keepSlots, positions.length) - window.length;
  const kept: number[] = [];
  const chunks = chunkRow(
    heads.map((head) => head.row),
    groupingSlots,
  );
  for (const chunk of admissionOrder(chunks)) {
    const slots = slotsFrom(chunk * groupingSlots, Math.min(candidateCount, (chunk + 1) * groupingSlots));
    if (slots.length > roomLeft) continue;
    kept.push(...slots);
    roomLeft -= slots.length;
  }
  const slots = Int32Array.from([...kept, ...window]).sort();
  return heads.map((head) => ({ slots: slots.slice(), ...cutOf(head.row, slots) }));
}

/** Chunks as candidates: the mean over a chunk of the totals, summed over the heads; protected as its best protected slot. */
function chunkRow(rows: readonly AdmissionRow[], groupingSlots: number): AdmissionRow {
  const total = chunkScores(
    rows.map((row) => row.total),
    groupingSlots,
  );
  const isProtected = new Uint8Array(total.length);
  for (const row of rows) {
    row.isProtected?.forEach((rank, slot) => {
      const chunk = Math.floor(slot / groupingSlots);
      isProtected[chunk] = Math.max(isProtected[chunk], rank);
    });
  }
  return { total, isProtected };
}

/** The mean over each chunk of the heads' summed scores. `totals` [head][candidate] → [chunk] */
export function chunkScores(totals: readonly Float32Array[], groupingSlots: number): Float32Array {
  const candidateCount = totals[0].length;
  return Float32Array.from({ length: Math.ceil(candidateCount / groupingSlots) }, (_, chunk) => {
    const slots = slotsFrom(chunk * groupingSlots, Math.min(candidateCount, (chunk + 1) * groupingSlots));
    const sum = slots.reduce((all, slot) => totals.reduce((ofSlot, total) => ofSlot + total[slot], all), 0);
    return sum / slots.length;
  });
}

function slotsFrom(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, place) => start + place);
}

/** How many of the slots are in each group. */
function countsOf(slots: Iterable<number>, groups: Int32Array, groupCount: number): number[] {
  const counts = new Array<number>(groupCount).fill(0);
  for (const slot of slots) counts[groups[slot]]++;
  return counts;
}
