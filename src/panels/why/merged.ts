// What the why card says of merging in the focused head: into whom a token went, at what cosine, with how many votes after, and
// what that did to the output; or whom its slot stands for. Pure.
import { headRow } from "../../cache/headRows";
import { carriedBy, countsVotes, hasMerges, tokenFate, votesOf, type CarriedLink } from "../../trace/carried";
import { carriedTokens } from "../../trace/merges";
import { lifetimes } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { writtenNumber, writtenShare } from "../../ui/numbers";
import { focusHead, type Focus } from "../focus";
import { tokenLabel, tokenText } from "../../trace/tokenText";

export interface MergeRow {
  readonly label: string;
  readonly text: string;
  /** For the table: a cosine, a count, or a share of the output; null: none. */
  readonly figure: number | null;
}

/** How many tokens of a long list are named. */
const NAMED_COUNT = 4;

interface Decision {
  readonly headline: string;
  readonly reason: string;
}

/** It left by its score, and yet it is not gone. */
export function mergedWords(trace: Trace, { headline, reason }: Decision, { carrier }: CarriedLink) {
  return {
    verdict: "carried" as const,
    headline: headline.replace("Evicted at", "Merged at"),
    reason: `${reason} Its key and value went into the slot of ${nameOf(trace, carrier)}.`,
  };
}

export function droppedWords({ headline, reason }: Decision): Decision {
  return {
    headline: headline.replace("Evicted at", "Dropped at"),
    reason: `${reason} No kept key was close enough to merge it into.`,
  };
}

export function mergeRows(trace: Trace, step: number, focus: Focus, position: number): readonly MergeRow[] {
  if (!hasMerges(trace)) return [];
  const head = focusHead(trace.header.model, focus);
  const fate = tokenFate(trace, head, position, step);
  if (fate.type === "held") return carrierRows(trace, step, head, position);
  const links = fate.links.map((link) => linkRow(trace, head, link));
  const end =
    fate.type === "carried"
      ? {
          label: "now",
          text: `${nameOf(trace, fate.by)} stands for it${votesText(trace, head, fate.by, step)}`,
          figure: votesOf(trace, head, fate.by, step),
        }
      : { label: "now", text: `gone since step ${fate.step}`, figure: fate.step };
  const [first] = fate.links;
  const event = first?.event ?? dropEvent(trace, head, position);
  const dropped = fate.links.length === 0 && event !== null ? [closestRow(trace, event, head, position)] : [];
  return [...links, ...dropped.flat(), end, ...(event === null ? [] : costRows(event, head))];
}

/** Whom the slot of a token that is held stands for besides itself. */
function carrierRows(trace: Trace, step: number, head: number, position: number): readonly MergeRow[] {
  const carried = carriedBy(trace, head, position, step);
  if (carried.length === 0) return [];
  const named = carried.slice(0, NAMED_COUNT).map((other) => nameOf(trace, other));
  const rest = carried.length > NAMED_COUNT ? ` and ${carried.length - NAMED_COUNT} more` : "";
  const text = `${named.join(", ")}${rest}${votesText(trace, head, position, step)}`;
  return [{ label: "carries", text, figure: carried.length }];
}

function linkRow(trace: Trace, head: number, { event, position, carrier, cosine }: CarriedLink): MergeRow {
  const who = `${nameOf(trace, position)} into ${nameOf(trace, carrier)}`;
  const votes = votesText(trace, head, carrier, event.step);
  return {
    label: `step ${event.step}`,
    text: `${who} at a cosine of ${writtenNumber(cosine)}${votes}`,
    figure: cosine,
  };
}

function votesText(trace: Trace, head: number, carrier: number, step: number): string {
  return countsVotes(trace) ? `; ${votesOf(trace, head, carrier, step)} votes after` : "";
}

function dropEvent(trace: Trace, head: number, position: number): EvictionEvent | null {
  const { kvHeadCount } = trace.header.model;
  const step = lifetimes(trace).evictedStep(Math.floor(head / kvHeadCount), head % kvHeadCount, position);
  return trace.events.find((event) => event.step === step) ?? null;
}

function closestRow(trace: Trace, event: EvictionEvent, head: number, position: number): readonly MergeRow[] {
  const token = carriedTokens(event, head).find((one) => one.position === position);
  if (token === undefined) return [];
  const text = `the closest kept key is that of ${nameOf(trace, token.closest)}, at a cosine of ${writtenNumber(token.cosine)}`;
  return [{ label: `step ${event.step}`, text, figure: token.cosine }];
}

/** Of the whole event in this head: one token's part in it is not measured. */
function costRows({ merges, survivors }: EvictionEvent, head: number): readonly MergeRow[] {
  const changes = merges?.changes;
  if (changes === undefined || headRow(survivors, head).length === 0) return [];
  const share = (of: Float32Array): string => writtenShare(of[head]);
  return [
    {
      label: "cost",
      text:
        `the event moved the newest query’s output in this head by ${share(changes.merged)}; had all that left been dropped, ` +
        `by ${share(changes.evicted)}, averaged, by ${share(changes.convex)}, merged by ZIP, by ${share(changes.zip)}`,
      figure: changes.merged[head],
    },
  ];
}

function nameOf(trace: Trace, position: number): string {
  return `“${tokenLabel(tokenText(trace, position))}” (${position})`;
}
