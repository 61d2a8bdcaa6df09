import { expect, it } from "vitest";
import { drawScoredTrace } from "../drawScoredTrace";
import { metersLayout } from "./layout";

const all = (words: string): readonly string[] => [words, words, words, words];
const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and",
  windowSlots: 1,
  budgetSlots: 2,
  intervalSteps: 2,
  events: [{ step: 0, gone: all("The cat") }],
});

it("sets the bytes in use against those allocated and those of a full cache", () => {
  const { memory, memoryNote } = metersLayout(trace, 2);
  expect(memory.map((row) => `${row.label} ${row.text}`)).toEqual([
    "in use 512 B",
    "allocated 512 B",
    "full cache 768 B",
  ]);
  expect(memoryNote).toBe("4 slots per head hold 67 % of the text; peak 4.");
});

it("splits the time into prefill, decode, events and read-back", () => {
  const { time, timeNote } = metersLayout(trace, 2);
  expect(time.map((row) => `${row.label} ${row.text}`)).toEqual([
    "prefill 8.0 ms · 500 tok/s",
    "decode 4.0 ms · 500 tok/s",
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
