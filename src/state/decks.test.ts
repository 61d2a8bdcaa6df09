// The decks of a page: what is added, moved, deleted and taken back, and what the browser keeps of them.
import { beforeEach, describe, expect, it } from "vitest";
import { encodeLink } from "../settings/link";
import { deckText, MOST_MOMENTS, type Deck, type DeckMoment } from "./deck";
import { DECKS_KEY, initialDecks, keepDecks, keptDecks, MOST_DECKS } from "./decks";
import { drivePage } from "./drivePage.testing";
import type { PageStore } from "./pageStore";

let store: PageStore;
beforeEach(() => {
  ({ store } = drivePage({ isMotionWelcome: false }));
});

function moment(title: string): DeckMoment {
  return { title, notes: "", shows: "watch", experiment: "", at: "step:3,layer:0,head:0", views: "" };
}

function deck(title: string, ...titles: readonly string[]): Deck {
  return { title, moments: titles.map(moment) };
}

function titles(): string {
  return store
    .getState()
    .decks[0].moments.map(({ title }) => title)
    .join("");
}

describe("the deck in use", () => {
  it("takes moments at its end, up to its limit", () => {
    const { addMoment } = store.getState();
    for (let count = 1; count <= MOST_MOMENTS; count++) expect(addMoment(moment("x"))).toBe(count);
    expect(addMoment(moment("x"))).toBe(null);
    expect(store.getState().notices.at(-1)?.text).toMatch(/^The deck has 60 moments, which is the most/);
  });

  it("is reordered, and the moment on show stays the one it was", () => {
    const { openDeck, moveMoment, noteShown } = store.getState();
    openDeck(deck("", "a", "b", "c", "d"));
    noteShown(1);
    moveMoment(1, 3);
    expect([titles(), store.getState().momentPlace]).toEqual(["acdb", 3]);
    moveMoment(0, 3);
    expect([titles(), store.getState().momentPlace]).toEqual(["cdba", 2]);
    moveMoment(0, 4);
    moveMoment(0, -1);
    expect(titles()).toBe("cdba");
  });

  it("gives a deletion back until the next change", () => {
    const { openDeck, deleteMoment, undoDelete, changeMoment, deleteDeck } = store.getState();
    openDeck(deck("", "a", "b", "c"));
    deleteMoment(1);
    expect(titles()).toBe("ac");
    undoDelete();
    expect(titles()).toBe("abc");
    deleteDeck();
    expect(titles()).toBe("");
    undoDelete();
    expect(titles()).toBe("abc");
    deleteMoment(0);
    changeMoment(0, { title: "B" });
    undoDelete();
    expect(titles()).toBe("Bc");
  });

  it("gives way to another and waits behind it; one that comes twice is kept once", () => {
    const { openDeck, chooseDeck, newDeck, addMoment } = store.getState();
    addMoment(moment("own"));
    openDeck(deck("Shared", "s"));
    openDeck(deck("Shared", "s"));
    expect(store.getState().decks.map(({ title }) => title)).toEqual(["Shared", ""]);
    chooseDeck(1);
    expect(titles()).toBe("own");
    newDeck();
    newDeck();
    expect(store.getState().decks).toHaveLength(3);
  });
});

describe("a link with a deck", () => {
  it("puts the deck in use and opens its first moment in Present", () => {
    void store.getState().openLink(`#${encodeLink({ deck: deckText({ title: "Talk", moments: [moment("one")] }) })}`);
    expect(store.getState()).toMatchObject({ way: "present", duePlace: 0, notices: [] });
    expect(store.getState().decks[0].title).toBe("Talk");
    expect(store.getState().wantedMoment?.step).toBe(3);
  });

  it("that cannot be read says so and leaves the decks alone", () => {
    store.getState().addMoment(moment("own"));
    void store.getState().openLink("#v4&view=present&deck=%5B1%5D");
    expect(store.getState().notices.map(({ text }) => text)).toEqual([
      "The deck in the link cannot be read: it was changed or cut off. Ask for the link again.",
    ]);
    expect(titles()).toBe("own");
  });
});

describe("what the browser keeps", () => {
  it("comes back; what cannot be read is left out", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    expect(keptDecks(storage)).toEqual(initialDecks.decks);
    const decks = [deck("One", "a"), deck("Two")];
    expect(keepDecks(storage, decks)).toBe(true);
    expect(keptDecks(storage)).toEqual(decks);
    kept.set(DECKS_KEY, JSON.stringify({ version: 1, decks: [7, decks[0]] }));
    expect(keptDecks(storage)).toEqual([decks[0]]);
    kept.set(DECKS_KEY, "{");
    expect(keptDecks(storage)).toEqual(initialDecks.decks);
  });

  it("is nothing where storage is refused or full", () => {
    const refusing = {
      getItem: () => null,
      setItem() {
        throw new Error("QuotaExceededError");
      },
    };
    expect(keepDecks(refusing, [])).toBe(false);
    expect(keepDecks(null, [])).toBe(false);
    expect(keptDecks(null)).toEqual(initialDecks.decks);
  });

  it("has room for a number of decks; the oldest goes, with a word", () => {
    const { openDeck } = store.getState();
    for (let place = 0; place <= MOST_DECKS; place++) openDeck(deck(`Deck ${place}`, "x"));
    expect(store.getState().decks).toHaveLength(MOST_DECKS);
    expect(store.getState().notices.at(-1)?.text).toBe("This browser keeps 24 decks: “Deck 0”, the oldest, is gone.");
  });
});
