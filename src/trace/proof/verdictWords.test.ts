// What a person reads, on drawn runs and on the recorded ones that ship with the page.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { copyRows, headRow } from "../../cache/headRows";
import index from "../../../public/runs/index.json";
import { drawTrace } from "../drawTrace.testing";
import { proveRun, type Proof } from "./proof";
import { checkProof } from "./proofCheck";
import { encodeProof, parseProof } from "./proofText";
import { decodeRunFile } from "../file/runFile";
import type { Trace } from "../trace";
import { verdictWords } from "./verdictWords";

const run = { prompt: "The cat sat on the mat" };
const here: Trace = { ...drawTrace(run, "and\nthen evicts The cat | sat on\nslept"), end: "length" };
const words = (proof: Proof, trace: Trace): string => verdictWords(checkProof(proof, trace));

describe("the words of a verdict", () => {
  it("count what was reproduced", () => {
    expect(words(proveRun(here), here)).toBe(
      "Reproduced exactly: the same 3 tokens and the same 10 survivors of 1 event.",
    );
    expect(words({ tokensDigest: proveRun(here).tokensDigest, detail: null }, here)).toBe(
      "Reproduced: the same 3 tokens. The link says nothing about the survivors.",
    );
    const full = drawTrace(run, "and\nthen");
    expect(words(proveRun(full), full)).toBe("Reproduced exactly: the same 2 tokens; nothing was evicted.");
  });

  it("name the first event whose survivors differ, and its closest cut", () => {
    const there = drawTrace(run, "and\nthen evicts The sat | sat on\nslept");
    expect(words(proveRun(there), here)).toMatch(
      /^The same 3 tokens, but not the same survivors: 1 of 1 event differs, first at step 1\. Its closest cut has a margin of [\d.]+ \(layer 0, KV head [01]\)\.$/,
    );
  });

  it("say where tokens part and how close it was", () => {
    const steps = here.steps.map((record) => (record.step === 2 ? { ...record, token: 7 } : record));
    const text = words(proveRun({ ...here, steps }), here);
    expect(text).toMatch(/^Not reproduced: the tokens differ at step 2\. This run chose “slept” with a probability of/);
    expect(text).toMatch(
      /The last event before is at step 1; its closest cut has a margin of [\d.]+ \(layer 0, KV head [01]\)\.$/,
    );
  });

  it("say what is missing", () => {
    const part: Trace = { ...here, steps: here.steps.slice(0, 2), end: "stopped" };
    expect(words(proveRun(here), part)).toBe("Nothing differs so far, but this run was stopped after 2 of 3 tokens.");
    expect(words(proveRun(here), drawTrace({ prompt: "The dog" }, "sat"))).toMatch(/another prompt/);
    const proof = proveRun(here);
    const marks = proof.detail.marks.map((mark) => 63 - mark);
    expect(words({ ...proof, detail: { ...proof.detail, marks } }, here)).toMatch(/contradicts itself/);
  });
});

describe.each(index.filter((entry) => entry.file !== undefined))("the shipped run $id", ({ file }) => {
  const read = async (): Promise<Trace> =>
    decodeRunFile(await readFile(new URL(`../../../public/runs/${file}`, import.meta.url)), file);

  it("is reproduced by itself, in a proof of less than a thousand letters", async () => {
    const trace = await read();
    const text = encodeProof(proveRun(trace));
    expect(text.length).toBeLessThan(1000);
    const proof = parseProof(text);
    expect(proof && words(proof, trace)).toMatch(
      /^Reproduced exactly: the same \d+ tokens and the same [\d,]+ survivors/,
    );
  });

  it("has an event found that kept another slot", async () => {
    const trace = await read();
    const event = trace.events[Math.floor(trace.events.length / 2)];
    const survivors = copyRows(event.survivors);
    const row = headRow(survivors, 5);
    const gap = row.findIndex((slot, place) => slot > place);
    row[gap] = gap === 0 ? row[0] - 1 : row[gap - 1] + 1;
    const events = trace.events.map((other) => (other === event ? { ...event, survivors } : other));
    expect(checkProof(proveRun({ ...trace, events }), trace)).toMatchObject({
      type: "sameTokens",
      otherGroupCount: 1,
      first: { fromStep: event.step, toStep: event.step },
    });
  });
});
