// The outbox keeps order and holds steps back until there is credit.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evenRows } from "../cache/headRows";
import { drawTrace } from "../trace/drawTrace.testing";
import { createOutbox, transferList } from "./outbox";
import type { EngineEvent } from "./protocol";

const trace = drawTrace({ prompt: "The cat sat", hasEvidence: true }, "on\nthe evicts The | cat\nmat");

const step = (): EngineEvent => ({ type: "step", run: 1, lane: 0, record: trace.steps[1], eviction: trace.events[0] });
const done: EngineEvent = { type: "done", run: 1, lane: 0, reason: "length" };

describe("the outbox", () => {
  it("keeps order and loses nothing, whenever credit comes", () => {
    const actions = fc.array(fc.oneof(fc.constant("step"), fc.constant("other"), fc.nat(4)), { maxLength: 60 });
    fc.assert(
      fc.property(actions, (sequence) => {
        const posted: EngineEvent[] = [];
        const outbox = createOutbox((event) => void posted.push(event));
        const pushed: EngineEvent[] = [];
        let credit = 0;
        for (const action of sequence) {
          if (typeof action === "number") {
            outbox.grant(action);
            credit += action;
          } else {
            const event = action === "step" ? step() : { ...done };
            pushed.push(event);
            outbox.push(event);
          }
          const postedSteps = posted.filter(({ type }) => type === "step").length;
          const pushedSteps = pushed.filter(({ type }) => type === "step").length;
          expect(posted).toEqual(pushed.slice(0, posted.length));
          expect(postedSteps).toBe(Math.min(credit, pushedSteps));
        }
        outbox.grant(100);
        expect(posted).toEqual(pushed);
      }),
    );
  });

  it("sends each event once to a page that grants credit at once", () => {
    let stepCount = 0;
    const outbox = createOutbox((event) => {
      if (event.type !== "step") return;
      stepCount++;
      outbox.grant(1);
    });
    for (let pushed = 0; pushed < 600; pushed++) outbox.push(step());
    outbox.grant(1);
    expect(stepCount).toBe(600);
  });

  it("posts nothing once it is closed", () => {
    const posted: EngineEvent[] = [];
    const outbox = createOutbox((event) => void posted.push(event));
    outbox.push(step());
    outbox.close();
    outbox.push(done);
    outbox.grant(5);
    expect(posted).toEqual([]);
  });
});

describe("transferList", () => {
  it("names every buffer of a step and its eviction once, evidence included", () => {
    const buffers = transferList(step());
    expect(buffers).toContain(trace.events[0].queryVariance?.buffer);
    const { attention } = trace.steps[1];
    const { survivors, terms, excusedSlots, votingHeads, queryPoints, keyPoints } = trace.events[0];
    expect(new Set(buffers).size).toBe(buffers.length);
    for (const rows of [
      attention,
      survivors,
      terms["windowAttention"],
      excusedSlots,
      votingHeads,
      queryPoints,
      keyPoints,
    ]) {
      expect(buffers).toContain(rows?.values.buffer);
      expect(buffers).not.toContain(rows?.offsets.buffer);
    }
  });

  it("leaves out a view of part of a larger buffer", () => {
    const record = { ...trace.steps[0], attention: evenRows(new Uint8Array(100).subarray(10, 20), 2) };
    const buffers = transferList({ type: "step", run: 1, lane: 0, record, eviction: null });
    expect(buffers).not.toContain(record.attention.values.buffer);
  });

  it("is empty for everything but steps", () => {
    expect(transferList(done)).toEqual([]);
  });
});
