// Foretold in sentences: what a correlation says, whose attention was compared, and the mean over events and heads.
import { TOTAL } from "../../policy/formula";
import type { ForetoldSpan, HeadForetold } from "../../trace/foretold";
import { writtenNumber, writtenShare } from "../../ui/numbers";
import { symbolOf } from "../score/words";
import { shareText, type HeadCloud } from "./cloudLayout";
import { chanceBand, comparableEvents, meanCorrelation, type ForetoldWork } from "./foretoldWork";

/** What each part of a score is. [column] */
export const partWords: Readonly<Partial<Record<string, string>>> = {
  localRaw: "attention as measured",
  local: "attention as it counts",
  history: "the decayed past",
  global: "past and present joined",
  pooled: "pooled over neighbours",
  redundancy: "redundancy",
  keySquared: "squared norm of the key",
  key: "key, against its block",
  valueSquared: "squared norm of the value",
  value: "value, against its block",
  joined: "key and value joined",
  share: "key and value, share of all",
  leverage: "leverage of the key",
  expected: "expected attention",
  worth: "expected attention, weighed by the value",
  logWorth: "its logarithm",
  ranked: "ranked on below 10⁻³⁰",
  received: "attention in the chunk, weighed by the value",
  smoothed: "attention in the chunk, smoothed",
  attended: "attention in the chunk, standardised",
  blended: "attention and leverage blended",
  firstStage: "score of the first stage",
};

/** "R", or in words where a part has no symbol. */
export function columnName(column: string): string {
  const symbol = symbolOf(column);
  return symbol === column ? (partWords[column] ?? column) : symbol;
}

/** "R (redundancy)": two parts may share a symbol. */
export function columnLabel(column: string): string {
  if (column === TOTAL) return `${symbolOf(column)} (decides)`;
  const name = columnName(column);
  const words = partWords[column] ?? column;
  return name === words ? name : `${name} (${words})`;
}

/** "0.62 over 96 tokens; chance −0.20 to 0.20" */
export function correlationText({ correlation, positions }: HeadForetold): string {
  const count = positions.length;
  if (Number.isNaN(correlation)) return `not known: ${count < 3 ? "too few tokens" : "all values are equal"}`;
  const band = chanceBand(count);
  return `${twoDigits(correlation)} over ${count} tokens; chance ${twoDigits(-band)} to ${twoDigits(band)}`;
}

/** A correlation: two digits and a true minus sign. */
export function twoDigits(correlation: number): string {
  if (Number.isNaN(correlation)) return "–";
  const text = Math.abs(correlation).toFixed(2);
  return correlation < 0 && text !== "0.00" ? `−${text}` : text;
}

export function caughtSentence({ caught, precision }: HeadForetold): string {
  const exact = `Attention is stored in 255 levels: exact to ± ${writtenNumber(100 * precision)} %.`;
  if (caught === null) return exact;
  const [kept, best, chance] = [caught.kept, caught.best, caught.chance].map(writtenShare);
  return `The kept caught ${kept} of this attention; the best choice of as many ${best}, a random one ${chance}. ${exact}`;
}

/** What the picture of the cloud shows, and how much of it. */
export function cloudSentence({ members, shares }: HeadCloud, futureSteps: number | null): string {
  const heads = members.length === 1 ? "" : ` of each of ${members.length} query heads`;
  const ahead = futureSteps === null ? "turned ahead" : `turned ${futureSteps} positions ahead`;
  return `${members[0].length / 2} queries${heads}, ${ahead}; the axes hold ${shareText(shares[0] + shares[1])} of their variance.`;
}

interface Fairness {
  readonly span: ForetoldSpan;
  readonly isRunning: boolean;
  /** Why a full cache cannot be had; null if it was not refused. */
  readonly refusal: string | null;
}

export function fairSentence({ span, isRunning, refusal }: Fairness): string {
  if (span.fullCache !== null)
    return "Attention of a full cache that was fed the same tokens, so the evicted count, too.";
  const lead =
    "Kept tokens only: the run pays no attention to what it has evicted, so the score has already cut this range. ";
  if (isRunning) return `${lead}A full cache is being fed the same tokens.`;
  if (refusal !== null) return `${lead}This run cannot be repeated here with nothing evicted. ${refusal}`;
  return lead;
}

/** The mean over all events and heads that may be put together. */
export function meanSentence(work: ForetoldWork): string {
  const events = comparableEvents(work.events);
  const mean = meanCorrelation(events.flatMap(({ heads }) => heads));
  if (mean === null) return "";
  const isFair = events.some(({ span }) => span.fullCache !== null);
  const whose = isFair ? "" : ", kept only";
  return (
    `Mean rank correlation ${twoDigits(mean.mean)} (n = ${mean.count}: ${events.length} ${events.length === 1 ? "event" : "events"}, ` +
    `each head by itself${whose}); a random score: 0 ± ${mean.band < 0.01 ? writtenNumber(mean.band) : twoDigits(mean.band)}.`
  );
}
