// A deck as a file, "my-lecture.deck.json": the deck itself, with the format's name and version.
import { errorMessage, InputError } from "../lib/errors";
import { shortened } from "../lib/shortened";
import { parseDeck, type Deck, type ParsedDeck } from "./deck";

const FILE_FORMAT = "winnow deck";
const FILE_VERSION = 1;
/** A deck with the longest notes is smaller. */
export const LARGEST_DECK_FILE = 2_000_000;

/** The content of a deck's file. */
export function deckFileText({ title, moments }: Deck): string {
  return `${JSON.stringify({ format: FILE_FORMAT, version: FILE_VERSION, title, moments }, null, 2)}\n`;
}

/** Reads a deck's file. Throws InputError that says what is wrong and what to do. */
export function parseDeckFile(content: string, name: string): ParsedDeck {
  let given: unknown;
  try {
    given = JSON.parse(content);
  } catch (error) {
    throw new InputError(
      `${name} is not a deck: it is not JSON (${errorMessage(error)}). Choose a file saved by Present.`,
    );
  }
  const { format, version } = Object(given) as { readonly format?: unknown; readonly version?: unknown };
  if (format !== FILE_FORMAT) {
    throw new InputError(`${name} is not a deck: its format is not “${FILE_FORMAT}”. Choose a file saved by Present.`);
  }
  if (typeof version !== "number" || version > FILE_VERSION) {
    throw new InputError(
      `${name} was saved by a newer Winnow (deck version ${shortened(String(version))}; this page reads ${FILE_VERSION}). Reload the page to get the newest.`,
    );
  }
  return parseDeck(given, name);
}

/** "my-lecture.deck.json" */
export function deckFileName({ title }: Deck): string {
  const stem = title
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
  return `${stem === "" ? "winnow" : stem}.deck.json`;
}
