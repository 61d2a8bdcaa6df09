// Run files: exact round trips, and an InputError for everything that is not exactly a run file.
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { drawScoredRun, type ScoredRun } from "../../engine/drawScoredRun.testing";
import type { HeadRows } from "../../cache/headRows";
import { policies } from "../../policy/policies";
import { createColumnWriter } from "./columns";
import { deflateRaw, inflateRaw, joinBytes } from "./deflate";
import { drawRandomTrace } from "../drawTrace.testing";
import {
  changeHead,
  compared,
  decodeOrRefuse,
  evident,
  headed,
  type Json,
  seeds,
  trace,
  withEntries,
  withHead,
} from "./driveRunFile.testing";
import { decodeRunFile, encodeRunFile } from "./runFile";
import type { EvictionEvent, Trace } from "../trace";
import { packZip } from "./zip";

/** A file has dozens of entries, each deflated by a stream of its own. */
vi.setConfig({ testTimeout: 20_000 });

const scored = drawScoredRun({ policyId: "gkv", layerCount: 1, stepCount: 20 });
/** Every policy that evicts, and what its parameters can make of the formula. */
const scoredRuns: readonly ScoredRun[] = [
  ...policies.filter(({ isEvicting }) => isEvicting).map(({ id }) => ({ policyId: id })),
  { policyId: "gkv", parameters: { smoothing: "mean", poolingSlots: 3, shiftGamma: 2 } },
  { policyId: "gkv", parameters: { smoothing: "sum", alpha: 1, redundancy: "raw", isPromptProtected: true } },
  { policyId: "gkv", parameters: { smoothing: "none", shiftGamma: 2, isNormalised: false } },
];

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

  it("gives back runs whose heads keep different numbers of slots", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const random = drawRandomTrace(seed, { isRagged: true });
        expect(await decodeRunFile(await encodeRunFile(random), "x")).toEqual(random);
      }),
      { numRuns: 40 },
    );
  });

  it.each(scoredRuns)("stores of %j only what was measured", async (run) => {
    const scored = drawScoredRun(run);
    const columns = await columnNames(scored);
    const terms = Object.keys(scored.events[0].terms).map((name) => `events/terms.${name}`);
    const possible = ["excusedSlots", "votingHeads", "queryPointWidths", "queryPoints", "keyPoints", "queryVariance"];
    const evidence = possible.map((name) => `events/${name}`).filter((name) => columns.includes(name));
    expect(columns.filter((name) => name.startsWith("events/"))).toEqual(["events/keptCounts", ...terms, ...evidence]);
    expect(await decodeRunFile(await encodeRunFile(scored), "x")).toEqual(scored);
  });

  it.each(["total", "carry", "survivors", "cutOff", "margin", "parts.local"] as const)(
    "stores the %s of a run where it does not follow, to the last bit",
    async (name) => {
      // Other survivors make other positions, so only the last event can have them.
      const changedAt = name === "survivors" ? scored.events.length - 1 : 0;
      const events = scored.events.map((event, place) => (place === changedAt ? changedIn(event, name) : event));
      const odd = { ...scored, events };
      expect(await columnNames(odd)).toContain(`events/${name}`);
      expect(await decodeRunFile(await encodeRunFile(odd), "x")).toEqual(odd);
    },
  );

  it("keeps numbers that JSON cannot write", async () => {
    const [first, ...rest] = trace.steps;
    const odd: Trace = {
      ...trace,
      header: { ...trace.header, parameters: { a: Infinity, b: -Infinity, c: NaN, d: -0, e: 0.1 } },
      steps: [{ ...first, logProbability: -Infinity, entropy: NaN }, ...rest],
    };
    expect(await decodeRunFile(await encodeRunFile(odd), "x")).toEqual(odd);
  });

  it("keeps terms and parts whose names hold digits", async () => {
    const events = trace.events.map((event) => ({
      ...event,
      terms: { top2: event.total },
      parts: { l1: event.total },
    }));
    const named = { ...trace, events };
    expect(await decodeRunFile(await encodeRunFile(named), "x")).toEqual(named);
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

describe("events of more values than a page can hold", () => {
  const slots = 1 << 20;

  it("are not written", () => {
    const [event] = trace.events;
    const positionsBefore = { offsets: Int32Array.of(0, slots, 2 * slots), values: new Int32Array(2 * slots) };
    const events = Array.from({ length: 40 }, () => ({ ...event, positionsBefore }));
    expect(() => encodeRunFile({ ...trace, events })).toThrow("values, more than a page can open again");
  });

  it("are refused where next to nothing is stored of them, whatever their windows leave to decide", async () => {
    const steps = Array.from({ length: 40 }, (_, step) => step);
    const keptCounts = createColumnWriter();
    keptCounts.put("events/keptCounts", "int32", [new Int32Array(2 * steps.length).fill(slots - 1)]);
    const file = await withEntries(trace, (entries) => {
      for (const { name, bytes } of keptCounts.entries) entries.set(name, bytes);
      changeHead(entries, (head) => {
        head["promptCount"] = slots;
        head["stepCount"] = steps.length;
        head["events"] = steps.map((step) => ({ event: step, step, budgetSlots: slots - 1, windowSlots: slots - 1 }));
        const columns = head["columns"] as Json[];
        for (const column of columns) if (column["name"] === "events/keptCounts") column["count"] = 2 * steps.length;
      });
    });
    expect(file.length).toBeLessThan(10_000);
    expect(await decodeOrRefuse(file)).toMatch("values, more than this page can hold");
  });
});

describe("what is not a run file", () => {
  it.each([trace, compared, evident, headed, scored])(
    "is refused after any flipped bit, but for those that say nothing of the run",
    async (source) => {
      const good = await encodeRunFile(source);
      await fc.assert(
        fc.asyncProperty(fc.nat(good.length * 8 - 1), async (bit) => {
          const bytes = good.slice();
          bytes[bit >> 3] ^= 1 << (bit & 7);
          const decoded = await decodeOrRefuse(bytes);
          if (typeof decoded !== "string") expect(decoded).toEqual(source);
        }),
        { numRuns: 300 },
      );
    },
  );

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
    await fc.assert(
      fc.asyncProperty(noise, fc.nat(), async (bytes, place) => {
        expect(typeof (await decodeOrRefuse(bytes))).toBe("string");
        expect(typeof (await decodeOrRefuse(joinBytes([new TextEncoder().encode("PK"), bytes])))).toBe("string");
        expect(typeof (await decodeOrRefuse(await packZip([{ name: "head.json", bytes }])))).toBe("string");
        const file = await withEntries(trace, (entries) => {
          const names = [...entries.keys()];
          entries.set(names[place % names.length], bytes);
        });
        const decoded = await decodeOrRefuse(file);
        if (typeof decoded !== "string") await encodeRunFile(decoded);
      }),
    );
  });

  it("says so when the file is something else, of an earlier layout, or newer", async () => {
    expect(await decodeOrRefuse(new Uint8Array(0))).toMatch("is not a run of Winnow");
    const earlier = new TextEncoder().encode("WINNOWRUN\u0010…");
    expect(await decodeOrRefuse(earlier)).toMatch(
      "of an earlier layout, which is no longer read; record the run again",
    );
    const newer = await withHead((head) => (head["version"] = 18));
    expect(await decodeOrRefuse(newer)).toMatch("version 18 of the run format, expected 17");
    expect(await decodeOrRefuse(await packZip([]))).toMatch("a zip without head.json");
  });

  it("is refused before its size is believed", async () => {
    const file = await encodeRunFile(trace);
    // The last entry's size, as the directory declares it.
    const directory = new DataView(file.buffer);
    const at = file.findLastIndex(
      (_, place) => place + 4 <= file.length && directory.getUint32(place, true) === 0x02014b50,
    );
    for (const size of [0xffffffff, 1 << 24]) {
      directory.setUint32(at + 24, size, true);
      expect(await decodeOrRefuse(file)).toMatch(`declares ${size} bytes, more than it can hold`);
    }
  });

  it("does not unpack more than it declares", async () => {
    const bomb = await deflateRaw(new Uint8Array(64 * 1024 * 1024));
    await expect(inflateRaw(bomb, 1000, "some.winnow")).rejects.toThrow("holds more than the 1000 bytes it declares");
    await expect(inflateRaw(await deflateRaw(new Uint8Array(9)), 10, "some.winnow")).rejects.toThrow("holds 9 bytes");
  });

  it("is refused with an entry more or less than its head lists", async () => {
    const less = await withEntries(scored, (entries) => entries.delete("steps/tokens.int32"));
    expect(await decodeOrRefuse(less)).toMatch("entry steps/tokens.int32: 80 bytes expected, found none");
    const more = await withEntries(scored, (entries) => entries.set("notes.uint8", new Uint8Array(1)));
    expect(await decodeOrRefuse(more)).toMatch("holds other entries than its head lists");
    const unknown = await withHead((head) =>
      (head["columns"] as Json[]).push({ name: "notes", type: "uint8", count: 0 }),
    );
    expect(await decodeOrRefuse(unknown)).toMatch("notes.uint8: 0 bytes expected, found none");
  });
});

describe("a head that lies behind a right checksum", () => {
  it.each<[string, (head: Json) => void, string]>([
    ["more steps than there are", (head) => (head["stepCount"] = 1_000_000), "values of int32 expected"],
    ["fewer steps than there are", (head) => (head["stepCount"] = 2), "steps/tokens: 2 values"],
    ["more heads than there are", (head) => model(head, "layerCount", 1 << 20), "events/keptCounts"],
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
    ["an event on another step", (head) => event(head, "step", 2), "values of float32 expected"],
    ["a window wider than the cache", (head) => event(head, "windowSlots", 5), "has a window of 5 in 4 slots"],
    ["a term named like a property of objects", (head) => (head["termNames"] = ["a.b"]), "termNames"],
    ["a formula that reads what comes later", (head) => formula(head, "copy", ["later"]), "reads later"],
    ["a formula of an operation that isn't one", (head) => formula(head, "add", ["later"]), "operation"],
    ["a column of another type", (head) => column(head, "type", "float32"), "entry prompt/tokens.float32"],
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

function event(head: Json, field: string, value: number): void {
  (head["events"] as Json[])[0][field] = value;
}

function formula(head: Json, operation: string, from: string[]): void {
  const steps = [{ column: "total", operation, from, numbers: [] }];
  (head["header"] as Json)["formula"] = { steps: steps as unknown as Json[], carry: null, start: null };
}

function column(head: Json, field: string, value: string): void {
  (head["columns"] as Json[])[0][field] = value;
}

async function columnNames(source: Trace): Promise<string[]> {
  let names: string[] = [];
  await withHead((head) => (names = (head["columns"] as Json[]).map(({ name }) => name as string)), source);
  return names;
}

/** The event with another first value in one column; the others are as they were. */
function changedIn(event: EvictionEvent, name: string): EvictionEvent {
  const changed = (rows: HeadRows<Float32Array>) => ({
    ...rows,
    values: rows.values.map((value, at) => (at === 0 ? value + 1 : value)),
  });
  switch (name) {
    case "total":
    case "carry":
      return { ...event, [name]: changed(event[name]) };
    case "survivors": {
      // The first head keeps the first slot that it evicted in place of the one before.
      const values = event.survivors.values.slice();
      const odd = values.findIndex((slot, place) => slot > place);
      values[odd] = odd === 0 ? values[odd] - 1 : values[odd - 1] + 1;
      return { ...event, survivors: { ...event.survivors, values } };
    }
    case "cutOff":
    case "margin":
      return { ...event, [name]: event[name].map((value, head) => (head === 0 ? value + 1 : value)) };
    default:
      return { ...event, parts: { ...event.parts, local: changed(event.parts.local) } };
  }
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
