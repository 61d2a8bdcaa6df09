// Merging in a whole run on the CPU: exact for the newest query where every query head has its own KV head, votes that add up,
// bits that stay where nothing merges, and the same run again from its record.
import { describe, expect, it } from "vitest";
import { headRow, rowCount, type HeadRows } from "../cache/headRows";
import { greedySampling } from "../model/sampling";
import { baseParameters } from "../policy/parameters";
import type { PolicyParameters } from "../policy/policy";
import { carriedTokens, droppedVotes, evictedSlots } from "../trace/merges";
import type { EvictionEvent } from "../trace/trace";
import type { Session } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import type { LoopStep } from "./decodeLoop";
import { essence, openLoop, runSteps, tight } from "./driveLoop.testing";
import { decideMerges, mergeDemand } from "./loop/decideMerges";
import { seededModel, seededPrompt, tinyConfig } from "./seededModel.testing";

const mergings = ["keepKv", "keepKvCode", "convex", "values", "cam"] as const;

async function run(choices: Partial<PolicyParameters>): Promise<LoopStep[]> {
  return runSteps(await openLoop({ ...tight, ...choices }));
}

const eventsOf = (steps: readonly LoopStep[]): EvictionEvent[] =>
  steps.flatMap(({ eviction }) => (eviction === null ? [] : [eviction]));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A session of a model whose query heads each have a KV head, after its prompt, and an event that keeps every third slot. */
async function sessionAtEvent(choices: Partial<PolicyParameters>) {
  const config = { ...tinyConfig, kvHeadCount: tinyConfig.headCount };
  const parameters = { ...baseParameters, windowSlots: 1, ...choices };
  const backend = await createCpuBackend(seededModel(5, config));
  const [promptCount, headCount] = [21, config.layerCount * config.kvHeadCount];
  const session = await backend.createSession({
    ...{ slotCapacity: 40, positionCapacity: 40, windowSlots: 1, sampling: greedySampling, stopTokens: [] },
    ...{ hasTaps: false, terms: ["windowAttention"], parameters, merging: mergeDemand(parameters) },
  });
  await session.prefill(seededPrompt(9, promptCount));
  const positions = rowsOf(headCount, () => Array.from({ length: promptCount }, (_, slot) => slot));
  const survivors = rowsOf(headCount, () => Array.from({ length: 7 }, (_, at) => 3 * at + 2));
  const cache = {
    ...{ layerCount: config.layerCount, kvHeadCount: config.kvHeadCount, positions, merged: null },
    carried: { offsets: new Int32Array(headCount + 1), values: new Float32Array(0) },
  };
  const { merges } = session;
  if (merges === undefined) throw new Error("the session merges");
  const total = { offsets: new Int32Array(headCount + 1), values: new Float32Array(0) };
  const occasion = { parameters, headDim: config.headDim, groupSize: 1 };
  const decided = await decideMerges(occasion, cache, { event: 0, survivors, total }, merges);
  return { session, survivors, decided, headCount, promptCount };
}

function rowsOf(headCount: number, row: (head: number) => number[]): HeadRows<Int32Array> {
  const rows = Array.from({ length: headCount }, (_, head) => row(head));
  const offsets = Int32Array.from({ length: headCount + 1 }, (_, head) => head * rows[0].length);
  return { offsets, values: Int32Array.from(rows.flat()) };
}

/** What the newest query pays to every slot but its own. [head] */
async function attention(session: Session): Promise<Float32Array[]> {
  const { windowAttention } = (await session.measureTerms()).terms;
  if (windowAttention === undefined) throw new Error("window attention was asked for");
  return Array.from({ length: rowCount(windowAttention) }, (_, head) => headRow(windowAttention, head));
}

describe("a ZIP merge with a KV head for each query head", () => {
  it.each(["bias", "query"] as const)("changes nothing for the newest query (%s)", async (mergeFallback) => {
    const { session, survivors, decided, headCount, promptCount } = await sessionAtEvent({
      ...{ merging: "keepKv", mergeThreshold: -1, mergeFallback },
    });
    const before = await attention(session);
    const outputBefore = await session.merges?.mixNorms(wholeRows(before, promptCount), 1);
    session.compact({ survivors, merges: decided });
    const after = await attention(session);
    const outputAfter = await session.merges?.mixNorms(wholeRows(after, 7), 1);
    for (let head = 0; head < headCount; head++) {
      const carriers = headRow(decided.carriers, head);
      const evicted = evictedSlots(headRow(survivors, head), promptCount);
      after[head].forEach((share, kept) => {
        const members = [headRow(survivors, head)[kept], ...evicted.filter((_, place) => carriers[place] === kept)];
        const together = members.reduce((sum, slot) => sum + before[head][slot], 0);
        expect(Math.abs(share - together)).toBeLessThan(1e-6);
      });
      expect(outputAfter?.[head]).toBeCloseTo(outputBefore?.[head] ?? NaN, 5);
    }
    expect(Math.max(...(decided.changes?.merged ?? [1]))).toBeLessThan(1e-5);
    expect(mean([...(decided.changes?.convex ?? [])])).toBeGreaterThan(1e-3);
    expect(mean([...(decided.changes?.evicted ?? [])])).toBeGreaterThan(1e-3);
    expect(decided.fallbacks.values).toContain(1); // both ways are exercised
    expect(decided.fallbacks.values).toContain(0);
  });
});

/** Attention with the newest slot's own share, which the rows leave out. */
function wholeRows(rows: readonly Float32Array[], length: number): HeadRows<Float32Array> {
  const values = Float32Array.from(rows.flatMap((row) => [...row, 1 - row.reduce((sum, share) => sum + share, 0)]));
  return { offsets: Int32Array.from({ length: rows.length + 1 }, (_, head) => head * length), values };
}

describe.each(mergings)("a run that merges by %s", (merging) => {
  const choices = { merging, mergeThreshold: 0.2, mergeSpread: 3 };

  it("says of every evicted token who carries it, or that it is dropped", async () => {
    const events = eventsOf(await run(choices));
    expect(events.length).toBeGreaterThan(3);
    const tokens = events.flatMap((event) => carriedTokens(event, 1));
    expect(tokens.some(({ carrier }) => carrier !== null)).toBe(true);
    for (const { cosine, carrier, closest } of tokens) {
      if (merging !== "cam") expect(carrier).toBe(cosine >= 0.2 ? closest : null);
    }
  });

  it("goes on from its record with the same tokens", async () => {
    const whole = await openLoop({ ...tight, ...choices });
    const first = await runSteps(whole, 40);
    const again = await openLoop({ ...tight, ...choices }, { history: whole.history() });
    const rest = essence(await runSteps(again));
    expect(rest).toEqual(essence(await runSteps(whole)));
    expect(eventsOf(first).length).toBeGreaterThan(2);
  });
});

it.each(["keepKv", "keepKvCode"] as const)(
  "counts every token once by %s: votes and dropped ones are those seen",
  async (merging) => {
    const events = eventsOf(await run({ merging, mergeThreshold: 0.5 }));
    let dropped = 0;
    let votesBefore: number[] = [];
    for (const event of events) {
      const positions = headRow(event.positionsBefore, 0);
      const kept = headRow(event.survivors, 0);
      const votes = [...positions].map((_, slot) => votesBefore[slot] ?? 1);
      const { merges } = event;
      if (merges === undefined) throw new Error("the run merges");
      evictedSlots(kept, positions.length).forEach((slot, place) => {
        if (headRow(merges.carriers, 0)[place] < 0) dropped += votes[slot];
      });
      votesBefore = [...headRow(merges.votes, 0)];
      expect(droppedVotes(event, 0)).toBe(dropped);
    }
    expect(dropped).toBeGreaterThan(0);
    expect(Math.max(...votesBefore)).toBeGreaterThan(1);
  },
);

it("keeps the bits of a run that merges nothing while no merge takes place", async () => {
  const withoutMerges = (steps: readonly LoopStep[]) =>
    essence(steps).map(({ eviction, ...step }) => ({ ...step, eviction: { ...eviction, merges: undefined } }));
  const none = await run({ merging: "none" });
  const never = await run({ merging: "keepKv", mergeThreshold: 1 });
  expect(withoutMerges(never)).toEqual(withoutMerges(none));
  const some = await run({ merging: "keepKv", mergeThreshold: 0 });
  expect(withoutMerges(some)).not.toEqual(withoutMerges(none));
});

it("moves the output less by ZIP than by convex merges, with grouped heads too", async () => {
  const changes = eventsOf(await run({ merging: "keepKv", mergeThreshold: 0 })).map(({ merges }) => merges?.changes);
  const average = (name: "merged" | "zip" | "convex" | "evicted"): number =>
    mean(changes.flatMap((change) => [...(change?.[name] ?? [NaN])]));
  expect(average("merged")).toBe(average("zip"));
  expect(average("zip")).toBeLessThan(average("convex"));
});

it("averages over the window where asked, which changes the merges", async () => {
  const newest = eventsOf(await run({ merging: "keepKv", mergeThreshold: 0 }))[0];
  const average = eventsOf(await run({ merging: "keepKv", mergeThreshold: 0, mergeScores: "average" }))[0];
  expect(average.survivors).toEqual(newest.survivors);
  expect(average.merges?.valueWeights).not.toEqual(newest.merges?.valueWeights);
});
