// A model in which some layers see only their newest tokens: what events drop there was dead, policies act in the other layers
// alone, and the record says so.
import { describe, expect, it } from "vitest";
import { headRow, joinRows, rowLength } from "../cache/headRows";
import { InputError } from "../lib/errors";
import { greedySampling } from "../model/sampling";
import type { PolicyParameters } from "../policy/policy";
import { baseParameters } from "../policy/parameters";
import { decodeRunFile, encodeRunFile } from "../trace/file/runFile";
import { cacheSeenByStep } from "../trace/replay";
import { deadCount, lastStepInWindow } from "../trace/layerWindows";
import type { Session } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import { decideAgain } from "./decideAgain.testing";
import { globalHeads, model, promptTokens, recordWindowed, WINDOW, windowedHeads } from "./windowedRun.testing";

const run = recordWindowed("gkv");

describe("a session", () => {
  async function openSession(): Promise<Session> {
    const backend = await createCpuBackend(model);
    const session = await backend.createSession({
      ...{ slotCapacity: 60, positionCapacity: 60, windowSlots: 4, sampling: greedySampling, stopTokens: [] },
      ...{ hasTaps: true, terms: ["windowAttention"], parameters: baseParameters },
    });
    await session.prefill(promptTokens);
    return session;
  }

  it("computes the same bits once dead slots are gone", async () => {
    const [whole, lighter] = [await openSession(), await openSession()];
    await Promise.all([whole.collect(), lighter.collect()]);
    const all = Array.from({ length: 21 }, (_, slot) => slot);
    const survivors = Array.from({ length: 6 }, (_, head) =>
      Int32Array.from(windowedHeads.includes(head) ? all.slice(-(WINDOW - 1)) : all),
    );
    lighter.compact({ survivors: joinRows(survivors, Int32Array) });
    for (const token of [3, 11, 7]) {
      for (const session of [whole, lighter]) session.decode(token);
      await Promise.all([whole.collect(), lighter.collect()]);
    }
    expect(await lighter.readLogits()).toEqual(await whole.readLogits());
  });

  it("would not without one of the tokens in the window", async () => {
    const [whole, lighter] = [await openSession(), await openSession()];
    await Promise.all([whole.collect(), lighter.collect()]);
    const all = Array.from({ length: 21 }, (_, slot) => slot);
    const survivors = Array.from({ length: 6 }, (_, head) =>
      Int32Array.from(windowedHeads.includes(head) ? all.slice(-(WINDOW - 2)) : all),
    );
    lighter.compact({ survivors: joinRows(survivors, Int32Array) });
    for (const session of [whole, lighter]) session.decode(3);
    expect(await lighter.readLogits()).not.toEqual(await whole.readLogits());
  });

  it("pays no attention to dead slots, and measures nothing there", async () => {
    const session = await openSession();
    const { attention } = await session.collect();
    const { terms } = await session.measureTerms();
    const measured = terms.windowAttention;
    if (measured === undefined) throw new Error("it was measured");
    for (const head of windowedHeads) {
      const row = headRow(attention, head);
      expect(row.subarray(0, 21 - WINDOW).every((share) => share === 0)).toBe(true);
      expect(row.subarray(21 - WINDOW).some((share) => share > 0)).toBe(true);
      expect(headRow(measured, head).every((value) => value === 0)).toBe(true);
    }
    for (const head of globalHeads) {
      expect(headRow(attention, head)[0]).toBeGreaterThan(0);
      expect(headRow(measured, head).every((value) => value > 0)).toBe(true);
    }
  });
});

describe("a run under a policy", () => {
  it("drops what is dead in layers with a window, and chooses in the others by its score", async () => {
    const { events } = await run;
    expect(events.length).toBeGreaterThan(3);
    for (const event of events) {
      expect(event.budgetSlots).toBe(12);
      for (const head of globalHeads) expect(rowLength(event.survivors, head)).toBe(12);
      for (const head of windowedHeads) {
        const length = rowLength(event.positionsBefore, head);
        const newest = Array.from({ length: WINDOW - 1 }, (_, at) => length - WINDOW + 1 + at);
        expect([...headRow(event.survivors, head)]).toEqual(newest);
      }
    }
    const chosen = events.flatMap((event) => globalHeads.map((head) => [...headRow(event.survivors, head)]));
    expect(chosen.some((slots) => slots.some((slot, at) => at > 0 && slot !== slots[at - 1] + 1))).toBe(true);
  });

  it("says in its header how far each layer sees, and of each step which slots are dead", async () => {
    const trace = await run;
    expect(trace.header.model.windows).toEqual([WINDOW, null, WINDOW]);
    for (const { step, attention } of trace.steps) {
      for (const head of [...windowedHeads, ...globalHeads]) {
        const dead = deadCount(trace, step, head);
        const positions = headRow(cacheSeenByStep(trace, step), head);
        const isSeen = (position: number) => step <= lastStepInWindow(trace, head, position);
        expect(Array.from(positions, isSeen).indexOf(true)).toBe(dead);
        expect(
          headRow(attention, head)
            .subarray(0, dead)
            .some((share) => share > 0),
        ).toBe(false);
      }
    }
    expect(deadCount(trace, 0, 0)).toBe(21 - WINDOW);
    expect(deadCount(trace, 0, globalHeads[0])).toBe(0);
  });

  it("loses no attention where only dead slots went", async () => {
    const { steps } = await run;
    for (const { comparison } of steps)
      for (const head of windowedHeads) expect(comparison?.lostAttention[head]).toBe(0);
    expect(steps.some(({ comparison }) => globalHeads.some((head) => (comparison?.lostAttention[head] ?? 0) > 0))).toBe(
      true,
    );
  });

  it("is decided again the same way, and comes back from a run file bit by bit", async () => {
    const trace = await run;
    expect(decideAgain(trace)).toEqual(trace.events);
    const opened = await decodeRunFile(await encodeRunFile(trace), "run.winnow");
    expect(opened.events).toEqual(trace.events);
    expect(opened.header).toEqual(trace.header);
  });

  it.each(["h2o", "streamingLlm", "pyramidKv", "adaKv", "expectedAttention"])(
    "keeps to its budget under %s",
    async (id) => {
      const { events } = await recordWindowed(id, { isPromptProtected: true });
      expect(events.length).toBeGreaterThan(1);
      for (const event of events) {
        const kept = globalHeads.map((head) => rowLength(event.survivors, head));
        expect(kept.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(24);
        for (const head of windowedHeads) expect(rowLength(event.survivors, head)).toBe(WINDOW - 1);
      }
    },
  );

  it.each<Partial<PolicyParameters>>([
    { budgetMode: "ratio", budgetSlots: 4, windowSlots: 2, intervalSteps: 1 },
    { grouping: "wholeChunks", groupingSlots: 7, budgetSlots: 9, windowSlots: 1, intervalSteps: 1 },
  ])("has room in layers with a window while events are passed over, with %j", async (choices) => {
    const { steps, events } = await recordWindowed("snapKv", choices, promptTokens.slice(0, 5));
    expect(steps.length).toBe(44);
    const gaps = events.slice(1).map(({ step }, at) => step - events[at].step);
    expect(Math.max(...gaps)).toBeGreaterThan(1);
  });

  it.each<[Partial<PolicyParameters>, RegExp]>([
    [{ departure: "rerotate" }, /let keys keep their rotation/],
    [{ merging: "keepKv" }, /merge nothing/],
  ])("is refused with %j", async (choices, message) => {
    await expect(recordWindowed("snapKv", choices)).rejects.toThrow(InputError);
    await expect(recordWindowed("snapKv", choices)).rejects.toThrow(message);
  });
});
