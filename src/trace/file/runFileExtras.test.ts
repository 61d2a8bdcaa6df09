// What a run file may hold besides the run: its comparison with the full cache, query heads, what stands behind its events.
import { describe, expect, it } from "vitest";
import { emptyRows, evenRows, joinRows } from "../../cache/headRows";
import type { EvictionEvent, FullCacheComparison, StepRecord, Trace } from "../trace";
import { compared, decodeOrRefuse, evident, headed, type Json, withEntries, withHead } from "./driveRunFile.testing";
import { decodeRunFile, encodeRunFile } from "./runFile";

function withStep(source: Trace, step: number, change: Partial<StepRecord>): Trace {
  return { ...source, steps: source.steps.map((record) => (record.step === step ? { ...record, ...change } : record)) };
}

describe("the comparison with the full cache", () => {
  it("is not written when a step has none, or the shape of another model", () => {
    const { comparison } = compared.steps[1];
    const headless = comparison && { ...comparison, lostAttention: new Float32Array(3) };
    expect(() => encodeRunFile(withStep(compared, 1, { comparison: undefined }))).toThrow("step 1 was not compared");
    expect(() => encodeRunFile(withStep(compared, 1, { comparison: headless }))).toThrow("expected 2");
  });

  it.each<[string, Partial<FullCacheComparison>, string]>([
    ["a divergence below 0", { klNats: -0.1 }, "loyalty: -0.1 where a number from 0"],
    ["a divergence that is no number", { klNats: NaN }, "loyalty: NaN where"],
    ["a rank of 0", { chosenRank: 0 }, "loyalty: 0 where a number from 1 to 100"],
    ["a rank beyond the vocabulary", { chosenRank: 101 }, "loyalty: 101 where"],
    ["more attention than there is", { lostAttention: Float32Array.of(0, 1.5) }, "loyalty: 1.5 where"],
    ["a regret that is no number", { regret: Float32Array.of(NaN, 0) }, "loyalty: NaN where"],
    ["a regret for one of two positions evicted", { regret: Float32Array.of(0.5) }, "loyalty/regret: 6 values"],
  ])("is refused with %s", async (_, change, message) => {
    const { comparison } = compared.steps[2];
    const changed = withStep(compared, 2, { comparison: comparison && { ...comparison, ...change } });
    expect(await decodeOrRefuse(await encodeRunFile(changed))).toMatch(message);
  });
});

describe("the attention of KV heads", () => {
  it.each([-0.5, 1.5, NaN])("is refused with a largest share of %d", async (share) => {
    const attentionScale = headed.steps[0].attentionScale.map((scale, head) => (head === 0 ? share : scale));
    const changed = withStep(headed, 0, { attentionScale });
    expect(await decodeOrRefuse(await encodeRunFile(changed))).toMatch(`${share} where a number from 0 to 1.001`);
  });
});

describe("the slots that a step read", () => {
  const reading: Trace = {
    ...compared,
    steps: compared.steps.map((record) => {
      const rows = Array.from(record.lengths, (length, head) =>
        // The prefill and the second head read every slot.
        record.step === 0 || head === 1 ? new Int32Array(0) : Int32Array.from(new Set([0, length - 1])),
      );
      const found = rows.map((_, head) => (rows[head].length === 0 ? NaN : 0.5));
      const readMeasures = {
        recall: Float32Array.from(found),
        attention: Float32Array.from(found, (share) => share / 2),
      };
      return { ...record, readSlots: joinRows(rows, Int32Array), readMeasures };
    }),
  };

  it("come back as they were", async () => {
    const { steps } = await decodeRunFile(await encodeRunFile(reading), "run.winnow");
    expect(steps.map(({ readSlots }) => readSlots)).toEqual(reading.steps.map(({ readSlots }) => readSlots));
    expect(steps.map(({ readMeasures }) => readMeasures)).toEqual(
      reading.steps.map(({ readMeasures }) => readMeasures),
    );
    const bare = reading.steps.map(({ readMeasures: _, ...record }) => record);
    const old = await decodeRunFile(await encodeRunFile({ ...reading, steps: bare }), "run.winnow");
    expect(old.steps.some((record) => "readMeasures" in record)).toBe(false);
  });

  it("are not written when a step does not say, and refused when a flag is none", async () => {
    expect(() => encodeRunFile(withStep(reading, 1, { readSlots: undefined }))).toThrow(
      "step 1 does not say what it read",
    );
    expect(() => encodeRunFile(withStep(reading, 1, { readMeasures: undefined }))).toThrow("what its selection found");
    const file = await withEntries(reading, (entries) => {
      for (const [name, bytes] of entries) if (name.startsWith("steps/isRead.")) bytes.fill(7, 0, 1);
    });
    expect(await decodeOrRefuse(file)).toMatch("steps/isRead: 7 where a number from 0 to 1");
  });
});

describe("the attention of query heads", () => {
  it("is not written in another shape than that of layers, heads and slots, nor when a step has none", () => {
    const wrong = "attention of query heads of another shape";
    const [{ headAttention }] = headed.steps;
    const short = headAttention && { ...headAttention, values: headAttention.values.subarray(1) };
    expect(() => encodeRunFile(withStep(headed, 0, { headAttention: short }))).toThrow(wrong);
    expect(() => encodeRunFile(withStep(headed, 1, { headAttention: undefined }))).toThrow(
      "step 1 lacks the attention",
    );
  });

  it.each([-0.5, 1.5, NaN])("is refused with a largest share of %d", async (share) => {
    const headAttentionScale = headed.steps[0].headAttentionScale?.map((scale, row) => (row === 0 ? share : scale));
    const changed = withStep(headed, 0, { headAttentionScale });
    expect(await decodeOrRefuse(await encodeRunFile(changed))).toMatch(`${share} where a number from 0 to 1.001`);
  });

  it("is not written without that of KV heads", () => {
    const bare = withStep(headed, 0, { attention: emptyRows(2, Uint8Array), attentionScale: new Float32Array(0) });
    expect(() => encodeRunFile(bare)).toThrow("attention of query heads of another shape");
  });

  it("is refused where query heads do not share KV heads evenly", async () => {
    const file = await withHead((head) => (((head["header"] as Json)["model"] as Json)["headCount"] = 3), headed);
    expect(await decodeOrRefuse(file)).toMatch("3 query heads do not share 2 KV heads evenly");
  });
});

describe("what stands behind an event", () => {
  const [slots, candidates] = [evident.events[0].positionsBefore.offsets, evident.events[0].total.offsets];
  const excused = (...values: number[]) => ({ excusedSlots: { offsets: slots, values: Int32Array.from(values) } });
  const voting = (...values: number[]) => ({ votingHeads: { offsets: candidates, values: Int8Array.from(values) } });
  const withEvidence = (change: Partial<EvictionEvent>): Trace => {
    const [first, second] = evident.events;
    return { ...evident, events: [{ ...first, ...change }, second] };
  };

  it.each<[string, (event: EvictionEvent) => EvictionEvent]>([
    ["excused slots", ({ excusedSlots: _, ...event }) => event],
    ["a cloud of queries", ({ queryPoints: _, keyPoints: __, queryVariance: ___, ...event }) => event],
  ])("may lack %s", async (_, without) => {
    const part = { ...evident, events: evident.events.map(without) };
    expect(await decodeRunFile(await encodeRunFile(part), "x")).toEqual(part);
  });

  it("is not written where an event lacks it, or in the shape of another event", () => {
    expect(() => encodeRunFile(withEvidence({ excusedSlots: undefined }))).toThrow("event 0 lacks excused slots");
    expect(() => encodeRunFile(withEvidence(excused(1, 1, 1)))).toThrow("event 0 lacks excused slots");
    expect(() => encodeRunFile(withEvidence(voting(0, 0, 0)))).toThrow("event 0 lacks voting heads");
    expect(() => encodeRunFile(withEvidence({ keyPoints: undefined }))).toThrow("event 0 lacks the cloud");
    const { queryPoints } = evident.events[0];
    expect(() => encodeRunFile(withEvidence({ keyPoints: queryPoints }))).toThrow("a cloud of another shape");
    expect(() => encodeRunFile(withEvidence(excused(-2, -1, -1, -1, -1, -1, -1, -1)))).toThrow("-2 is no slot");
  });

  it.each<[string, Partial<EvictionEvent>, string]>([
    ["a slot beyond the cache", excused(4, -1, -1, -1, -1, -1, -1, -1), "4, limit 4"],
    ["a slot that repeats itself", excused(-1, -1, -1, -1, -1, 1, -1, -1), "its own near-dup"],
    ["a query head that its group lacks", voting(0, 0, 1, 0, 0, 0), "1, limit 1"],
    ["a variance below 0", { queryVariance: Float32Array.of(1, -1) }, "holds what is no number"],
    ["a query nowhere", { queryPoints: evenRows(Float32Array.of(1, 2, 3, NaN), 2) }, "holds what is no number"],
    [
      "half a query",
      { queryPoints: evenRows(Float32Array.of(1, 2), 2) },
      "1 numbers of query points, expected a multiple",
    ],
    ["a query head below none", voting(0, 0, -2, 0, 0, 0), "-2, limit 1"],
  ])("is refused with %s", async (_, change, message) => {
    expect(await decodeOrRefuse(await encodeRunFile(withEvidence(change)))).toMatch(message);
  });
});

describe("a column", () => {
  it.each<[number, Trace, string]>([
    [-1, compared, "loyalty/regret.float32"],
    [1, compared, "steps/candidateCounts.int32"],
    [-1, evident, "events/excusedSlots.uint32"],
    [1, evident, "events/terms.windowAttention.float32"],
    [1, headed, "steps/headAttention.uint8"],
  ])("is refused when it is %i byte too long: case %#", async (extra, source, name) => {
    const file = await withEntries(source, (entries) => {
      const bytes = entries.get(name) ?? new Uint8Array(0);
      const changed = new Uint8Array(bytes.length + extra);
      changed.set(bytes.subarray(0, changed.length));
      entries.set(name, changed);
    });
    expect(await decodeOrRefuse(file)).toContain(`entry ${name}`);
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

describe("spans of the prompt", () => {
  const spans = { kept: [{ start: 0, end: 2 }], instructions: [{ start: 1, end: 2 }] };

  it("stand in the head, and a file without them has none", async () => {
    const named: Trace = { ...compared, header: { ...compared.header, spans } };
    expect((await decodeRunFile(await encodeRunFile(named), "x")).header.spans).toEqual(spans);
    expect("spans" in (await decodeRunFile(await encodeRunFile(compared), "x")).header).toBe(false);
  });

  it("are refused without a token", async () => {
    const empty = { kept: [], instructions: [{ start: 2, end: 2 }] };
    const file = await withHead((head) => Object.assign(head["header"] as Json, { spans: empty }), compared);
    expect(await decodeOrRefuse(file)).toMatch("header.spans.instructions.0");
  });
});
