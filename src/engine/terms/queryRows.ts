// How many of the newest queries a session keeps for its terms, and how far its table of rotations goes.
import type { TermName } from "../../policy/policy";
import { CHANNEL_QUERIES } from "../../policy/storageParameters";
import type { SessionRequest } from "../backend";

type QueryDemand = Pick<SessionRequest, "terms" | "windowSlots" | "positionCapacity" | "parameters" | "merging">;

/** Terms that read the query of every slot that is held, however old. */
const readEveryQuery: readonly TermName[] = ["chunkAttention", "instructionVotes", "instructionAttention"];

/** Queries that a term reads, the newest of them. Terms that are not listed read none. */
const rowsRead: Readonly<Partial<Record<TermName, (demand: QueryDemand) => number>>> = {
  windowAttention: ({ windowSlots }) => windowSlots,
  attentionShift: ({ windowSlots }) => windowSlots,
  placedAttention: ({ windowSlots }) => windowSlots,
  candidateAttention: ({ windowSlots }) => windowSlots,
  expectedAttention: ({ parameters }) => parameters.queryBuffer,
  logExpectedAttention: ({ parameters }) => parameters.queryBuffer,
  valueLeverage: ({ parameters }) => parameters.queryBuffer,
};

/** Rows of the ring of queries: what the most demanding term, merging or ThinK reads, 0 where none does. */
export function queryRowCount(demand: QueryDemand): number {
  if (keepsEveryQuery(demand.terms)) return Math.max(demand.positionCapacity, demand.windowSlots);
  const counts = demand.terms.map((name) => rowsRead[name]?.(demand) ?? 0);
  // Rows that no position fills would only cost memory; the window's rows are addressed by their number.
  const most = Math.max(demand.positionCapacity, demand.windowSlots);
  const ofChannels = demand.parameters.storage === "thin" ? CHANNEL_QUERIES : 0;
  return Math.min(most, Math.max(demand.merging?.queryRows ?? 0, ofChannels, ...counts));
}

/** Whether the ring grows with the positions that a session has room for. */
export function keepsEveryQuery(terms: readonly TermName[]): boolean {
  return terms.some((name) => readEveryQuery.includes(name));
}

/** Terms that start from the cloud of the queries to come (queryCloud.ts). */
const foretellingTerms: readonly TermName[] = ["expectedAttention", "logExpectedAttention", "valueLeverage"];

/** Positions whose rotation is needed: the run's own, and those that a term looks ahead to. */
export function rotatedPositionCount({ terms, positionCapacity, parameters }: QueryDemand): number {
  const looksAhead = terms.some((name) => foretellingTerms.includes(name));
  return positionCapacity + (looksAhead ? parameters.futureSteps : 0);
}
