// Proofs of drawn runs: a run reproduces itself, whatever is changed is found where it was changed, and no proof that
// was tampered with is taken for the run's.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawRandomTrace, drawTrace } from "../drawTrace.testing";
import { proveRun, thinnedProof, type Proof } from "./proof";
import { checkProof } from "./proofCheck";
import { encodeProof, parseProof } from "./proofText";
import { tokensDigest } from "./digest";
import type { Trace } from "../trace";

const anyTrace = fc
  .nat()
  .map((seed): Trace => ({ ...drawRandomTrace(seed, { isRagged: seed % 2 === 1 }), end: "length" }));

/** Thinned so often, as far as there is something to thin. */
function thinned(proof: Proof, times: number): Proof {
  const next = times === 0 ? null : thinnedProof(proof);
  return next === null ? proof : thinned(next, times - 1);
}

/** The run as it would be with another token at a step, the later ones as they are. */
function withToken(trace: Trace, step: number, token: number): Trace {
  return { ...trace, steps: trace.steps.map((record) => (record.step === step ? { ...record, token } : record)) };
}

describe("a proof", () => {
  it("is found true by the run itself, however it was thinned and sent", () => {
    fc.assert(
      fc.property(anyTrace, fc.nat(6), (trace, times) => {
        const text = encodeProof(thinned(proveRun(trace), times));
        const proof = parseProof(text);
        expect(proof).not.toBeNull();
        const survivorCount = trace.events.reduce((sum, { survivors }) => sum + survivors.values.length, 0);
        expect(proof && checkProof(proof, trace)).toEqual({
          type: "reproduced",
          tokenCount: trace.steps.length,
          eventCount: trace.events.length,
          survivorCount,
        });
      }),
    );
  });

  it("stands in an address as it is, and ends in no punctuation", () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const text = encodeProof(proveRun(trace));
        expect(new URLSearchParams([["proof", text]]).toString()).toBe(`proof=${text}`);
        expect(text).toMatch(/[\w-]$/);
      }),
    );
  });

  it("takes a letter for a step, five for an event and 17 for the whole, besides its numbers", () => {
    const trace = drawTrace({ prompt: "The cat sat" }, "on\nthe evicts The | cat\nmat");
    expect(encodeProof(proveRun(trace))).toMatch(/^3\.1\.1\.1\.[\w-]{5}\.[\w-]{20}$/);
  });

  it("halves its marks or its events when it is thinned, and ends", () => {
    const trace = drawRandomTrace(1);
    const lengths: number[] = [];
    for (let proof: Proof | null = proveRun(trace); proof !== null; proof = thinnedProof(proof)) {
      lengths.push(encodeProof(proof).length);
    }
    expect(lengths.length).toBeGreaterThan(3);
    expect(lengths).toEqual([...lengths].sort((one, other) => other - one));
  });
});

describe("another token", () => {
  // A mark agrees by accident once in 64 times; four in a row do once in 16 million times.
  it("is found at its step, or within the marks that a thinned proof has left", () => {
    fc.assert(
      fc.property(anyTrace, fc.nat(), fc.nat(3), (trace, place, times) => {
        const step = place % trace.steps.length;
        const proof = thinned(proveRun(withToken(trace, step, 5)), times);
        const verdict = checkProof(proof, trace);
        expect(verdict.type).toBe("diverged");
        if (verdict.type !== "diverged") return;
        const interval = proof.detail?.markInterval ?? 1;
        expect(verdict.to).toBeGreaterThanOrEqual(step);
        expect(verdict.from).toBeLessThanOrEqual(step + 3 * interval);
        expect(verdict.to - verdict.from).toBeLessThan(interval + (trace.steps.length % interval) + 1);
      }),
    );
  });

  it("is found at the very step in all but one of 64 runs", () => {
    let exactCount = 0;
    const runCount = 640;
    for (let seed = 0; seed < runCount; seed++) {
      const trace: Trace = { ...drawRandomTrace(seed), end: "length" };
      const step = seed % trace.steps.length;
      const verdict = checkProof(proveRun(withToken(trace, step, 5)), trace);
      if (verdict.type === "diverged" && verdict.from === step && verdict.to === step) exactCount++;
    }
    expect(exactCount / runCount).toBeGreaterThan(1 - 2 / 64);
  });

  it("comes with what this run chose there and the last event before", () => {
    const trace: Trace = {
      ...drawTrace({ prompt: "The cat sat" }, "on\nthe evicts The | cat\nmat\nand"),
      end: "length",
    };
    const verdict = checkProof(proveRun(withToken(trace, 3, 5)), trace);
    expect(verdict).toMatchObject({
      type: "diverged",
      from: 3,
      to: 3,
      closest: { step: 3, text: "and ", runnerUpText: "and1 " },
      lastEvent: { step: 1 },
      otherSurvivorsSince: null,
    });
  });
});

describe("a run of another length", () => {
  const picture = "on\nthe evicts The | cat\nmat\nand\nslept";
  const whole: Trace = { ...drawTrace({ prompt: "The cat sat" }, picture), end: "length" };
  const part: Trace = { ...whole, steps: whole.steps.slice(0, 3) };

  it("that was stopped is incomplete, not different", () => {
    const verdict = { type: "incomplete", reason: "stopped", stepCount: 3, promisedCount: 5 };
    expect(checkProof(proveRun(whole), { ...part, end: "stopped" })).toEqual(verdict);
    expect(checkProof(proveRun(whole), { ...part, end: null })).toEqual(verdict);
  });

  it("that ended by itself is different where it ended", () => {
    expect(checkProof(proveRun(whole), part)).toMatchObject({ type: "diverged", from: 3, to: 3, closest: null });
    expect(checkProof(proveRun(part), whole)).toMatchObject({ type: "diverged", from: 3, to: 3 });
  });

  it("is different where its tokens are, stopped or not", () => {
    const stopped: Trace = { ...withToken(part, 1, 5), end: "stopped" };
    expect(checkProof(proveRun(whole), stopped)).toMatchObject({ type: "diverged", from: 1, to: 1 });
  });

  it("or of another prompt is not compared", () => {
    const other = drawTrace({ prompt: "The cat sat down" }, picture);
    expect(checkProof(proveRun(whole), other)).toEqual({ type: "incomplete", reason: "otherPrompt" });
  });
});

describe("a proof that was tampered with", () => {
  it("is never taken for true, whichever letter is another", () => {
    const letters = "A,B,C,X,Y,Z,a,b,c,x,y,z,0,1,9,-,_,.";
    fc.assert(
      fc.property(
        anyTrace,
        fc.nat(3),
        fc.nat(),
        fc.constantFrom(...letters.split(",")),
        (trace, times, place, letter) => {
          const text = encodeProof(thinned(proveRun(trace), times));
          const at = place % text.length;
          fc.pre(text[at] !== letter);
          const proof = parseProof(text.slice(0, at) + letter + text.slice(at + 1));
          if (proof !== null) expect(checkProof(proof, trace).type).not.toBe("reproduced");
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("is no proof when it is cut off, longer, or no text of ours", () => {
    const text = encodeProof(proveRun(drawRandomTrace(3)));
    for (const other of [text.slice(0, -1), `${text}A`, "", "....", "0.0.0.0..AAAAA", "zzzz.1.1.1.AAAAA.AAAAA"]) {
      expect(parseProof(other)).toBeNull();
    }
  });

  it("is never more than refused, whatever it says", () => {
    const trace = drawRandomTrace(3);
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        fc.stringMatching(/^[0-9a-z]{1,2}\.[12]\.[0-9]\.[12]\.[\w-]*\.[\w-]+$/),
        (a, b) => {
          for (const text of [a, b]) {
            const proof = parseProof(text);
            if (proof !== null) expect(checkProof(proof, trace).type).not.toBe("reproduced");
          }
        },
      ),
    );
  });
});

it("of version 2 vouches for the tokens alone", () => {
  const trace: Trace = { ...drawRandomTrace(5), end: "length" };
  const digest = tokensDigest(trace.steps.map(({ token }) => token));
  expect(parseProof(digest)).toEqual({ tokensDigest: digest, detail: null });
  const proof = { tokensDigest: digest, detail: null };
  expect(checkProof(proof, trace)).toMatchObject({ type: "reproduced", eventCount: null });
  expect(checkProof(proof, withToken(trace, 0, 5))).toMatchObject({ type: "diverged" });
  expect(checkProof(proof, { ...withToken(trace, 0, 5), end: "stopped" })).toMatchObject({ type: "incomplete" });
});

describe("the same tokens with other survivors", () => {
  const run = { prompt: "a b c d e f" };
  const here: Trace = { ...drawTrace(run, "x evicts a | b\ny evicts c | d\nz"), end: "length" };

  it("name the first event that differs", () => {
    const there = drawTrace(run, "x evicts a | b\ny evicts c | e\nz");
    const expected = { otherGroupCount: 1, first: { fromStep: 1, toStep: 1, smallestMargin: { step: 1 } } };
    expect(checkProof(proveRun(there), here)).toMatchObject({ type: "sameTokens", ...expected });
  });

  it("of a thinned proof name the events that may be meant", () => {
    const proof = thinnedProof(proveRun(drawTrace(run, "x evicts a | b\ny evicts c | e\nz")));
    expect(proof?.detail?.eventInterval).toBe(2);
    const expected = { eventInterval: 2, first: { fromStep: 0, toStep: 1 } };
    expect(proof && checkProof(proof, here)).toMatchObject({ type: "sameTokens", ...expected });
  });

  it("say how many events there are where one run has more", () => {
    const fewer = drawTrace(run, "x evicts a | b\ny\nz");
    const expected = { eventCount: 2, promisedEventCount: 1, otherGroupCount: 0, first: null };
    expect(checkProof(proveRun(fewer), here)).toMatchObject({ type: "sameTokens", ...expected });
  });
});
