// The decks of this browser, the one in use first. Written by Present, by whatever adds a moment, and by a link that brings a
// deck (openedLink.ts).
import * as v from "valibot";
import { emptyDeck, LONGEST_NOTES, LONGEST_TITLE, MOST_MOMENTS, parseDeck, type Deck, type DeckMoment } from "./deck";
import type { Tell } from "./notices";
import type { KeptTexts } from "./recentStates";
import type { ViewState } from "./view";

export interface DecksState {
  /** The first is in use; never empty. */
  readonly decks: readonly Deck[];
  /** Which moment of the deck in use was shown last; null before any was. */
  readonly momentPlace: number | null;
  /** A moment that is still to be brought on screen, by Present. */
  readonly duePlace: number | null;
  /** The decks as they were before something was deleted, until the next change. */
  readonly decksBefore: readonly Deck[] | null;
}

export interface DeckActions {
  /** Puts a moment at the end of the deck in use; its number from 1, or null if the deck is full. */
  readonly addMoment: (moment: DeckMoment) => number | null;
  readonly changeMoment: (place: number, change: Partial<DeckMoment>) => void;
  readonly moveMoment: (from: number, to: number) => void;
  readonly deleteMoment: (place: number) => void;
  readonly renameDeck: (title: string) => void;
  readonly newDeck: () => void;
  readonly chooseDeck: (place: number) => void;
  readonly deleteDeck: () => void;
  readonly undoDelete: () => void;
  /** Puts a deck that comes from outside in use; one that is here already isn't kept twice. */
  readonly openDeck: (deck: Deck) => void;
  readonly noteShown: (place: number | null) => void;
  /** Another page of this browser changed the decks. */
  readonly takeDecks: (decks: readonly Deck[]) => void;
}

export const MOST_DECKS = 24;

export const initialDecks: DecksState = {
  decks: [emptyDeck],
  momentPlace: null,
  duePlace: null,
  decksBefore: null,
};

interface DeckSurroundings {
  readonly set: (change: Partial<DecksState>) => void;
  readonly get: () => DecksState & Pick<ViewState, "way">;
  readonly tell: Tell;
}

export function deckActions({ set, get, tell }: DeckSurroundings): DeckActions {
  const changeDeck = (change: (deck: Deck) => Deck, more: Partial<DecksState> = {}): void => {
    const [deck, ...others] = get().decks;
    set({ decks: [change(deck), ...others], decksBefore: null, ...more });
  };
  const putFirst = (deck: Deck, others: readonly Deck[]): void => {
    const kept = others.filter(({ title, moments }) => title !== "" || moments.length > 0);
    if (kept.length >= MOST_DECKS) {
      tell(
        "warning",
        `This browser keeps ${MOST_DECKS} decks: “${titleOf(kept[MOST_DECKS - 1])}”, the oldest, is gone.`,
      );
    }
    set({
      decks: [deck, ...kept.slice(0, MOST_DECKS - 1)],
      decksBefore: null,
      momentPlace: null,
      duePlace: null,
    });
  };
  return {
    addMoment(moment) {
      const count = get().decks[0].moments.length;
      if (count >= MOST_MOMENTS) {
        tell("warning", `The deck has ${MOST_MOMENTS} moments, which is the most. Delete one, or begin a new deck.`);
        return null;
      }
      const duePlace = get().way === "present" ? count : null;
      changeDeck((deck) => ({ ...deck, moments: [...deck.moments, moment] }), { momentPlace: count, duePlace });
      return count + 1;
    },
    changeMoment(place, change) {
      changeDeck((deck) => ({
        ...deck,
        moments: deck.moments.map((one, at) => (at === place ? withinLimits({ ...one, ...change }) : one)),
      }));
    },
    moveMoment(from, to) {
      const { moments } = get().decks[0];
      if (from === to || moments[from] === undefined || moments[to] === undefined) return;
      const { momentPlace } = get();
      const without = moments.filter((_, at) => at !== from);
      const moved = [...without.slice(0, to), moments[from], ...without.slice(to)];
      const shown = momentPlace === null ? -1 : moved.indexOf(moments[momentPlace]);
      changeDeck((deck) => ({ ...deck, moments: moved }), { momentPlace: shown < 0 ? null : shown });
    },
    deleteMoment(place) {
      const { decks, momentPlace } = get();
      const left = decks[0].moments.filter((_, at) => at !== place);
      const shown = momentPlace === null || momentPlace < place ? momentPlace : momentPlace - 1;
      changeDeck((deck) => ({ ...deck, moments: left }), {
        decksBefore: decks,
        momentPlace: left.length === 0 ? null : Math.max(0, shown ?? 0),
      });
    },
    renameDeck: (title) => changeDeck((deck) => ({ ...deck, title: title.slice(0, LONGEST_TITLE) })),
    newDeck: () => putFirst(emptyDeck, get().decks),
    chooseDeck(place) {
      const { decks } = get();
      if (place > 0 && place < decks.length) {
        putFirst(
          decks[place],
          decks.filter((_, at) => at !== place),
        );
      }
    },
    deleteDeck() {
      const { decks } = get();
      const left = decks.slice(1);
      set({
        decks: left.length === 0 ? [emptyDeck] : left,
        decksBefore: decks,
        momentPlace: null,
        duePlace: null,
      });
    },
    undoDelete() {
      const { decksBefore } = get();
      if (decksBefore !== null) set({ decks: decksBefore, decksBefore: null, momentPlace: null });
    },
    openDeck(deck) {
      const same = JSON.stringify(deck);
      putFirst(
        deck,
        get().decks.filter((other) => JSON.stringify(other) !== same),
      );
    },
    noteShown: (momentPlace) => set({ momentPlace, duePlace: null }),
    takeDecks: (decks) => set({ decks, decksBefore: null }),
  };
}

function withinLimits(moment: DeckMoment): DeckMoment {
  return {
    ...moment,
    title: moment.title.slice(0, LONGEST_TITLE),
    notes: moment.notes.slice(0, LONGEST_NOTES),
  };
}

function titleOf({ title, moments }: Deck): string {
  return title === "" ? (moments.at(0)?.title ?? "") : title;
}

export const DECKS_KEY = "winnow.decks";

const keptSchema = v.object({ version: v.literal(1), decks: v.pipe(v.array(v.unknown()), v.maxLength(MOST_DECKS)) });

/** The decks that this browser keeps; a deck that cannot be read is left out. `storage`: null if the browser has none. */
export function keptDecks(storage: KeptTexts | null): readonly Deck[] {
  try {
    const kept = v.parse(keptSchema, JSON.parse(storage?.getItem(DECKS_KEY) ?? "null"));
    const decks = kept.decks.flatMap((given) => {
      try {
        return [parseDeck(given, "a deck of this browser").deck];
      } catch {
        return [];
      }
    });
    return decks.length === 0 ? initialDecks.decks : decks;
  } catch {
    return initialDecks.decks;
  }
}

/** False if the browser does not store them. */
export function keepDecks(storage: KeptTexts | null, decks: readonly Deck[]): boolean {
  try {
    storage?.setItem(DECKS_KEY, JSON.stringify({ version: 1, decks }));
    return storage !== null;
  } catch {
    return false;
  }
}
