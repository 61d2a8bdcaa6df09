// Links as they are shared: packed and read back, with proofs of recorded runs, comparisons and runs too long for an
// address, checked against the run again; and ten thousand damaged fragments, each of which decodes to a runnable experiment.
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import index from "../../public/runs/index.json";
import { noLaneComparison, settingsOfLanes } from "../settings/lanes";
import { decodeLink, encodeLink } from "../settings/link";
import { emptyLink, type LinkContent } from "../settings/linkContent";
import { settingIds, settingRow } from "../settings/settings";
import type { SettingRow } from "../settings/settingRow";
import { drawRandomTrace, drawTrace } from "../trace/drawTrace.testing";
import { deflateRaw } from "../trace/file/deflate";
import { decodeRunFile } from "../trace/file/runFile";
import { encodeBase64Url } from "../trace/proof/base64Url";
import type { Trace } from "../trace/trace";
import { initialArrangement } from "./arrangement";
import { firstPlace, parseMoment } from "./moment";
import { promiseVerdicts } from "./linkProof";
import { MOST_LINK_CHARACTERS, packedLink, readLink, sharedLink, shortLink, type Shared } from "./sharedLink";

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
    expect(packed).toMatch(/^v4z[0-9a-z]+\.[\w-]+$/);
    expect(packed.length).toBeLessThan(plain.length / 5);
    expect(await readLink(`#${packed}`)).toEqual(decodeLink(plain));
    expect(await readLink(`#${plain}`)).toEqual(decodeLink(plain));
  });

  it("is not made of a short one, which stays readable", async () => {
    expect(await shortLink({ choices: { alpha: 0.9 }, comparison })).toBe(
      "v4&alpha=0.9&lane=policy:snapKv,B:64&tokens=forced",
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

const page = "https://example.org/winnow/";
const nothing: Shared = { page, choices: {}, comparison: noLaneComparison, traces: [], moment: null, way: "explore" };
const fragmentOf = (address: string): string => address.slice(page.length);

/** A run of one KV head with so many steps and an event on each. */
function longRun(stepCount: number): Trace {
  const lines = Array.from({ length: stepCount }, (_, step) =>
    step % 2 === 1 ? `g${step} evicts w${step - 1} w${step}` : `g${step}`,
  );
  const prompt = Array.from({ length: stepCount + 2 }, (_, place) => `w${place}`).join(" ");
  return { ...drawTrace({ prompt, kvHeadCount: 1 }, lines.join("\n")), end: "length" };
}

describe.each(index.filter((entry) => entry.file !== undefined))(
  "a link to the recorded run $id",
  ({ file, problem }) => {
    it("fits into a message and is found reproduced by that run, all of its steps and events told apart", async () => {
      const trace = decodeRunFile(await readFile(new URL(`../../public/runs/${file}`, import.meta.url)), file);
      const resolved = await trace;
      const { address, isThinned, isLong } = await sharedLink({
        ...nothing,
        choices: { problem: problem.id },
        traces: [resolved],
      });
      expect({ isThinned, isLong }).toEqual({ isThinned: false, isLong: false });
      expect(address.length).toBeLessThan(1000);
      const link = await readLink(fragmentOf(address));
      expect(link.complaints).toEqual([]);
      expect(promiseVerdicts(link.proofs, [resolved])).toMatchObject([{ type: "reproduced" }]);
    });
  },
);

describe("a shared link", () => {
  it("says at least which weights it is about", async () => {
    expect((await sharedLink(nothing)).address).toBe(`${page}#v4&view=explore&rev=e96df093`);
  });

  it("of a comparison vouches for each lane that came to its end", async () => {
    const [one, other] = [7, 8].map((seed): Trace => ({ ...drawRandomTrace(seed), end: "stopToken" }));
    const stopped: Trace = { ...drawRandomTrace(9), end: "stopped" };
    const comparison = { others: [{ policyId: "snapKv" }, { policyId: "fullCache" }], isForced: false };
    const { address } = await sharedLink({ ...nothing, comparison, traces: [one, stopped, other] });
    const link = await readLink(fragmentOf(address));
    expect(link.comparison).toEqual(comparison);
    const verdicts = promiseVerdicts(link.proofs, [one, stopped, other]);
    expect(verdicts.map((verdict) => verdict?.type)).toEqual(["reproduced", undefined, "reproduced"]);
  });

  it("of a moment opens at it", async () => {
    const moment = {
      ...firstPlace,
      step: 12,
      layer: 1,
      arrangement: initialArrangement,
      views: { map: { isUnion: true } },
    };
    const { address } = await sharedLink({ ...nothing, moment });
    const link = await readLink(fragmentOf(address));
    expect(parseMoment(link.moment)).toEqual({ moment, complaints: [] });
  });

  it("of a long run is thinned until it fits, and still tells another run from it", async () => {
    const run = longRun(900);
    const { address, isThinned, isLong } = await sharedLink({ ...nothing, traces: [run] });
    expect({ isThinned, isLong }).toEqual({ isThinned: true, isLong: false });
    expect(address.length).toBeLessThanOrEqual(MOST_LINK_CHARACTERS);
    expect(address.length).toBeGreaterThan(MOST_LINK_CHARACTERS / 3);
    const { proofs } = await readLink(fragmentOf(address));
    expect(promiseVerdicts(proofs, [run])).toMatchObject([{ type: "reproduced" }]);
    const other = {
      ...run,
      steps: run.steps.map((record) => (record.step === 500 ? { ...record, token: 1 } : record)),
    };
    const [verdict] = promiseVerdicts(proofs, [other]);
    expect(verdict?.type).toBe("diverged");
    if (verdict?.type !== "diverged") return;
    expect(verdict.from).toBeLessThanOrEqual(500);
    expect(verdict.to).toBeGreaterThanOrEqual(500);
    expect(verdict.to - verdict.from).toBeLessThan(16);
  });

  it("that is too long without any proof says so", async () => {
    const promptText = Array.from({ length: 500 }, (_, place) => (place * 7919 + 104729).toString(36)).join(" ");
    const { isLong, isThinned } = await sharedLink({ ...nothing, choices: { problem: "text", promptText } });
    expect({ isLong, isThinned }).toEqual({ isLong: true, isThinned: false });
  });
});

it("promises nothing where the link is silent, and knows a proof that is none", () => {
  const trace = drawRandomTrace(1);
  expect(promiseVerdicts([], [trace])).toEqual([null]);
  expect(promiseVerdicts(["not a proof"], [trace])).toEqual([{ type: "incomplete", reason: "damagedProof" }]);
});
