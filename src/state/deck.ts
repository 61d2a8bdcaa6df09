// A deck: moments in order, each with a title, notes for whoever speaks, and what it shows: Watch's picture or one panel.
// It is kept in the browser, saved as a file, and packed into a link. Whatever comes back is checked: a part that cannot be
// read is left out and listed, and nothing else is lost.
import * as v from "valibot";
import { InputError } from "../lib/errors";
import { shortened } from "../lib/shortened";
import { decodeLink, encodeLink } from "../settings/link";
import { longestValues, type LinkContent, type MomentTexts } from "../settings/linkContent";
import { initialArrangement, panelNames, type PanelName } from "./arrangement";
import { firstPlace, momentTexts, parseMoment, type Moment } from "./moment";

/** What a moment shows: Watch's picture, or this panel of Explore. */
export type Shows = "watch" | PanelName;

export interface DeckMoment {
  readonly title: string;
  readonly notes: string;
  readonly shows: Shows;
  /** Settings and lanes, as encodeLink writes them; "" for the defaults. */
  readonly experiment: string;
  /** Step, head, token and what the panels show; how the panels are arranged is not part of it. */
  readonly at: string;
  readonly views: string;
}

export interface Deck {
  readonly title: string;
  readonly moments: readonly DeckMoment[];
}

export interface ParsedDeck {
  readonly deck: Deck;
  /** What could not be used, in plain words. */
  readonly complaints: readonly string[];
}

export const MOST_MOMENTS = 60;
export const LONGEST_TITLE = 120;
export const LONGEST_NOTES = 4000;
const LONGEST_EXPERIMENT = 20_000;

export const emptyDeck: Deck = { title: "", moments: [] };

interface Shown extends Pick<LinkContent, "choices" | "comparison" | "revision"> {
  readonly title: string;
  readonly shows: Shows;
  readonly moment: Moment;
}

/** What is on screen, as a moment of a deck. */
export function deckMoment({ title, shows, moment, ...experiment }: Shown): DeckMoment {
  const { at = "", views = "" } = momentTexts(moment);
  return { title: title.slice(0, LONGEST_TITLE), notes: "", shows, experiment: encodeLink(experiment), at, views };
}

/** The fragment of an address that opens the moment's experiment there. */
export function momentFragment({ experiment, at, views }: DeckMoment): string {
  const { choices, comparison } = decodeLink(experiment);
  return encodeLink({ choices, comparison, moment: withoutEmpty({ at, views }) });
}

/** Where it looks; panels are arranged as on a first visit. */
export function placeOf(moment: DeckMoment): Moment {
  const { at, views } = moment;
  return (
    parseMoment({ at, ...(views !== "" && { views }) }).moment ?? {
      ...firstPlace,
      arrangement: initialArrangement,
      views: {},
    }
  );
}

function withoutEmpty(texts: Required<Pick<MomentTexts, "at" | "views">>): MomentTexts {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
}

const text = (longest: number) => v.pipe(v.string(), v.maxLength(longest));
const shownBy = v.picklist(["watch", ...panelNames] as const);
const momentSchema = v.object({
  title: text(LONGEST_TITLE),
  notes: v.optional(text(LONGEST_NOTES), ""),
  shows: v.optional(v.fallback(shownBy, "watch"), "watch"),
  experiment: v.optional(text(LONGEST_EXPERIMENT), ""),
  at: v.optional(text(longestValues.at), ""),
  views: v.optional(text(longestValues.views), ""),
});
const deckSchema = v.object({
  title: v.optional(text(LONGEST_TITLE), ""),
  moments: v.pipe(v.array(v.unknown()), v.maxLength(MOST_MOMENTS)),
});

/** Of anything that was read as JSON. Throws InputError if it is no deck, or no moment of it can be used. */
export function parseDeck(given: unknown, what: string): ParsedDeck {
  const read = v.safeParse(deckSchema, given);
  if (!read.success) {
    const count = countOf(given);
    throw new InputError(
      count > MOST_MOMENTS
        ? `${what} has ${count} moments; a deck has ${MOST_MOMENTS} at most. Split it into two.`
        : `${what} is not a deck: it needs a title and a list of moments (${issueOf(read.issues)}).`,
    );
  }
  const complaints: string[] = [];
  const moments = read.output.moments.flatMap((one, place): readonly DeckMoment[] => {
    const parsed = v.safeParse(momentSchema, one);
    if (parsed.success) {
      const checked = checkedMoment(parsed.output);
      complaints.push(...checked.complaints.map((complaint) => `Moment ${place + 1}: ${complaint}`));
      return [checked.moment];
    }
    complaints.push(`Moment ${place + 1} of ${what} cannot be read (${issueOf(parsed.issues)}); it is left out.`);
    return [];
  });
  if (moments.length === 0 && read.output.moments.length > 0) {
    throw new InputError(`No moment of ${what} can be read: ${complaints[0]}`);
  }
  return { deck: { title: read.output.title, moments }, complaints: shortList(complaints) };
}

/** More complaints than these are counted, not listed. */
const MOST_COMPLAINTS = 8;

function shortList(complaints: readonly string[]): readonly string[] {
  if (complaints.length <= MOST_COMPLAINTS) return complaints;
  const listed = complaints.slice(0, MOST_COMPLAINTS - 1);
  return [...listed, `${complaints.length - listed.length} more parts of the deck could not be used.`];
}

/** Its link is read once and written anew, so that what a moment opens is known from here on. */
function checkedMoment(moment: DeckMoment): { readonly moment: DeckMoment; readonly complaints: readonly string[] } {
  const { choices, comparison, revision, complaints } = decodeLink(moment.experiment);
  const place = parseMoment(withoutEmpty(moment));
  return {
    moment: {
      ...moment,
      experiment: encodeLink({ choices, comparison, revision }),
      ...(place.moment === null ? { at: "", views: "" } : { at: "", views: "", ...placeTexts(place.moment) }),
    },
    complaints: [...complaints, ...place.complaints],
  };
}

function placeTexts(moment: Moment): Partial<Pick<DeckMoment, "at" | "views">> {
  const { at, views } = momentTexts(moment);
  return { ...(at !== undefined && { at }), ...(views !== undefined && { views }) };
}

function countOf(given: unknown): number {
  const { moments } = Object(given) as { readonly moments?: unknown };
  return Array.isArray(moments) ? moments.length : 0;
}

function issueOf([issue]: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const path = v.getDotPath(issue);
  return `${path === null ? "" : `${path}: `}expected ${issue.expected ?? "another value"}, found ${shortened(issue.received)}`;
}

/** In a link a deck is JSON: its title, each experiment once, and the moments as rows that name theirs by its number. */
export function deckText({ title, moments }: Deck): string {
  const experiments = [...new Set(moments.map(({ experiment }) => experiment))];
  const rows = moments.map(({ title: name, notes, shows, experiment, at, views }) => [
    name,
    experiments.indexOf(experiment),
    at,
    shows,
    notes,
    views,
  ]);
  return JSON.stringify([title, experiments, rows.map(withoutEmptyEnd)]);
}

/** Reads what deckText wrote, and anything else. Throws InputError. */
export function parseDeckText(written: string): ParsedDeck {
  const parts = jsonOrNull(written);
  if (!Array.isArray(parts) || !Array.isArray(parts[1]) || !Array.isArray(parts[2])) {
    throw new InputError("The deck in the link cannot be read: it was changed or cut off. Ask for the link again.");
  }
  const [title, experiments, rows] = parts as [unknown, readonly unknown[], readonly unknown[]];
  const moments = rows.map((row) => {
    if (!Array.isArray(row)) return row;
    const [name, experiment, at, shows, notes, views] = row as readonly unknown[];
    return { title: name, notes, shows, at, views, experiment: experiments[Number(experiment)] ?? null };
  });
  return parseDeck({ title, moments }, "the deck in the link");
}

function withoutEmptyEnd(row: readonly (string | number)[]): readonly (string | number)[] {
  return row.slice(0, row.findLastIndex((cell) => cell !== "") + 1);
}

function jsonOrNull(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return null;
  }
}
