// Run files: exact round trips, and an InputError for everything that is not exactly a run file.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawScoredRun } from "../../engine/drawScoredRun.testing";
import { deflateRaw } from "./deflate";
import { encodePlainRunFile } from "./drivePlainRunFile.testing";
import { drawRandomTrace } from "../drawTrace.testing";
import {
  compared,
  decodeOrRefuse,
  evident,
  headed,
  type Json,
  section,
  seeds,
  trace,
  withHead,
} from "./driveRunFile.testing";
import { joinBytes } from "./joinBytes";
import { decodeRunFile, encodeRunFile } from "./runFile";
import { packSections } from "./runFileSections";
import type { Trace } from "../trace";

const scored = drawScoredRun({ policyId: "gkv", layerCount: 1, stepCount: 20 });
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

  it("is read as versions 1 to 8 had it, events as they are", async () => {
    const versions = new Set<number>();
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const random = drawRandomTrace(seed);
        const file = await encodePlainRunFile(random);
        versions.add(file[9]);
        expect(await decodeRunFile(file, "x")).toEqual(random);
      }),
      { numRuns: 60, seed: 1 },
    );
    expect([...versions].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
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
    const broken = {
      ...trace,
      events: [{ ...event, total: { ...event.total, values: event.total.values.subarray(1) } }],
    };
    expect(() => encodeRunFile(broken)).toThrow("total has 5 values, expected 6");
  });
});

describe("what is not a run file", () => {
  it.each([trace, compared, evident, headed, scored])("is refused after any flipped bit", async (source) => {
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

  it.each([trace, compared, evident, headed, scored])(
    "is refused when cut short or followed by more",
    async (source) => {
      const good = await encodeRunFile(source);
      await fc.assert(
        fc.asyncProperty(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1 }), async (length, more) => {
          expect(typeof (await decodeOrRefuse(good.slice(0, length)))).toBe("string");
          expect(typeof (await decodeOrRefuse(joinBytes([good, more])))).toBe("string");
        }),
        { numRuns: 60 },
      );
    },
  );

  it("is refused when it is noise, behind a right beginning and right checksums too", async () => {
    const noise = fc.uint8Array({ maxLength: 400 });
    const option = fc.option(noise);
    const optional = { loyalty: option, evidence: option, headRows: option, hasForecasts: fc.boolean() };
    const parts = { head: noise, steps: noise, events: noise, ...optional };
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
    for (const version of [0, 17]) {
      newer[9] = version;
      expect(await decodeOrRefuse(newer)).toMatch(`has version ${version} of the run format, expected 1 to 16`);
    }
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

  it("never ends in anything but a run that can be written again or an InputError", { timeout: 20_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.nat(), fc.jsonValue(), async (seed, place, value) => {
        const source = seed % 2 === 0 ? scored : drawRandomTrace(seed);
        const file = await withHead((head) => replaceLeaf(head, place, value as Json), source);
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
  (head["events"] as Json[])[0][field] = value;
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
