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

  it("name the survivor that differs, with totals and margin", () => {
    const there = drawTrace(run, "and\nthen evicts The sat | sat on\nslept");
    const [, cat, sat] = here.events[0].total.values;
    expect([cat, sat].map((total) => total.toPrecision(3))).toEqual(["0.715", "0.0709"]);
    expect(words(proveRun(there), here)).toBe(
      "The same 3 tokens, but not the same survivors: 1 of 1 event differs, first at step 1. " +
        "1 survivor of it differs: layer 0, KV head 0 kept “sat” (position 2, total 0.0709), " +
        "there it kept “cat” (position 1, total 0.715), a margin of −0.645. " +
        "That this fits by accident has a chance of 1 in 67,108,864.",
    );
  });

  it("say where tokens part and how close it was", () => {
    const steps = here.steps.map((record) => (record.step === 2 ? { ...record, token: 7 } : record));
    const text = words(proveRun({ ...here, steps }), here);
    expect(text).toMatch(/^Not reproduced: the tokens part at step 2\. This run chose “slept” with a probability of/);
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

  it("has its closest cut found again, were it decided the other way", async () => {
    const trace = await read();
    const event = trace.events[Math.floor(trace.events.length / 2)];
    const head = 5;
    const survivors = copyRows(event.survivors);
    const [row, positions] = [headRow(survivors, head), headRow(event.positionsBefore, head)];
    const totals = headRow(event.total, head);
    const kept = new Set(row);
    const slots = Array.from(totals, (_, slot) => slot);
    const best = (slot: number, other: number): number => (totals[slot] >= totals[other] ? slot : other);
    const put = slots.filter((slot) => !kept.has(slot)).reduce(best);
    const out = slots
      .filter((slot) => kept.has(slot))
      .reduce((slot, other) => (totals[slot] <= totals[other] ? slot : other));
    row[row.indexOf(out)] = put;
    const events = trace.events.map((other) => (other === event ? { ...event, survivors } : other));
    expect(checkProof(proveRun({ ...trace, events }), trace)).toMatchObject({
      type: "sameTokens",
      first: {
        fromStep: event.step,
        swaps: [
          {
            layer: 1,
            kvHead: 1,
            keptHere: { position: positions[out] },
            keptThere: { position: positions[put] },
          },
        ],
      },
    });
  });
});
