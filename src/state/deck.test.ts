// Decks through links, files and storage: what comes back is what went out, and what cannot be used is named.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { noLaneComparison } from "../settings/lanes";
import { encodeLink } from "../settings/link";
import { panelNames } from "./arrangement";
import {
  deckMoment,
  deckText,
  momentFragment,
  parseDeck,
  parseDeckText,
  placeOf,
  type Deck,
  type DeckMoment,
} from "./deck";
import { deckFileName, deckFileText, parseDeckFile } from "./deckFile";
import { initialArrangement } from "./arrangement";
import { firstPlace } from "./moment";
import { packedLink, readLink, shortLink } from "./sharedLink";

const experiment = fc
  .record({ budgetSlots: fc.integer({ min: 40, max: 400 }), policyId: fc.constantFrom("gkv", "snapKv", "rKv") })
  .map((choices) => encodeLink({ choices: { ...choices, problem: "walk-5x20-2" } }));
const anyMoment: fc.Arbitrary<DeckMoment> = fc.record({
  title: fc.string({ maxLength: 60, unit: "grapheme" }).map((text) => text.slice(0, 120)),
  notes: fc.string({ maxLength: 200 }),
  shows: fc.constantFrom("watch" as const, ...panelNames),
  experiment: fc.oneof(fc.constant(""), experiment),
  at: fc.nat(300).map((step) => `step:${step},layer:2,head:1`),
  views: fc.constantFrom("", '{"score":{"order":"rank"}}'),
});
const anyDeck: fc.Arbitrary<Deck> = fc.record({
  title: fc.string({ maxLength: 80 }),
  moments: fc.array(anyMoment, { maxLength: 12 }),
});

describe("a deck in a link", () => {
  it("comes back as it was, packed and readable", async () => {
    await fc.assert(
      fc.asyncProperty(anyDeck, async (deck) => {
        const plain = encodeLink({ way: "present", deck: deckText(deck) });
        for (const fragment of [plain, await packedLink(plain)]) {
          const link = await readLink(`#${fragment}`);
          expect(link).toMatchObject({ way: "present", complaints: [] });
          expect(parseDeckText(link.deck)).toEqual({ deck, complaints: [] });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("holds a lecture of ten moments in less than 8 kB", async () => {
    const fragment = await shortLink({ way: "present", deck: deckText(lecture) });
    expect(lecture.moments).toHaveLength(10);
    expect(fragment.length).toBeLessThan(6000);
  });

  it("holds the text of an experiment once", () => {
    const choices = { problem: "text", promptText: "Each room has one door. ".repeat(80) };
    const moments = Array.from({ length: 10 }, (_, place) => momentAt(place, choices));
    expect(deckText({ title: "", moments }).length).toBeLessThan(
      deckText({ title: "", moments: moments.slice(1) }).length + 60,
    );
  });

  it("never throws anything but words, whatever it holds", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parseDeckText(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });

  it("that is hostile costs little and says why it is refused", async () => {
    const many = JSON.stringify(["", [""], Array.from({ length: 5000 }, () => ["x", 0, "", "watch"])]);
    expect(() => parseDeckText(many)).toThrow("the deck in the link has 5000 moments; a deck has 60 at most");
    const long = JSON.stringify(["", ["v4&lane=policy:gkv".padEnd(30_000, "x")], [["x", 0]]]);
    expect(() => parseDeckText(long)).toThrow("No moment of the deck in the link can be read");
    const large = await packedLink(encodeLink({ deck: "x".repeat(90_000) }));
    expect((await readLink(large)).complaints[0]).toMatch(/“deck” is longer than any/);
    const startMs = performance.now();
    const nested = Array.from({ length: 60 }, (_, place) => [`${place}`, place, "step:99999,step:1,x", "nothing"]);
    const experiments = nested.map(
      (_, place) => `v4&deck=%5B%5D&policy=magic${place}&B=9e9&lane=${"policy:x,".repeat(100)}`,
    );
    const { complaints } = parseDeckText(JSON.stringify(["", experiments, nested]));
    expect(complaints).toHaveLength(8);
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});

describe("a deck's file", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(anyDeck, (deck) => {
        expect(parseDeckFile(deckFileText(deck), "a.deck.json")).toEqual({ deck, complaints: [] });
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["hello", "a.json is not a deck: it is not JSON"],
    ["[1]", "a.json is not a deck: its format is not “winnow deck”"],
    ['{"format":"winnow deck","version":9,"moments":[]}', "a newer Winnow (deck version 9; this page reads 1)"],
    ['{"format":"winnow deck","version":1}', 'it needs a title and a list of moments (moments: expected "moments"'],
    ['{"format":"winnow deck","version":1,"moments":[{"title":3}]}', "(title: expected string, found 3)"],
  ])("%s is refused in words", (content, words) => {
    expect(() => parseDeckFile(content, "a.json")).toThrow(words);
  });

  it("loses only the moments that cannot be read", () => {
    const moments = [{ title: "One" }, 7, { title: "Three", experiment: "v4&B=many", shows: "toaster" }];
    expect(parseDeck({ moments }, "x")).toEqual({
      deck: {
        title: "",
        moments: [
          { title: "One", notes: "", shows: "watch", experiment: "", at: "", views: "" },
          { title: "Three", notes: "", shows: "watch", experiment: "", at: "", views: "" },
        ],
      },
      complaints: [
        "Moment 2 of x cannot be read (expected Object, found 7); it is left out.",
        "Moment 3: Budget B: “many” is not a number; 96 slots is used.",
      ],
    });
  });

  it("is named after the deck", () => {
    expect(deckFileName({ title: "Why SnapKV fails: é", moments: [] })).toBe("why-snapkv-fails-e.deck.json");
    expect(deckFileName({ title: "", moments: [] })).toBe("winnow.deck.json");
  });
});

describe("a moment of a deck", () => {
  it("opens its experiment at its step", () => {
    const moment = momentAt(42, { policyId: "snapKv" });
    expect(placeOf(moment).step).toBe(42);
    expect(momentFragment(moment)).toBe("v4&policy=snapKv&at=step:42,layer:0,head:0");
  });
});

function momentAt(step: number, choices: Readonly<Record<string, string | number>>): DeckMoment {
  return deckMoment({
    title: `Step ${step}`,
    shows: "watch",
    choices,
    comparison: noLaneComparison,
    revision: null,
    moment: { ...firstPlace, step, arrangement: initialArrangement, views: {} },
  });
}

const said =
  "Ask the room first: which of these words would you keep? Then play on. The budget is 96, so each head drops 16 here, " +
  "and the head that reads notes keeps the rule it needs. Point at the closest call: two words, a hair apart. Wait for " +
  "questions, then say what the window saw and what it could not see. ";

/** With notes of a few hundred letters each, no two alike, and four runs. */
const lecture: Deck = {
  title: "What a small memory forgets",
  moments: Array.from({ length: 10 }, (_, place): DeckMoment => {
    const turn = place * 37;
    return {
      ...momentAt(
        20 + place * 23,
        place % 4 === 0 ? {} : { policyId: ["snapKv", "rKv", "random"][(place % 4) - 1], budgetSlots: 64 + place },
      ),
      title: `Moment ${place + 1}: what happens to the rule ${place * 7}`,
      notes: `${said.slice(turn)}${said.slice(0, turn)}`,
      views: '{"score":{"order":"rank","measure":"margin"}}',
    };
  }),
};
