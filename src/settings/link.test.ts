import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policies } from "../policy/policies";
import { settingsInForce, withChoice, withoutDefaults } from "./inForce";
import { decodeLink, encodeLink } from "./link";
import { emptyLink, ways } from "./linkContent";
import { nearestValue, type SettingRow, type SettingValue } from "./settingRow";
import { settingIds, settingRow, type Choices } from "./settings";
import { revisionText } from "./linkRevision";
import { revisionOf, shippedModels } from "./shippedModels";

describe("link", () => {
  it("is empty when nothing differs from the defaults", () => {
    expect(encodeLink({ choices: {} })).toBe("");
    expect(decodeLink("")).toEqual({ ...emptyLink, complaints: [] });
  });

  it("holds only what differs, under short names", () => {
    const choices = { alpha: 0.9, budgetSlots: 64, policyId: "gkv" };
    expect(encodeLink({ choices })).toBe("v4&B=64&alpha=0.9");
  });

  it("reads what it wrote", () => {
    const anyChoices: fc.Arbitrary<Choices> = fc
      .record(Object.fromEntries(settingIds.map((id) => [id, anyValue(settingRow(id))])), { requiredKeys: [] })
      .map((choices) => withoutDefaults(choices as Choices));
    fc.assert(
      fc.property(anyChoices, (choices) => {
        expect(decodeLink(`#${encodeLink({ choices })}`).choices).toEqual(choices);
      }),
    );
  });

  it("never throws and always yields values within the limits, whatever the fragment", () => {
    const keys = settingIds.map((id) => settingRow(id).key);
    const pair = fc
      .tuple(fc.oneof(fc.constantFrom(...keys), fc.string()), fc.oneof(fc.string(), fc.double().map(String)))
      .map(([key, value]) => `${key}=${value}`);
    const fragment = fc.oneof(
      fc.string(),
      fc.array(pair).map((pairs) => `#v2&${pairs.join("&")}`),
    );
    fc.assert(
      fc.property(fragment, (text) => {
        const { settings } = settingsInForce(decodeLink(text).choices);
        // Bytes can hold more slots than the control of slots offers.
        const chosenIds = settingIds.filter((id) => id !== "budgetSlots" || settings.budgetMode !== "bytes");
        for (const id of chosenIds) expect(fits(settingRow(id), settings[id]), id).toBe(true);
        expect(settings.windowSlots).toBeLessThan(settings.budgetSlots);
      }),
    );
  });

  it("lists each value that it could not use", () => {
    const { choices, complaints } = decodeLink("#v2&B=many&alpha=7&policy=magic&prompt=yes&B=9&colour=red&lbits=4,9");
    expect(choices).toEqual({ alpha: 1 });
    expect(complaints).toEqual([
      "Policy: “magic” is not one of the choices; G-KV is used.",
      "Budget B: “many” is not a number; 96 slots is used.",
      "Decay α: 7 is not 0 to 1; 1 is used.",
      "Protect the prompt: “yes” is not 1 (on) or 0 (off); off is used.",
      "Bits of each layer: “4,9” is not 2, 3, 4 or 8 for each layer, separated by spaces; nothing is used.",
      "“B” is given twice in the link; the first one is used.",
      "“colour” isn’t a setting of this page; it is ignored.",
    ]);
  });

  it.each([
    ["a bracket", "v3&B=64&alpha=0.9)"],
    ["a full stop", "v3&B=64&alpha=0.9."],
    ["an escaped bracket", "v3&B=64&alpha=0.9%3E"],
    ["a space", "v3&B=64&alpha=0.9%20"],
    ["angle brackets around it", "<v3&B=64&alpha=0.9>."],
    ["ampersands as in a page's source", "v3&amp;B=64&amp;alpha=0.9"],
    ["a percent-encoded whole", "v3%26B%3D64%26alpha%3D0.9"],
    ["a broken line", "v3&B=6\n4&alpha=0.9"],
  ])("is read with %s", (_, fragment) => {
    const { choices, complaints } = decodeLink(`#${fragment}`);
    expect({ choices, complaints }).toEqual({ choices: { budgetSlots: 64, alpha: 0.9 }, complaints: [] });
  });

  it.each(["(", "%20", "%20)"])("is read at once with any number of “%s” behind it", (stray) => {
    const { choices, complaints } = decodeLink(`#v3&B=64&alpha=0.9${stray.repeat(100_000 / stray.length)}`);
    expect({ choices, complaints }).toEqual({ choices: { budgetSlots: 64, alpha: 0.9 }, complaints: [] });
  });

  it("is refused at once when stray characters stand inside it", () => {
    expect(decodeLink(`#v3&B=64${"(".repeat(200_000)}a`).complaints.join()).toContain("longer than any link");
    expect(decodeLink(`#v3&text=${"(".repeat(100_000)}a`).complaints.join()).toContain("the end was cut off");
  });

  it("keeps what a text of the user's own ends in", () => {
    const choices = { problem: "text", promptText: "Walk 3 (or not).\n> " };
    expect(decodeLink(encodeLink({ choices })).choices).toEqual(choices);
  });

  it("asks for the comparison with the full cache only where it says so", () => {
    expect(encodeLink({ choices: { isCompared: true } })).toBe("v4&shadow=1");
    expect(decodeLink("#v4&shadow=1").choices).toEqual({ isCompared: true });
    // As every link made before there was such a choice.
    const { choices, complaints } = decodeLink("#v2&B=64&taps=0");
    expect(settingsInForce(choices).settings).toMatchObject({ budgetSlots: 64, hasTaps: false, isCompared: false });
    expect(complaints).toEqual([]);
  });

  it("passes on the proof of each lane's run, with a place for a lane that has none", () => {
    expect(encodeLink({ proofs: ["", "9.abc", ""] })).toBe("v4&proof=&proof=9.abc");
    expect(decodeLink("#v4&proof=&proof=9.abc")).toEqual({ ...emptyLink, proofs: ["", "9.abc"], complaints: [] });
    // A quotation mark after the link, which then went on.
    expect(decodeLink("#v3&proof=9.abc%22&B=64").proofs).toEqual(["9.abc"]);
  });

  it("names its weights, and says so if the page has others", () => {
    const revision = revisionOf(shippedModels[1]);
    const link = encodeLink({ choices: { model: shippedModels[1].id }, revision });
    expect(link).toBe(`v4&model=winnow-1m-spread&rev=${revision}`);
    expect(decodeLink(link)).toMatchObject({ revision, complaints: [] });
    expect(decodeLink("#v3&rev=0123abcd")).toMatchObject({ revision: "0123abcd" });
    expect(decodeLink("#v3&rev=0123abcd").complaints).toEqual([
      "The link was made with other weights of Winnow 1M (revision 0123abcd; this page has e96df093): " +
        "its run may come out differently here.",
    ]);
    expect(decodeLink("#v3&rev=new").revision).toBeNull();
  });

  it("names the weights of lanes with a model of their own, and leaves out those of the others", () => {
    const [base, spread] = shippedModels;
    const others = [{ policyId: "snapKv" }, { policyId: "gkv", model: spread.id }];
    const revision = revisionText([base, base, spread]);
    const link = encodeLink({ comparison: { others, isForced: true }, revision });
    expect(link).toBe(
      "v4&lane=policy:snapKv&lane=model:winnow-1m-spread,policy:gkv&tokens=forced&rev=e96df093,,89f5a5c8",
    );
    expect(decodeLink(link)).toMatchObject({ comparison: { others, isForced: true }, revision, complaints: [] });
    expect(decodeLink(link.replace("89f5a5c8", "0123abcd")).complaints).toEqual([
      "Lane 3: The link was made with other weights of Winnow 1M, spread (revision 0123abcd; this page has 89f5a5c8): " +
        "its run may come out differently here.",
    ]);
    expect(revisionText([base, base])).toBe("e96df093");
  });

  it("passes on the texts of a moment, within their limits", () => {
    const moment = { at: "step:42,layer:2", views: '{"map":{"isUnion":true}}' };
    expect(encodeLink({ moment })).toBe(
      "v4&at=step:42,layer:2&views=%7B%22map%22%3A%7B%22isUnion%22%3Atrue%7D%7D".replaceAll("%3A", ":"),
    );
    expect(decodeLink(encodeLink({ moment })).moment).toEqual(moment);
    expect(decodeLink(`#v4&panels=${"x".repeat(2001)}`)).toEqual({
      ...emptyLink,
      complaints: ["“panels” is longer than any of this page’s links writes it; it is ignored."],
    });
  });

  it("counts complaints where there are too many to list", () => {
    const keys = Array.from({ length: 500 }, (_, place) => `k${place}=1`).join("&");
    const { complaints } = decodeLink(`#v3&${keys}`);
    expect(complaints).toHaveLength(12);
    expect(complaints.at(-1)).toBe("489 more parts of the link could not be used.");
  });

  it("says when the link is from a newer version, and when it isn't a link at all", () => {
    const complaints = [
      "The link was made by a newer Winnow (link version 5; this page reads 4). The defaults are used.",
    ];
    expect(decodeLink("#v5&B=64")).toEqual({ ...emptyLink, complaints });
    expect(decodeLink("#v5z1c.AAAA")).toEqual({ ...emptyLink, complaints });
    expect(decodeLink("#chapter-3").complaints).toHaveLength(1);
  });

  it("says when two values cannot stand together, and what is used instead", () => {
    const { choices, complaints } = decodeLink("#v2&B=12&w=40");
    expect(settingsInForce(choices).settings.windowSlots).toBe(11);
    expect(complaints).toEqual([
      "Window w: 40 does not fit: a budget of 12 slots leaves the window 1 to 11; 11 tokens is used.",
    ]);
  });
});

describe("a link of version 1", () => {
  it.each([
    ["a walk by its knobs and number", "problem=walk&rooms=4&steps=9&n=7", { problem: "walk-4x9-7" }],
    ["a walk by what differs from the defaults", "steps=6", { problem: "walk-5x6-1" }],
    ["a tour", "problem=tour&rooms=4&steps=22&n=8", { problem: "walk-4x22-tour7-8" }],
    ["a text of the user's own", "problem=text&rooms=4&text=Walk+3", { problem: "text", promptText: "Walk 3" }],
    ["what is not of the problem", "B=64&alpha=0.9", { budgetSlots: 64, alpha: 0.9 }],
  ])("still means %s, and 400 tokens at most", (_, parameters, choices) => {
    expect(decodeLink(`#v1&${parameters}`)).toEqual({
      ...emptyLink,
      choices: { ...choices, maxNewTokens: 400 },
      way: "explore",
      complaints: [],
    });
  });

  it("keeps the length that it gave, and passes on what needs no complaint", () => {
    const { choices } = decodeLink("#v1&problem=maze&max=90");
    expect(choices).toEqual({ problem: "maze", maxNewTokens: 90 });
  });

  it("is written again as one of the present version", () => {
    expect(encodeLink(decodeLink("#v1&steps=6&n=2"))).toBe("v4&view=explore&problem=walk-5x6-2&max=400");
  });
});

describe("a link of version 2", () => {
  it("still has the digest of the tokens as the proof of its run", () => {
    const digest = "00ff00ff00ff00ff";
    expect(decodeLink(`#v2&alpha=0.9&digest=${digest}`)).toEqual({
      ...emptyLink,
      choices: { alpha: 0.9 },
      proofs: [digest],
      way: "explore",
      complaints: [],
    });
    expect(decodeLink("#v2&digest=yes").proofs).toEqual([]);
  });
});

describe("a link of version 3", () => {
  it("still opens every panel, which was the only view", () => {
    expect(decodeLink("#v3&B=64")).toEqual({
      ...emptyLink,
      choices: { budgetSlots: 64 },
      way: "explore",
      complaints: [],
    });
  });
});

describe("the view of a link", () => {
  it("opens a lesson, by its id or its number, with the part if it says", () => {
    const place = { lesson: "why-a-cache", part: 1 };
    expect(encodeLink({ way: "learn", lesson: place })).toBe("v4&view=learn&lesson=why-a-cache:2");
    expect(decodeLink("#v4&view=learn&lesson=why-a-cache:2")).toMatchObject({ lesson: place, complaints: [] });
    expect(decodeLink("#v4&lesson=3").lesson).toEqual({ lesson: "3", part: null });
  });

  it("says what a lesson must be where it isn't", () => {
    const { lesson, complaints } = decodeLink("#v4&lesson=Why:0");
    expect(lesson).toBe(null);
    expect(complaints).toEqual([
      "lesson: “Why:0” isn’t a lesson’s number or id, with its part if you like, such as 3 or why-a-cache:2; it is ignored.",
    ]);
  });

  it.each(ways)("is %s where it says so", (way) => {
    expect(encodeLink({ way })).toBe(`v4&view=${way}`);
    expect(decodeLink(`#v4&view=${way}`)).toEqual({ ...emptyLink, way, complaints: [] });
  });

  it("is ignored with a complaint where there is no such view", () => {
    expect(decodeLink("#v4&view=cinema&B=64")).toEqual({
      ...emptyLink,
      choices: { budgetSlots: 64 },
      complaints: ["There is no view “cinema”, only watch, explore, learn, present, streams; it is ignored."],
    });
  });
});

describe("settings in force", () => {
  it.each(policies)("are those that $id sets, until the user chooses otherwise", (policy) => {
    const { settings } = settingsInForce(withChoice({}, "policyId", policy.id));
    expect(settings).toMatchObject(policy.defaults);
  });

  it("keep the user's budget but not the user's formula when the policy changes", () => {
    const choices = withChoice(withChoice({}, "budgetSlots", 64), "redundancy", "raw");
    expect(withChoice(choices, "policyId", "rKv")).toEqual({ policyId: "rKv", budgetSlots: 64 });
  });
});

function anyValue(row: SettingRow): fc.Arbitrary<SettingValue> {
  switch (row.type) {
    case "number":
      return fc.double({ min: row.min, max: row.max, noNaN: true }).map((value) => nearestValue(row, value));
    case "choice":
      return fc.constantFrom(...row.choices.map((choice) => choice.value));
    case "flag":
      return fc.boolean();
    case "text":
      // What is no list of its kind comes back as the default.
      if (row.accepts !== undefined) return fc.constantFrom("", "4", "4 4 2 8");
      return fc.string({ maxLength: Math.min(200, row.maxLength), unit: "grapheme" });
  }
}

function fits(row: SettingRow, value: SettingValue): boolean {
  switch (row.type) {
    case "number":
      return typeof value === "number" && value >= row.min && value <= row.max;
    case "choice":
      return row.choices.some((choice) => choice.value === value);
    case "flag":
      return typeof value === "boolean";
    case "text":
      return typeof value === "string" && value.length <= row.maxLength;
  }
}
