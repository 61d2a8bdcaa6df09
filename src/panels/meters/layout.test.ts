import { expect, it } from "vitest";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { memoryLines, metersLayout } from "./layout";
import { createTraceBuilder } from "../../trace/traceBuilder";
import { boundTraces } from "../../trace/traceMemory";
import { metersTable } from "./metersTable";
import { traceFigures, traceRows } from "./traceRows";

const all = (words: string): readonly string[] => [words, words, words, words];
const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and",
  windowSlots: 1,
  budgetSlots: 2,
  intervalSteps: 2,
  events: [{ step: 0, evicted: all("The cat") }],
});

it("sets the bytes in use against those allocated and those of a full cache", () => {
  const { memory, memoryNote } = metersLayout(trace, 2);
  expect(memory.map((row) => `${row.label} ${row.text}`)).toEqual([
    "in use 512 B",
    "allocated 512 B",
    "full cache 768 B",
  ]);
  expect(memoryNote).toBe("Token retention ratio 67 %: 4 slots per head for 6 tokens of text; peak 4.");
});

it("splits the time into prefill, decode, events and read-back", () => {
  const { time, timeNote } = metersLayout(trace, 2);
  expect(time.map((row) => `${row.label} ${row.text}`)).toEqual([
    "prefill 8.0 ms · 500 tokens/s",
    "decode 4.0 ms · 500 tokens/s",
    "events 3.0 ms · 1",
    "read-back 1.5 ms",
  ]);
  expect(timeNote).toBe("286 tokens/s over all, after the prefill.");
});

it("shows what the model chose between, and what it took", () => {
  const { candidates, candidateNote } = metersLayout(trace, 1);
  expect(candidates.map((row) => [row.label, row.text, row.isChosen])).toEqual([
    ["mat", "75 %", true],
    ["other", "25 %", false],
  ]);
  expect(candidateNote).toBe("Entropy 0.50 nats; chosen at 75 %.");
});

it("draws bytes in use and those of a full cache over the steps, up to the one shown", () => {
  const lines = memoryLines(trace, 2, { width: 206, height: 46 });
  // 4, 5 and 6 tokens of text at 128 B; after the event at step 0 two slots, then one more each step.
  expect(lines.fullPath).toBe("M3.0,16.3L203.0,3.0");
  expect(lines.usedPath).toBe("M3.0,29.7L103.0,23.0L203.0,16.3");
  expect(lines.dot).toEqual({ x: 203, y: expect.closeTo(16.33, 1) as number });
});

it("says what the page keeps of all lanes, of which heads, and what was left out", () => {
  const { trace: rows, traceNote } = traceRows(trace, 2, [trace]);
  expect(rows.map(({ label }) => label)).toEqual(["this run", "room"]);
  expect(rows[1]).toMatchObject({ share: 1, text: "256 MB" });
  expect(traceNote).toBe("Attention of 4 of 4 heads recorded at this step.");
  const own = traceFigures(trace, 2, [trace]).ownBytes;
  expect(own).toBeGreaterThan(3000);
  const other = { ...trace };
  expect(traceFigures(trace, 2, [trace, other])).toMatchObject({ ownBytes: own, allBytes: 2 * own });
  const builder = createTraceBuilder(trace.header);
  trace.steps.forEach((step) => {
    builder.append(step, trace.events.find((event) => event.step === step.step) ?? null);
  });
  boundTraces([builder], own / 2);
  expect(traceRows(builder.trace, 2, [builder.trace]).traceNote).toBe(
    "Attention of 4 of 4 heads recorded at this step. Attention before step 2 was left out to stay within the room. " +
      "Events before step 1 hold the scores of watched heads only, if any.",
  );
});

it("draws what the table says", () => {
  const { rows, columns } = metersTable(trace, 2, [trace]);
  const valueOf = (figure: string): unknown => rows.find(([, name]) => name === figure)?.[2];
  expect([valueOf("in use"), valueOf("full cache"), valueOf("token retention ratio")]).toEqual([512, 768, 4 / 6]);
  expect([valueOf("decode"), valueOf("events")]).toEqual([4, 3]);
  expect(rows.every((row) => row.length === columns.length)).toBe(true);
});
