// What is behind R and S of one candidate, in words: its near-duplicates and the query head that voted for it. Pure.
import { headRow, kvHeadOf } from "../../cache/headRows";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { tokenLabel, tokenText } from "../../trace/tokenText";

export interface EvidenceRow {
  readonly label: "near-duplicate" | "left out of R" | "query head";
  readonly text: string;
  /** For the table: position of the near-duplicate, count of excused matches, query head within its group; null = none. */
  readonly figure: number | null;
}

interface CandidatePlace {
  readonly head: number;
  readonly slot: number;
}

/** How many tokens of a long list are named. */
const NAMED_COUNT = 3;

/** Empty for a policy that measures neither. */
export function evidenceRows(trace: Trace, event: EvictionEvent, place: CandidatePlace): readonly EvidenceRow[] {
  return [...duplicateRows(trace, event, place), ...votingRow(trace, event, place)];
}

function duplicateRows(trace: Trace, event: EvictionEvent, { head, slot }: CandidatePlace): readonly EvidenceRow[] {
  if (event.excusedSlots === undefined) return missingDuplicates(event);
  const excusedSlots = headRow(event.excusedSlots, head);
  const positions = headRow(event.positionsBefore, head);
  const nameOf = (other: number) => `“${tokenLabel(tokenText(trace, positions[other]))}” (${positions[other]})`;
  const newest = excusedSlots[slot];
  const excusedBy: number[] = [];
  for (let other = excusedSlots.length - 1; other >= 0; other--) {
    if (excusedSlots[other] === slot) excusedBy.push(other);
  }
  const isMutual = newest >= 0 && excusedSlots[newest] === slot;
  const counted = isMutual ? "neither’s R" : "this token’s R, not in that one’s";
  return [
    newest < 0
      ? { label: "near-duplicate", text: "none: no other key has a cosine above 0.5 with its key", figure: null }
      : {
          label: "near-duplicate",
          text: `the newest is ${nameOf(newest)}: their match counts in ${counted}`,
          figure: positions[newest],
        },
    { label: "left out of R", text: excusedText(excusedBy.map(nameOf)), figure: excusedBy.length },
  ];
}

function excusedText(names: readonly string[]): string {
  if (names.length === 0) return "nothing: it isn’t the newest near-duplicate of any token";
  const named = names.slice(0, NAMED_COUNT).join(", ");
  const rest = names.length > NAMED_COUNT ? ` and ${names.length - NAMED_COUNT} more` : "";
  const matches = names.length === 1 ? "its match" : `its ${names.length} matches`;
  return `${matches} with ${named}${rest}: it is their newest near-duplicate`;
}

function missingDuplicates({ terms }: EvictionEvent): readonly EvidenceRow[] {
  const found = "redundancyRaw" in terms ? "for the older redundancy" : "redundancy" in terms ? "in this run" : null;
  return found === null ? [] : [{ label: "near-duplicate", text: `not recorded ${found}`, figure: null }];
}

function votingRow({ header }: Trace, event: EvictionEvent, { head, slot }: CandidatePlace): readonly EvidenceRow[] {
  const { headCount, kvHeadCount } = header.model;
  const groupSize = headCount / kvHeadCount;
  if (groupSize === 1) return [];
  const row = (text: string, figure: number | null): readonly EvidenceRow[] => [{ label: "query head", text, figure }];
  if (event.votingHeads === undefined)
    return "windowAttention" in event.terms ? row("not recorded in this run", null) : [];
  const member = headRow(event.votingHeads, head)[slot];
  if (member < 0) return row("none voted for it: S is 0", null);
  const first = kvHeadOf(header.model, head) * groupSize;
  const last = first + groupSize - 1;
  const means = header.parameters.groupPooling === "mean" ? "it brings" : "its window maxima bring";
  return row(
    `${first + member}, of heads ${first} ${groupSize === 2 ? "and" : "to"} ${last} that share this KV head: ${means} the largest part of S`,
    member,
  );
}
