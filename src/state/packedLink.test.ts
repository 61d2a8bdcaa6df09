// Links squeezed and read back, and ten thousand fragments that nobody meant: each decodes to something that can be run.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settingsOfLanes } from "../settings/lanes";
import { decodeLink, encodeLink } from "../settings/link";
import { emptyLink, type LinkContent } from "../settings/linkContent";
import { settingIds, settingRow } from "../settings/settings";
import type { SettingRow } from "../settings/settingRow";
import { encodeBase64Url } from "../trace/proof/base64Url";
import { deflateRaw } from "../trace/file/deflate";
import { readLink, packedLink, shortLink } from "./packedLink";

const comparison = { others: [{ policyId: "snapKv", budgetSlots: 64 }], isForced: true };
const ownText = "Start in the barn. Each room has one door. ".repeat(40);
const longLink: Partial<LinkContent> = {
  choices: { problem: "text", promptText: ownText },
  comparison,
  proofs: ["", "2s.1.AAAAA"],
};

describe("a packed link", () => {
  it("says what the readable one says, in fewer letters", async () => {
    const plain = encodeLink(longLink);
    const packed = await shortLink(longLink);
    expect(packed).toMatch(/^v3z[0-9a-z]+\.[\w-]+$/);
    expect(packed.length).toBeLessThan(plain.length / 5);
    expect(await readLink(`#${packed}`)).toEqual(decodeLink(plain));
    expect(await readLink(`#${plain}`)).toEqual(decodeLink(plain));
  });

  it("is not made of a short one, which stays readable", async () => {
    expect(await shortLink({ choices: { alpha: 0.9 }, comparison })).toBe(
      "v3&alpha=0.9&lane=policy:snapKv,B:64&tokens=forced",
    );
    expect(await shortLink({})).toBe("");
  });

  it("that was cut off or changed says so", async () => {
    const packed = await shortLink(longLink);
    for (const broken of [packed.slice(0, -9), packed.replace(/\..{9}/, ".________?")]) {
      const { complaints, ...content } = await readLink(broken);
      expect(content).toEqual(emptyLink);
      expect(complaints).toHaveLength(1);
      expect(complaints[0]).toMatch(/damaged|unpacked/);
    }
  });

  const atEnd = [
    ".",
    ")",
    ">",
    "/",
    "%20",
    "\u200b",
    "&utm_source=x",
    "),",
    ">.",
    "%3E",
    "*",
    "**",
    "_",
    "__",
    "”",
    "?fbclid=1",
    "\n",
  ];
  const surroundings: [string, (link: string) => string][] = [
    ...atEnd.map((stray): [string, (link: string) => string] => [
      `${JSON.stringify(stray)} behind it`,
      (link) => link + stray,
    ]),
    ["angle brackets around it", (link) => `<${link}>`],
    ["stars and quotes around it", (link) => `**"${link}"**`],
    ["lines broken", (link) => link.replaceAll(/.{76}/g, "$&\r\n")],
    ["lines broken as mail breaks them", (link) => link.replaceAll(/.{75}/g, "$&=\r\n")],
    ["lines broken in a quoted answer", (link) => link.replaceAll(/.{76}/g, "$&\n> ")],
    ["spaces without a width in it", (link) => link.replaceAll(/.{50}/g, "$&\u200b")],
    [
      "a percent-encoded whole",
      (link) => link.replaceAll(/[^\w-]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    ],
    [
      "a whole that was percent-encoded twice",
      (link) => encodeURIComponent(encodeURIComponent(`#${link}`)).replaceAll(".", "%252E"),
    ],
  ];
  it.each(surroundings)("opens with %s", async (_, surround) => {
    const packed = await shortLink(longLink);
    const expected = await readLink(packed);
    expect(expected.complaints).toEqual([]);
    expect(await readLink(`#${surround(packed)}`)).toEqual(expected);
  });

  it("names what is in the middle of it and not of it", async () => {
    const packed = await shortLink(longLink);
    const { complaints } = await readLink(`${packed.slice(0, 60)}…${packed.slice(60)}`);
    expect(complaints[0]).toMatch(/damaged.*it holds “…”, which no packed link does/);
  });

  it("of a newer version says so", async () => {
    expect((await readLink("#v9z1c.AAAA")).complaints[0]).toMatch(/newer Winnow \(link version 9/);
  });

  it("never unpacks to more than it declares, nor declares more than a link may hold", async () => {
    const bomb = encodeBase64Url(await deflateRaw(new Uint8Array(60_000_000)));
    expect(bomb.length).toBeLessThan(120_000);
    const startMs = performance.now();
    expect((await readLink(`#v3z5k.${bomb}`)).complaints[0]).toMatch(/holds more than the 200 bytes it declares/);
    expect((await readLink(`#v3zzzzz.${bomb}`)).complaints[0]).toMatch(/more than any link/);
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});

describe("any fragment", () => {
  const keys = [...settingIds.map((id) => settingRow(id).key), "lane", "tokens", "rev", "proof", "at", "panels"];
  const value = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.double().map(String),
    fc.constantFrom(
      "gkv",
      "snapKv",
      "1",
      "0",
      "forced",
      "policy:gkv,B:64",
      "policy:h2o,w:",
      "step:3,layer:9",
      "%",
      "%zz",
    ),
  );
  const pair = fc.tuple(fc.oneof(fc.constantFrom(...keys), fc.string()), value).map(([key, text]) => `${key}=${text}`);
  const written = fc
    .tuple(fc.constantFrom("v1", "v2", "v3", "v3", "v3", "v4", "v0"), fc.array(pair, { maxLength: 9 }))
    .map(([version, pairs]) => [version, ...pairs].join("&"));
  const mutated = fc
    .tuple(written, fc.nat(), fc.nat(9), fc.string({ maxLength: 4 }))
    .map(([text, place, gone, put]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + put + text.slice(at + gone);
    });
  const plain = fc.oneof(written, mutated, fc.string());
  const squeezed = fc.tuple(fc.oneof(written, mutated), fc.nat(), fc.option(fc.string({ maxLength: 2 })));

  const mustBeUsable = (decoded: LinkContent & { complaints: readonly string[] }): void => {
    const lanes = settingsOfLanes(decoded.choices, decoded.comparison);
    expect(lanes.length).toBeLessThanOrEqual(4);
    for (const { settings } of lanes) {
      const unfit = settingIds.filter((id) => !fits(settingRow(id), settings[id]));
      expect(unfit).toEqual([]);
      expect(settings.windowSlots).toBeLessThan(settings.budgetSlots);
    }
    expect(decoded.complaints.length).toBeLessThanOrEqual(12);
    const again = encodeLink(decoded);
    expect(encodeLink(decodeLink(again))).toBe(again);
  };

  it("in readable form decodes to settings within the limits, and once written stays as it is", async () => {
    const startMs = performance.now();
    await fc.assert(
      fc.asyncProperty(plain, async (text) => mustBeUsable(await readLink(text))),
      { numRuns: 7000 },
    );
    expect((performance.now() - startMs) / 7000).toBeLessThan(5);
  }, 30_000);

  it("in packed form decodes likewise, whole or damaged", async () => {
    await fc.assert(
      fc.asyncProperty(squeezed, async ([text, place, put]) => {
        const packed = await packedLink(text);
        const at = place % packed.length;
        mustBeUsable(await readLink(put === null ? packed : packed.slice(0, at) + put + packed.slice(at + 1)));
      }),
      { numRuns: 3000 },
    );
  }, 30_000);

  it("of the greatest length takes no more than a moment", async () => {
    const startMs = performance.now();
    for (const part of [
      "&lane=policy:gkv",
      "&B=1",
      "&a",
      "&%F0",
      "=",
      "&proof=a.b",
      "z1.A",
      `&lane=${"B:9,".repeat(90)}`,
    ]) {
      mustBeUsable(await readLink(`v3${part.repeat(Math.floor(119_000 / part.length))}`));
    }
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});

function fits(row: SettingRow, value: unknown): boolean {
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
