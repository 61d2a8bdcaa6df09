// What a run file may hold beside the run: its comparison with the full cache and what stands behind its events.
import { describe, expect, it } from "vitest";
import { emptyRows } from "../../cache/headRows";
import { compared, decodeOrRefuse, evident, type Json, trace, withHead } from "./driveRunFile.testing";
import { encodePlainRunFile } from "./drivePlainRunFile.testing";
import { joinBytes } from "./joinBytes";
import { decodeRunFile, encodeRunFile } from "./runFile";
import { packSections, unpackSections } from "./runFileSections";
import type { EventEvidence as FlatEvidence } from "./flatTrace";
import type { EventEvidence, EvictionEvent, LoyaltyRecord, Trace } from "../trace";

/** The event with other evidence, which need not fit its heads. */
function withEvidence(event: EvictionEvent, { excusedSlots, votingHeads }: FlatEvidence): EvictionEvent {
  const [slots, candidates] = [event.positionsBefore.offsets, event.total.offsets];
  return {
    ...event,
    ...(excusedSlots && { excusedSlots: { offsets: slots, values: excusedSlots } }),
    ...(votingHeads && { votingHeads: { offsets: candidates, values: votingHeads } }),
  };
}

describe("the comparison with the full cache", () => {
  it("adds 1 to the version of a file; a run without events has version 1 or 2, as it always had", async () => {
    const file = await encodeRunFile(compared);
    expect(file[9]).toBe(10);
    expect(await decodeRunFile(file, "x")).toEqual(compared);
    expect((await encodeRunFile(trace))[9]).toBe(9);
    const [first] = compared.steps;
    const short: Trace = { ...compared, steps: [first], events: [] };
    const shortFile = await encodeRunFile(short);
    expect(shortFile[9]).toBe(2);
    expect(await decodeRunFile(shortFile, "x")).toEqual(short);
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
    file[9] = 9;
    expect(await decodeOrRefuse(file)).toMatch("goes on after its end");
  });
});

describe("what stands behind the terms of events", () => {
  it("stands in a file of version 11, and of version 12 beside the comparison with the full cache", async () => {
    const file = await encodeRunFile(evident);
    expect(file[9]).toBe(11);
    expect(await decodeRunFile(file, "x")).toEqual(evident);
    const both = { ...compared, events: evident.events };
    const fileOfBoth = await encodeRunFile(both);
    expect(fileOfBoth[9]).toBe(12);
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
    const { offsets, values } = first.votingHeads ?? emptyRows(2, Int8Array);
    const votingHeads = { offsets, values: Int8Array.of(9, ...values, 9).subarray(1, -1) };
    const part = { ...evident, events: [{ ...first, votingHeads }, second] };
    expect(await decodeRunFile(await encodeRunFile(part), "x")).toEqual(evident);
  });

  it("is not written in the shape of another event", () => {
    const [first, second] = evident.events;
    const short = (change: FlatEvidence) => ({ ...evident, events: [withEvidence(first, change), second] });
    expect(() => encodeRunFile(short({ excusedSlots: new Int32Array(3) }))).toThrow("3 excused slots of 8");
    expect(() => encodeRunFile(short({ votingHeads: new Int8Array(3) }))).toThrow("3 voting heads of 6");
  });

  it.each<[string, FlatEvidence, string]>([
    ["a slot beyond the cache", { excusedSlots: Int32Array.of(4, -1, -1, -1, -1, -1, -1, -1) }, "4, limit 4"],
    ["a slot below none", { excusedSlots: Int32Array.of(-2, -1, -1, -1, -1, -1, -1, -1) }, "-2, limit 4"],
    ["a slot that repeats itself", { excusedSlots: Int32Array.of(-1, -1, -1, -1, -1, 1, -1, -1) }, "its own near-dup"],
    ["a query head that its group lacks", { votingHeads: Int8Array.of(0, 0, 1, 0, 0, 0) }, "1, limit 1"],
    ["a query head below none", { votingHeads: Int8Array.of(0, 0, -2, 0, 0, 0) }, "-2, limit 1"],
  ])("is refused with %s, and so is a file of an earlier version", async (_, change, message) => {
    const [first, second] = evident.events;
    const bad = { ...evident, events: [withEvidence(first, change), second] };
    const isBelowNone = change.excusedSlots?.[0] === -2;
    if (isBelowNone) expect(() => encodeRunFile(bad)).toThrow("-2 is no slot");
    else expect(await decodeOrRefuse(await encodeRunFile(bad))).toMatch(message);
    expect(await decodeOrRefuse(await encodePlainRunFile(bad))).toMatch(message);
  });

  it("is refused when it records what this page does not know", async () => {
    const sections = await unpackSections(await encodeRunFile(evident), "good.winnow");
    const evidence = sections.evidence?.slice() ?? new Uint8Array(0);
    evidence[0] = 4;
    expect(await decodeOrRefuse(await packSections({ ...sections, evidence }))).toMatch("records 4, at most 3");
    const plain = await unpackSections(await encodePlainRunFile(evident), "good.winnow");
    const plainEvidence = plain.evidence?.slice() ?? new Uint8Array(0);
    plainEvidence[0] = 4;
    const file = await packSections({ ...plain, evidence: plainEvidence });
    expect(await decodeOrRefuse(file)).toMatch("records 4, at most 3");
  });

  it.each([-1, 1])("is refused when its section is %i byte too long", async (extra) => {
    const sections = await unpackSections(await encodeRunFile(evident), "good.winnow");
    const bytes = sections.evidence ?? new Uint8Array(0);
    const evidence = extra < 0 ? bytes.subarray(0, extra) : joinBytes([bytes, new Uint8Array(extra)]);
    expect(await decodeOrRefuse(await packSections({ ...sections, evidence }))).toContain("some.winnow, evidence");
  });
});

describe("that the tokens are those of the full cache", () => {
  it("stands in the head, and a file without it has the tokens of its own run", async () => {
    const forced: Trace = { ...compared, header: { ...compared.header, isForced: true } };
    expect((await decodeRunFile(await encodeRunFile(forced), "x")).header.isForced).toBe(true);
    expect("isForced" in (await decodeRunFile(await encodeRunFile(compared), "x")).header).toBe(false);
  });

  it.each([false, "yes"])("is refused as %j", async (isForced) => {
    const file = await withHead((head) => Object.assign(head["header"] as Json, { isForced }), compared);
    expect(await decodeOrRefuse(file)).toMatch("header.isForced");
  });
});
