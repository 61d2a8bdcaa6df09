// Run files: exact round trips, and an InputError for everything that is not exactly a run file.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { crc32 } from "./crc32";
import { deflateRaw } from "./deflate";
import { drawRandomTrace, drawTrace } from "./drawTrace";
import { joinBytes } from "./joinBytes";
import { decodeRunFile, encodeRunFile } from "./runFile";
import { packSections, unpackSections } from "./runFileSections";
import type { EventEvidence, LoyaltyRecord, Trace } from "./trace";

const trace = drawTrace(
  { prompt: "The cat sat" },
  `
  on
  the   evicts The | cat
  mat`,
);
const compared = drawTrace(
  { prompt: "The cat sat", hasLoyalty: true },
  `
  on
  the   evicts The | cat
  mat
  now   evicts cat | The
  and`,
);
const evident = drawTrace(
  { prompt: "The cat sat", hasEvidence: true },
  `
  on
  the   evicts The | cat
  mat
  now   evicts cat | The
  and`,
);
const seeds = fc.integer({ min: 0, max: 1e6 });

/** Decodes; anything thrown must be an InputError that names the file. */
async function decodeOrRefuse(bytes: Uint8Array): Promise<Trace | string> {
  try {
    return await decodeRunFile(bytes, "some.winnow");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toContain("some.winnow");
    return error.message;
  }
}

/** The file with its head's JSON changed and every checksum right. */
async function withHead(change: (head: Json) => void, source: Trace = trace): Promise<Uint8Array> {
  const sections = await unpackSections(await encodeRunFile(source), "good.winnow");
  const head = JSON.parse(new TextDecoder().decode(sections.head)) as Json;
  change(head);
  return packSections({ ...sections, head: new TextEncoder().encode(JSON.stringify(head)) });
}

interface Json {
  [key: string]: Json | number | string | boolean | null | Json[];
}

function section(tag: string, rawLength: number, stored: Uint8Array): Uint8Array {
  const header = new Uint8Array(16);
  header.set(new TextEncoder().encode(tag));
  const view = new DataView(header.buffer);
  view.setUint32(4, rawLength, true);
  view.setUint32(8, stored.length, true);
  view.setUint32(12, crc32(header.subarray(0, 12), stored), true);
  return joinBytes([header, stored]);
}

const start = joinBytes([new TextEncoder().encode("WINNOWRUN"), Uint8Array.of(1)]);

describe("a run file", () => {
  it("gives back exactly the run that was put in", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const random = drawRandomTrace(seed);
        expect(await decodeRunFile(await encodeRunFile(random), "x")).toEqual(random);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps numbers that JSON cannot write", async () => {
    const [first, ...rest] = trace.steps;
    const odd: Trace = {
      ...trace,
      header: { ...trace.header, parameters: { a: Infinity, b: -Infinity, c: NaN, d: -0, e: 0.1 } },
      steps: [{ ...first, logProbability: -Infinity, entropy: NaN }, ...rest],
    };
    expect(await decodeRunFile(await encodeRunFile(odd), "x")).toEqual(odd);
  });

  it("is the same for the same run", async () => {
    expect(await encodeRunFile(trace)).toEqual(await encodeRunFile(trace));
  });

  it("refuses to write arrays of another shape than the trace promises", () => {
    const [event] = trace.events;
    const broken = { ...trace, events: [{ ...event, total: event.total.subarray(1) }] };
    expect(() => encodeRunFile(broken)).toThrow("total has 5 values, expected 6");
  });
});

describe("what is not a run file", () => {
  it.each([trace, compared, evident])("is refused after any flipped bit", async (source) => {
    const good = await encodeRunFile(source);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length * 8 - 1), async (bit) => {
        const bytes = good.slice();
        bytes[bit >> 3] ^= 1 << (bit & 7);
        expect(typeof (await decodeOrRefuse(bytes))).toBe("string");
      }),
      { numRuns: 300 },
    );
  });

  it.each([trace, compared, evident])("is refused when cut short or followed by more", async (source) => {
    const good = await encodeRunFile(source);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1 }), async (length, more) => {
        expect(typeof (await decodeOrRefuse(good.slice(0, length)))).toBe("string");
        expect(typeof (await decodeOrRefuse(joinBytes([good, more])))).toBe("string");
      }),
      { numRuns: 60 },
    );
  });

  it("is refused when it is noise, behind a right beginning and right checksums too", async () => {
    const noise = fc.uint8Array({ maxLength: 400 });
    const parts = { head: noise, steps: noise, events: noise, loyalty: fc.option(noise), evidence: fc.option(noise) };
    await fc.assert(
      fc.asyncProperty(fc.record(parts), async (sections) => {
        expect(typeof (await decodeOrRefuse(sections.head))).toBe("string");
        expect(typeof (await decodeOrRefuse(joinBytes([start, sections.head])))).toBe("string");
        expect(typeof (await decodeOrRefuse(await packSections(sections)))).toBe("string");
      }),
    );
  });

  it("says so when the file is something else, or newer", async () => {
    expect(await decodeOrRefuse(new Uint8Array(0))).toMatch("is not a run of Winnow");
    const newer = (await encodeRunFile(trace)).slice();
    newer[9] = 5;
    expect(await decodeOrRefuse(newer)).toMatch("has version 5 of the run format, expected 1 to 4");
  });

  it("is refused before its size is believed", async () => {
    const stored = await deflateRaw(new Uint8Array(10));
    const huge = joinBytes([start, section("HEAD", 0xffffffff, stored)]);
    expect(await decodeOrRefuse(huge)).toMatch("declares 4294967295 bytes, more than it can hold");
  });

  it("does not unpack more than it declares", async () => {
    const bomb = await deflateRaw(new Uint8Array(64 * 1024 * 1024));
    const file = joinBytes([start, section("HEAD", 1000, bomb)]);
    expect(await decodeOrRefuse(file)).toMatch("holds more than the 1000 bytes it declares");
  });
});

describe("the comparison with the full cache", () => {
  it("stands in a file of version 2; a run without one is a file of version 1, as it always was", async () => {
    const file = await encodeRunFile(compared);
    expect(file[9]).toBe(2);
    expect(await decodeRunFile(file, "x")).toEqual(compared);
    expect((await encodeRunFile(trace))[9]).toBe(1);
  });

  it("is not written when a step has none, or the shape of another model", () => {
    const [first, second, ...rest] = compared.steps;
    const { loyalty, ...without } = second;
    const headless = { ...second, loyalty: loyalty && { ...loyalty, lostAttention: new Float32Array(3) } };
    expect(() => encodeRunFile({ ...compared, steps: [first, without, ...rest] })).toThrow("step 1 was not compared");
    expect(() => encodeRunFile({ ...compared, steps: [first, headless, ...rest] })).toThrow("expected 2");
  });

  it.each<[string, Partial<LoyaltyRecord>, string]>([
    ["a divergence below 0", { klNats: -0.1 }, "loyalty: -0.1 where a number from 0"],
    ["a divergence that is no number", { klNats: NaN }, "loyalty: NaN where"],
    ["a rank of 0", { chosenRank: 0 }, "loyalty: 0 where a number from 1 to 100"],
    ["a rank beyond the vocabulary", { chosenRank: 101 }, "loyalty: 101 where"],
    ["more attention than there is", { lostAttention: Float32Array.of(0, 1.5) }, "loyalty: 1.5 where"],
    ["a regret that is no number", { regret: Float32Array.of(NaN, 0) }, "loyalty: NaN where"],
    ["a regret for one of two positions let go", { regret: Float32Array.of(0.5) }, "a regret for 1 positions"],
  ])("is refused with %s", async (_, change, message) => {
    const steps = compared.steps.map((step) =>
      step.step === 2 && step.loyalty ? { ...step, loyalty: { ...step.loyalty, ...change } } : step,
    );
    expect(await decodeOrRefuse(await encodeRunFile({ ...compared, steps }))).toMatch(message);
  });

  it.each([-1, 1])("is refused when its section is %i byte too long", async (extra) => {
    const sections = await unpackSections(await encodeRunFile(compared), "good.winnow");
    const bytes = sections.loyalty ?? new Uint8Array(0);
    const loyalty = extra < 0 ? bytes.subarray(0, extra) : joinBytes([bytes, new Uint8Array(extra)]);
    expect(await decodeOrRefuse(await packSections({ ...sections, loyalty }))).toContain("some.winnow, loyalty");
  });

  it("is refused where the version says there is none", async () => {
    const file = (await encodeRunFile(compared)).slice();
    file[9] = 1;
    expect(await decodeOrRefuse(file)).toMatch("goes on after its end");
  });
});

describe("what stands behind the terms of events", () => {
  it("stands in a file of version 3, and of version 4 beside the comparison with the full cache", async () => {
    const file = await encodeRunFile(evident);
    expect(file[9]).toBe(3);
    expect(await decodeRunFile(file, "x")).toEqual(evident);
    const both = { ...compared, events: evident.events };
    const fileOfBoth = await encodeRunFile(both);
    expect(fileOfBoth[9]).toBe(4);
    expect(await decodeRunFile(fileOfBoth, "x")).toEqual(both);
  });

  it.each<keyof EventEvidence>(["excusedSlots", "votingHeads"])("may lack %s, in one event or in all", async (name) => {
    const [first, second] = evident.events;
    const { [name]: _, ...without } = first;
    const { [name]: __, ...secondWithout } = second;
    for (const events of [
      [without, second],
      [without, secondWithout],
    ]) {
      expect(await decodeRunFile(await encodeRunFile({ ...evident, events }), "x")).toEqual({ ...evident, events });
    }
  });

  it("is read from part of a larger buffer", async () => {
    const [first, second] = evident.events;
    const votingHeads = Int8Array.of(9, ...(first.votingHeads ?? []), 9).subarray(1, -1);
    const part = { ...evident, events: [{ ...first, votingHeads }, second] };
    expect(await decodeRunFile(await encodeRunFile(part), "x")).toEqual(evident);
  });

  it("is not written in the shape of another event", () => {
    const [first, second] = evident.events;
    const short = (change: EventEvidence) => ({ ...evident, events: [{ ...first, ...change }, second] });
    expect(() => encodeRunFile(short({ excusedSlots: new Int32Array(3) }))).toThrow("3 excused slots of 8");
    expect(() => encodeRunFile(short({ votingHeads: new Int8Array(3) }))).toThrow("3 voting heads of 6");
  });

  it.each<[string, EventEvidence, string]>([
    ["a slot beyond the cache", { excusedSlots: Int32Array.of(4, -1, -1, -1, -1, -1, -1, -1) }, "4, limit 4"],
    ["a slot below none", { excusedSlots: Int32Array.of(-2, -1, -1, -1, -1, -1, -1, -1) }, "-2, limit 4"],
    ["a slot that repeats itself", { excusedSlots: Int32Array.of(-1, -1, -1, -1, -1, 1, -1, -1) }, "its own near-dup"],
    ["a query head that its group lacks", { votingHeads: Int8Array.of(0, 0, 1, 0, 0, 0) }, "1, limit 1"],
    ["a query head below none", { votingHeads: Int8Array.of(0, 0, -2, 0, 0, 0) }, "-2, limit 1"],
  ])("is refused with %s", async (_, change, message) => {
    const [first, second] = evident.events;
    const file = await encodeRunFile({ ...evident, events: [{ ...first, ...change }, second] });
    expect(await decodeOrRefuse(file)).toMatch(message);
  });

  it("is refused when it records what this page does not know", async () => {
    const sections = await unpackSections(await encodeRunFile(evident), "good.winnow");
    const evidence = sections.evidence?.slice() ?? new Uint8Array(0);
    evidence[0] = 4;
    expect(await decodeOrRefuse(await packSections({ ...sections, evidence }))).toMatch("records 4, at most 3");
  });

  it.each([-1, 1])("is refused when its section is %i byte too long", async (extra) => {
    const sections = await unpackSections(await encodeRunFile(evident), "good.winnow");
    const bytes = sections.evidence ?? new Uint8Array(0);
    const evidence = extra < 0 ? bytes.subarray(0, extra) : joinBytes([bytes, new Uint8Array(extra)]);
    expect(await decodeOrRefuse(await packSections({ ...sections, evidence }))).toContain("some.winnow, evidence");
  });
});

describe("a head that lies behind a right checksum", () => {
  it.each<[string, (head: Json) => void, string]>([
    ["more steps than there are", (head) => (head["stepCount"] = 1_000_000), "too short"],
    ["fewer steps than there are", (head) => (head["stepCount"] = 2), "some.winnow, steps"],
    ["more heads than there are", (head) => model(head, "layerCount", 1 << 20), "too short"],
    [
      "more positions than replay can hold",
      (head) => {
        model(head, "layerCount", 1 << 12);
        model(head, "kvHeadCount", 1 << 12);
      },
      "more than this page can replay",
    ],
    ["a negative count", (head) => (head["promptCount"] = -1), "promptCount should be"],
    ["a vocabulary that its tokens exceed", (head) => model(head, "vocabularySize", 5), "expected"],
    ["texts that are not there", (head) => (head["texts"] = []), "a number from 0"],
    ["an event on a step that does not exist", (head) => event(head, "step", 9), "contradicts itself"],
    ["an event on another step", (head) => event(head, "step", 2), "contradicts itself"],
    ["more survivors than slots", (head) => event(head, "keptCount", 5), "keeps 5 slots"],
    ["a term named like a property of objects", (head) => event(head, "termNames", ["a.b"]), "termNames"],
  ])("is refused: %s", async (_, change, message) => {
    expect(await decodeOrRefuse(await withHead(change))).toMatch(message);
  });

  it("never ends in anything but a run that can be written again or an InputError", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.nat(), fc.jsonValue(), async (seed, place, value) => {
        const file = await withHead((head) => replaceLeaf(head, place, value as Json), drawRandomTrace(seed));
        const decoded = await decodeOrRefuse(file);
        if (typeof decoded !== "string") await encodeRunFile(decoded);
      }),
      { numRuns: 150 },
    );
  });
});

function model(head: Json, field: string, value: number): void {
  ((head["header"] as Json)["model"] as Json)[field] = value;
}

function event(head: Json, field: string, value: number | string[]): void {
  (head["events"] as Json[])[0][field] = value as number;
}

/** Replaces one of the values in a tree, counted in depth-first order. */
function replaceLeaf(tree: Json, place: number, value: Json): void {
  const leaves: [Json, string][] = [];
  const visit = (node: Json) => {
    for (const key of Object.keys(node)) {
      leaves.push([node, key]);
      const child = node[key];
      if (typeof child === "object" && child !== null) visit(child as Json);
    }
  };
  visit(tree);
  const [node, key] = leaves[place % leaves.length];
  node[key] = value;
}
