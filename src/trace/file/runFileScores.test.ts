// Scores that follow by a formula and scores that don't: back to the last bit, and formulas of strangers do no harm.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawScoredRun } from "../../engine/drawScoredRun.testing";
import { operations } from "../../policy/formula";
import { policies } from "../../policy/policies";
import type { EvictionEvent, Trace } from "../trace";
import { decodeOrRefuse, type Json, seeds, withHead } from "./driveRunFile.testing";
import { decodeRunFile, encodeRunFile } from "./runFile";

const policyIds = fc.constantFrom(...policies.filter(({ isEvicting }) => isEvicting).map(({ id }) => id));
const source = drawScoredRun({ policyId: "gkv", layerCount: 1, stepCount: 20, parameters: { poolingSlots: 3 } });

describe("scores", () => {
  it("come back bit by bit, whatever the policy and the noise in them", { timeout: 30_000 }, async () => {
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

  it("are not written from positions that the run does not lead to", () => {
    const [first, ...rest] = source.events;
    const values = first.positionsBefore.values.map((position, slot) => (slot === 0 ? position + 1 : position));
    const broken = {
      ...source,
      events: [{ ...first, positionsBefore: { ...first.positionsBefore, values } }, ...rest],
    };
    expect(() => encodeRunFile(broken)).toThrow("positions that are not in the cache");
  });
});

it(
  "a formula of a stranger leads to another run that can be written again, or is refused",
  { timeout: 30_000 },
  async () => {
    const columns = ["localRaw", "local", "history", "global", "pooled", "redundancy", "total"];
    const terms = ["terms.windowAttention", "terms.redundancy", "terms.keyNorm", "terms.promptAttention"];
    const step = fc.record({
      operation: fc.constantFrom(...Object.keys(operations)),
      from: fc.subarray([...columns, ...terms], { maxLength: 2 }),
      numbers: fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constant(3)), {
        maxLength: 2,
      }),
    });
    let openedCount = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), step, async (place, change) => {
        const file = await withHead((head) => {
          const { steps } = (head["header"] as Json)["formula"] as { steps: Json[] };
          Object.assign(steps[place % steps.length], change);
        }, source);
        const decoded = await decodeOrRefuse(file);
        if (typeof decoded === "string") return;
        openedCount++;
        expect(bitsOf(await decodeRunFile(await encodeRunFile(decoded), "x"))).toEqual(bitsOf(decoded));
      }),
      { numRuns: 400 },
    );
    expect(openedCount).toBeGreaterThan(0);
  },
);

function columnsOf({ terms, parts, total, carry }: EvictionEvent): Float32Array[] {
  return [...Object.values(terms), ...Object.values(parts), total, carry].map(({ values }) => values);
}

/** Changes some bits of some scores. */
function disturb({ events }: Trace, seed: number, count: number): void {
  const columns = events.flatMap(columnsOf).filter(({ length }) => length > 0);
  for (let change = 0; change < count; change++) {
    const column = columns[(seed * 31 + change * 7919) % columns.length];
    const bits = new Uint32Array(column.buffer, column.byteOffset, column.length);
    bits[(seed + change) % bits.length] ^= 1 << ((seed + change) % 32);
  }
}

/** `toEqual` takes 0 and −0 apart, but not the bits of a NaN, of which all count as equal. */
function bitsOf({ events }: Trace): Uint32Array[] {
  return events.flatMap((event) =>
    [...columnsOf(event), event.cutOff, event.margin].map(
      (column) => new Uint32Array(column.map((value) => (Number.isNaN(value) ? NaN : value)).buffer),
    ),
  );
}
