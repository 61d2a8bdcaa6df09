// States kept in the browser, and what would change by going back to one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkDifference, recentStates, rememberState, type KeptTexts } from "./recentStates";

/** A storage with room for so many characters. */
function storageOf(roomCharacters = Infinity): KeptTexts & { text: string | null } {
  const storage: KeptTexts & { text: string | null } = {
    text: null,
    getItem: () => storage.text,
    setItem(_, text) {
      if (text.length > roomCharacters) throw new DOMException("full", "QuotaExceededError");
      storage.text = text;
    },
  };
  return storage;
}

const state = (number: number) => ({ link: `v3&B=${number}`, title: `Budget ${number}`, atMs: 1000 * number });

describe("the recent states", () => {
  it("are thirty at most, the newest first, each once", () => {
    const storage = storageOf();
    for (let number = 8; number < 60; number++) rememberState(storage, state(number));
    rememberState(storage, { ...state(40), atMs: 99 });
    const links = recentStates(storage).map(({ link }) => link);
    expect(links).toHaveLength(30);
    expect(links.slice(0, 3)).toEqual(["v3&B=40", "v3&B=59", "v3&B=58"]);
    expect(new Set(links).size).toBe(30);
  });

  it("lose the oldest where the storage is full, and say where it takes nothing", () => {
    const small = storageOf(300);
    for (let number = 8; number < 30; number++) expect(rememberState(small, state(number))).toBe(true);
    expect(recentStates(small)[0]).toEqual(state(29));
    expect(rememberState(storageOf(10), state(8))).toBe(false);
    expect(rememberState(null, state(8))).toBe(false);
    expect(recentStates(null)).toEqual([]);
  });

  it("are none if the browser refuses, or something else is stored there", () => {
    const refusing: KeptTexts = {
      getItem() {
        throw new DOMException("no", "SecurityError");
      },
      setItem() {
        throw new DOMException("no", "SecurityError");
      },
    };
    expect(recentStates(refusing)).toEqual([]);
    expect(rememberState(refusing, state(8))).toBe(false);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const storage = { ...storageOf(), getItem: () => text };
        expect(Array.isArray(recentStates(storage))).toBe(true);
      }),
    );
  });
});

describe("the difference of two links", () => {
  it("names each setting with its values before and after", () => {
    expect(linkDifference("v3&B=64&alpha=0.9", "v3&policy=snapKv&B=64&T=0.5")).toEqual(
      expect.arrayContaining([
        { label: "Policy", before: "G-KV", after: "SnapKV" },
        { label: "Decay α", before: "0.9", after: "not used" },
        { label: "Temperature", before: "0", after: "0.5" },
      ]),
    );
    expect(linkDifference("v3&B=64", "v3&B=64")).toEqual([]);
    expect(linkDifference("", "v3&B=64")).toEqual([{ label: "Budget B", before: "96 slots", after: "64 slots" }]);
  });

  it("names lanes and whose tokens they are fed", () => {
    expect(
      linkDifference("v3&lane=policy:snapKv", "v3&lane=policy:gkv,B:32&lane=policy:fullCache&tokens=forced"),
    ).toEqual([
      { label: "Lane 2", before: "SnapKV", after: "G-KV, Budget B 32 slots" },
      { label: "Lane 3", before: "none", after: "Full cache" },
      { label: "Tokens of the lanes", before: "each lane its own", after: "those of the full cache" },
    ]);
  });

  it("knows settings, whatever the links say", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        for (const { label, before, after } of linkDifference(`v3&${one}`, `v3&${other}`)) {
          expect(label).not.toBe("");
          expect(before).not.toBe(after);
        }
      }),
    );
  });
});
