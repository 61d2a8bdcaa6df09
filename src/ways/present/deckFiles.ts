// Decks as files: saved, chosen, or dropped on the page.
import { errorMessage } from "../../lib/errors";
import type { Deck } from "../../state/deck";
import { deckFileName, deckFileText, LARGEST_DECK_FILE, parseDeckFile } from "../../state/deckFile";
import type { PageStore } from "../../state/pageStore";
import { download, jsonFile, pickFiles } from "../../ui/files";
import { presentWords as words } from "../../words/en/present";

/** Its title, or its first moment's. */
export function deckName({ title, moments }: Deck): string {
  return title === "" ? (moments.at(0)?.title ?? words.untitled) : title;
}

export function saveDeck(deck: Deck): void {
  download(new Blob([deckFileText(deck)], { type: "application/json" }), deckFileName(deck));
}

/** Puts the deck of a file in use, or says what is wrong with the file; true if it is in use. */
export async function openDeckFile(store: PageStore, file: File): Promise<boolean> {
  const { tell, openDeck } = store.getState();
  try {
    if (file.size > LARGEST_DECK_FILE) {
      tell("error", words.tooLarge(file.name));
      return false;
    }
    const { deck, complaints } = parseDeckFile(await file.text(), file.name);
    openDeck(deck);
    for (const complaint of complaints) tell("warning", complaint);
    tell("info", words.opened(deckName(deck)));
    return true;
  } catch (error) {
    tell("error", errorMessage(error));
    return false;
  }
}

/** Asks for a deck's file. */
export function pickDeck(store: PageStore): void {
  pickFiles(jsonFile, ([file]) => void openDeckFile(store, file));
}
