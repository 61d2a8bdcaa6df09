// Events as what differs from a forecast: back to the last bit whatever the forecasts say, and strangers' forecasts checked.
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyRows, emptyRows } from "../../cache/headRows";
import { drawScoredRun } from "../../engine/drawScoredRun.testing";
import { encodePlainRunFile } from "./drivePlainRunFile.testing";
import { decodeOrRefuse, evident, type Json, seeds, withHead } from "./driveRunFile.testing";
import { eventColumns } from "./eventColumns";
import { toFlat } from "./flatTrace";
import { operations } from "./forecast";
import { decodeRunFile, encodeRunFile } from "./runFile";
import { unpackSections } from "./runFileSections";
import type { Trace } from "../trace";

const policyIds = fc.constantFrom("gkv", "snapKv", "rKv", "h2o", "streamingLlm", "random", "promptRecent");
const source = drawScoredRun({ policyId: "gkv", layerCount: 1, stepCount: 20, parameters: { poolingSlots: 3 } });

describe("scores as what differs from a forecast", () => {
  it("come back bit by bit, whatever the policy and the noise in them", async () => {
    await fc.assert(
      fc.asyncProperty(policyIds, seeds, fc.nat(20), async (policyId, seed, noiseCount) => {
        const run = drawScoredRun({ policyId, seed, stepCount: 24, layerCount: 1, hasEvidence: seed % 2 === 0 });
        disturb(run, seed, noiseCount);
        const back = await decodeRunFile(await encodeRunFile(run), "x");
        expect(back).toEqual(run);
        expect(bitsOf(back)).toEqual(bitsOf(run));
      }),
      { numRuns: 60 },
    );
  });

  it("come back where totals are NaN or −0", async () => {
    const run = drawScoredRun({ policyId: "snapKv" });
    run.events[1].total.values.set([NaN, -0, 0, NaN, -0]);
    run.events[2].total.values.fill(-0);
    run.events[3].total.values.fill(NaN);
    expect(bitsOf(await decodeRunFile(await encodeRunFile(run), "x"))).toEqual(bitsOf(run));
  });

  it("keep every kind of NaN", async () => {
    const run = drawScoredRun({ policyId: "gkv" });
    const bits = new Uint32Array(run.events[2].parts["history"].values.buffer);
    bits.set([0xffc00000, 0x7fc00001, 0x7f800001]);
    expect(bitsOf(await decodeRunFile(await encodeRunFile(run), "x"))).toEqual(bitsOf(run));
  });

  it("take far less room than as they are", async () => {
    const run = drawScoredRun({ policyId: "gkv", stepCount: 120, layerCount: 4 });
    const [small, plain] = [await encodeRunFile(run), await encodePlainRunFile(run)];
    expect(small.length * 2).toBeLessThan(plain.length);
  });

  it("come back where columns differ from event to event", async () => {
    const [first, second, ...rest] = source.events;
    const { local: _, ...parts } = first.parts;
    const mixed = {
      ...source,
      events: [{ ...first, parts, carry: emptyRows(2, Float32Array) }, { ...second, terms: {} }, ...rest],
    };
    expect(await decodeRunFile(await encodeRunFile(mixed), "x")).toEqual(mixed);
  });

  it("are not written from positions that the run does not lead to", () => {
    const [first, ...rest] = source.events;
    const positionsBefore = copyRows(first.positionsBefore);
    positionsBefore.values[0]++;
    const broken = { ...source, events: [{ ...first, positionsBefore }, ...rest] };
    expect(() => encodeRunFile(broken)).toThrow("positions that are not in the cache");
  });
});

describe.each(["gkvPooled", "gkvShift", "gkvFromPrompt", "streamingLlm"])("the stored run %s", (name) => {
  it("is the same in both layouts, and is still written as it was", async () => {
    const [plain, told] = await Promise.all(["plain", "told"].map((layout) => stored(`${name}.${layout}.winnow`)));
    const [old, now] = [await decodeRunFile(plain, "old"), await decodeRunFile(told, "now")];
    expect(plain[9] + 8).toBe(told[9]);
    expect(now).toEqual(old);
    expect(bitsOf(now)).toEqual(bitsOf(old));
    const [again, before] = await Promise.all(
      [await encodeRunFile(old), told].map((file) => unpackSections(file, "x")),
    );
    expect(again).toEqual(before);
  });
});

describe("a near-duplicate", () => {
  it("costs next to nothing where it is that of the event before", async () => {
    const run = drawScoredRun({ policyId: "gkv", stepCount: 120, layerCount: 4 });
    const without: Trace = { ...run, events: run.events.map(({ excusedSlots: _, ...event }) => event) };
    const [file, bare] = [await encodeRunFile(run), await encodeRunFile(without)];
    const [plain, plainBare] = [await encodePlainRunFile(run), await encodePlainRunFile(without)];
    expect((file.length - bare.length) * 2).toBeLessThan(plain.length - plainBare.length);
  });

  it("may be recorded by some events only", async () => {
    const [first, second, third, ...rest] = drawScoredRun({ policyId: "gkv" }).events;
    const { excusedSlots: _, ...bare } = second;
    const run = { ...drawScoredRun({ policyId: "gkv" }), events: [first, bare, third, ...rest] };
    expect(await decodeRunFile(await encodeRunFile(run), "x")).toEqual(run);
  });
});

describe("forecasts from a stranger", () => {
  it.each<[string, (forecasts: Json[], head: Json) => void, string]>([
    ["are missing", (_, head) => delete head["forecasts"], "forecasts should be a list, found undefined"],
    ["name no operation", ([first]) => (first["operation"] = "sorted"), "forecasts.0.operation"],
    ["name no column", ([first]) => (first["column"] = "parts.a b"), "forecasts.0.column"],
    ["are of one column twice", (all) => all.push(all[0]), "two forecasts are of one column"],
    ["are of a term", ([first]) => (first["column"] = "terms.redundancy"), "is of a term, which is measured"],
    ["read a later column", ([first]) => (first["from"] = ["total"]), "reads total, which does not stand before it"],
    ["read themselves", ([first]) => (first["from"] = ["parts.localRaw"]), "does not stand before it"],
    ["read what is not there", ([first]) => (first["from"] = ["terms.keyNorm"]), "reads terms.keyNorm, which"],
    ["read too much", ([first]) => (first["from"] = ["total", "total"]), "copy needs 1"],
    ["read the prompt's term", ([first]) => (first["from"] = ["terms.promptAttention"]), "a value per position"],
    ["have a number that is none", ([first]) => (first["number"] = null), "forecasts.0.number"],
    ["pool evenly", (all) => Object.assign(pooled(all), { number: 4 }), "a width of 4, expected an odd number"],
    [
      "pool everything",
      (all) => Object.assign(pooled(all), { number: 1e9 + 1 }),
      "expected an odd number from 1 to 63",
    ],
    ["meet an event with two columns of one name", (_, head) => nameTwice(head), "names two of its columns alike"],
  ])("are refused when they %s", async (_, change, message) => {
    const file = await withHead((head) => change(head["forecasts"] as Json[], head), source);
    expect(await decodeOrRefuse(file)).toMatch(message);
  });

  it(
    "change figures and decide nothing else: the file opens and can be written again",
    { timeout: 30_000 },
    async () => {
      const forecast = fc.record({
        operation: fc.constantFrom(...Object.keys(operations)),
        from: fc.subarray([...eventColumns(toFlat(source).events[0]).keys()], { maxLength: 2 }),
        number: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()),
      });
      let openedCount = 0;
      await fc.assert(
        fc.asyncProperty(fc.nat(7), forecast, async (place, change) => {
          const file = await withHead((head) => Object.assign((head["forecasts"] as Json[])[place], change), source);
          const decoded = await decodeOrRefuse(file);
          if (typeof decoded === "string") return;
          openedCount++;
          expect(decoded.events.map(({ survivors }) => survivors)).toEqual(
            source.events.map(({ survivors }) => survivors),
          );
          expect(bitsOf(await decodeRunFile(await encodeRunFile(decoded), "x"))).toEqual(bitsOf(decoded));
        }),
        { numRuns: 150 },
      );
      expect(openedCount).toBeGreaterThan(10);
    },
  );

  it.each<[string, (event: Json) => void, string]>([
    ["an event after the last step", (event) => (event["step"] = 400), "does not hold"],
    ["an event before the one before", (event) => (event["step"] = 1), "does not hold"],
    ["more slots than the cache holds", (event) => (event["lengthBefore"] = 1 << 19), "does not hold 524288 slots"],
    ["more survivors than slots", (event) => (event["keptCount"] = 100), "keeps 100 slots"],
    ["more survivors than there are", (event) => (event["keptCount"] = 13), "some.winnow, events"],
  ])("do not make room for %s", async (_, change, message) => {
    const file = await withHead((head) => change((head["events"] as Json[])[1]), source);
    expect(await decodeOrRefuse(file)).toMatch(message);
  });

  it("are not looked for in a file of an earlier version", async () => {
    const file = (await encodePlainRunFile(evident)).slice();
    file[9] += 8;
    expect(await decodeOrRefuse(file)).toMatch("forecasts should be a list");
  });
});

function stored(file: string): Promise<Uint8Array> {
  return readFile(new URL(`../../../fixtures/runs/layouts/${file}`, import.meta.url));
}

function pooled(forecasts: Json[]): Json {
  return forecasts.find(({ operation }) => operation === "pooled") ?? {};
}

function nameTwice(head: Json): void {
  (head["events"] as Json[])[0]["termNames"] = ["redundancy", "redundancy"];
}

/** Changes some bits of some scores. */
function disturb(run: Trace, seed: number, count: number): void {
  const columns = toFlat(run)
    .events.flatMap((event) => [...eventColumns(event).values()])
    .filter(({ length }) => length > 0);
  for (let change = 0; change < count; change++) {
    const column = columns[(seed * 31 + change * 7919) % columns.length];
    const bits = new Uint32Array(column.buffer, column.byteOffset, column.length);
    bits[(seed + change) % bits.length] ^= 1 << ((seed + change) % 32);
  }
}

/** toEqual takes every NaN for the same, and so does not see all that is lost. */
function bitsOf(run: Trace): Uint32Array[] {
  return toFlat(run).events.flatMap((event) =>
    [...eventColumns(event).values(), event.cutOff, event.margin].map(
      (column) => new Uint32Array(column.slice().buffer),
    ),
  );
}
