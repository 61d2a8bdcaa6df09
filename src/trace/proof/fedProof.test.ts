// Proofs of runs on brought models: what a replay makes of drawn runs, of near ties put in by hand, and of texts that were tampered with.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyRows, headRow } from "../../cache/headRows";
import { hashUniform } from "../../lib/random";
import { drawRandomTrace, drawTrace } from "../drawTrace.testing";
import { createEventReplay, leanEvent } from "../leanEvent";
import { encodeBase64Url } from "./base64Url";
import { checkFedProof } from "./fedProofCheck";
import { proveFed, thinnedFed, type FedProof } from "./fedProof";
import { encodeFedProof, parseFedProof } from "./fedProofText";
import type { EvictionEvent, Trace } from "../trace";
import { proveRun } from "./proof";
import type { FedVerdict, ReplayVerdict } from "./verdict";
import { verdictWords } from "./verdictWords";

const HEADS = 6; // 3 layers of 2
const words = Array.from({ length: 40 }, (_, place) => `w${place}`);

/** A run of 3 layers with two events, whose scores are spread evenly but for `ties`: heads whose cut is as close as that. */
function scoredRun(ties: Readonly<Record<number, number>> = {}): Trace {
  const evicts = (from: number): string =>
    Array.from({ length: HEADS }, () => words.slice(from, from + 8).join(" ")).join(" | ");
  const drawn = drawTrace(
    { prompt: words.join(" "), layerCount: 3, kvHeadCount: 2, windowSlots: 2 },
    `a evicts ${evicts(0)}\nb\nc evicts ${evicts(10)}\nd`,
  );
  return {
    ...drawn,
    end: "length",
    events: drawn.events.map((event, place) => withScores(event, place === 0 ? ties : {})),
  };
}

/** Scores by which just the evicted are the lowest. */
function withScores(event: EvictionEvent, ties: Readonly<Record<number, number>>): EvictionEvent {
  const total = copyRows(event.total);
  const cutOff = event.cutOff.slice();
  const margin = event.margin.slice();
  for (let head = 0; head < HEADS; head++) {
    const row = headRow(total, head);
    const kept = new Set(headRow(event.survivors, head));
    const order = Array.from(row, (_, slot) => slot).sort(
      (one, other) => Number(kept.has(one)) - Number(kept.has(other)) || one - other,
    );
    order.forEach((slot, place) => (row[slot] = place + 0.3 * hashUniform(head, slot)));
    const first = order.findIndex((slot) => kept.has(slot));
    if (ties[head] !== undefined) row[order[first]] = row[order[first - 1]] + ties[head];
    cutOff[head] = row[order[first]];
    margin[head] = row[order[first]] - row[order[first - 1]];
  }
  return { ...event, total, cutOff, margin };
}

/** The run as it would be had these heads decided otherwise at the first event: the token next below the cut stays. */
function swapped(trace: Trace, heads: readonly number[], distance = 0): Trace {
  const [event, ...later] = trace.events;
  const survivors = copyRows(event.survivors);
  const gone = new Map<number, { readonly left: number; readonly kept: number }>();
  for (const head of heads) {
    const row = headRow(event.total, head);
    const stays = new Set(headRow(survivors, head));
    const byScore = Array.from(row, (_, slot) => slot).sort((one, other) => row[one] - row[other]);
    const out = byScore.filter((slot) => stays.has(slot))[0];
    const into = byScore.filter((slot) => !stays.has(slot)).reverse()[distance];
    headRow(survivors, head).set(
      [...[...stays].filter((slot) => slot !== out), into].sort((one, other) => one - other),
    );
    const positions = headRow(event.positionsBefore, head);
    gone.set(head, { left: positions[out], kept: positions[into] });
  }
  return { ...trace, events: [{ ...event, survivors }, ...later.map((other) => renamed(other, gone))] };
}

/** The same event in caches that hold one token in the place of another. */
function renamed(
  event: EvictionEvent,
  gone: ReadonlyMap<number, { readonly left: number; readonly kept: number }>,
): EvictionEvent {
  const positionsBefore = copyRows(event.positionsBefore);
  for (const [head, { left, kept }] of gone) {
    const row = headRow(positionsBefore, head);
    row[row.indexOf(left)] = kept;
  }
  return { ...event, positionsBefore };
}

const proofOf = (trace: Trace): FedProof => {
  const proof = proveFed(trace);
  if (proof === null) throw new Error("the tokens fit");
  return proof;
};
const sent = (proof: FedProof): FedProof => {
  const parsed = parseFedProof(encodeFedProof(proof));
  if (parsed === null) throw new Error("the proof can be read");
  return parsed;
};
const fedVerdict = (verdict: ReplayVerdict): FedVerdict => {
  if (verdict.type !== "fed") throw new Error(`found ${verdict.type}`);
  return verdict;
};
function thinned(proof: FedProof, times: number): FedProof {
  const next = times === 0 ? null : thinnedFed(proof);
  return next === null ? proof : thinned(next, times - 1);
}

const anyTrace = fc
  .nat()
  .map((seed): Trace => ({ ...drawRandomTrace(seed, { isRagged: seed % 2 === 1 }), end: "length" }));

describe("a proof with tokens", () => {
  it("is found true by the run itself, however it was thinned and sent", () => {
    fc.assert(
      fc.property(anyTrace, fc.nat(6), (trace, times) => {
        const verdict = fedVerdict(checkFedProof(sent(thinned(proofOf(trace), times)), trace));
        expect(verdict).toMatchObject({ tokenCount: trace.steps.length, eventCount: trace.events.length });
        expect(verdict).toMatchObject({ promisedEventCount: trace.events.length, nearTies: [], other: null });
      }),
    );
  });

  it("carries the tokens, and the closest cuts to within one percent", () => {
    const trace = scoredRun({ 3: 0.01 });
    const { tokens, cuts } = sent(proofOf(trace));
    expect(tokens).toEqual(trace.steps.map(({ token }) => token));
    expect(cuts[0]).toMatchObject({ event: 0, head: 3 });
    for (const [place, { margin }] of proofOf(trace).cuts.entries()) {
      expect(Math.abs(cuts[place].margin / margin - 1)).toBeLessThan(0.01);
    }
  });

  it("is none for tokens that three letters do not hold", () => {
    const trace = drawRandomTrace(1);
    const steps = trace.steps.map((step) => ({ ...step, token: 64 ** 3 }));
    expect(proveFed({ ...trace, steps })).toBeNull();
  });

  it("gets shorter when it is thinned, and ends with tokens, one sum an event and six cuts", () => {
    const lengths: number[] = [];
    let last = proofOf(scoredRun());
    for (let proof: FedProof | null = last; proof !== null; proof = thinnedFed(proof)) {
      lengths.push(encodeFedProof(proof).length);
      last = proof;
    }
    expect(lengths).toEqual([...lengths].sort((one, other) => other - one));
    expect([last.tokens.length, last.sums.map((sums) => sums.length), last.cuts.length]).toEqual([4, [1, 1], 6]);
  });
});

describe("near ties", () => {
  const here = scoredRun({ 1: 0.02, 4: 0.03, 5: 0.01 });

  it.each([0, 1, 2, 3])("are found and named, in a proof thinned %i times", (times) => {
    const verdict = fedVerdict(checkFedProof(sent(thinned(proofOf(swapped(here, [1, 4, 5])), times)), here));
    expect(verdict.other).toBeNull();
    expect(verdict.nearTies.map(({ step, layer, kvHead }) => [step, layer, kvHead])).toEqual(
      expect.arrayContaining([
        [0, 0, 1],
        [0, 2, 0],
        [0, 2, 1],
      ]),
    );
    expect(verdict.nearTies).toHaveLength(3);
    expect(verdict.nearTies.find(({ layer }) => layer === 0)).toMatchObject({
      keptThere: { position: 7, text: "w7 " },
      keptHere: { position: 8, text: "w8 " },
    });
    expect(verdictWords(verdict)).toMatch(
      /^Fed the same 4 tokens, this run kept the same survivors of 2 events, but for 3 near ties \(margin at most [\d.]+ %/,
    );
  });

  it("say the margin of the other run where the proof lists that cut", () => {
    const [tie] = fedVerdict(checkFedProof(sent(proofOf(swapped(here, [5]))), here)).nearTies;
    expect(tie.marginThere).toBeCloseTo(tie.margin, 3);
  });

  it("are no near ties where the scores are further apart", () => {
    const wide = scoredRun();
    const verdict = fedVerdict(checkFedProof(sent(proofOf(swapped(wide, [2], 1))), wide));
    expect(verdict).toMatchObject({
      nearTies: [],
      other: { step: 0, layers: { from: 1, to: 1 }, head: { layer: 1, kvHead: 0 }, isFound: true },
    });
    expect(verdictWords(verdict)).toMatch(
      /other survivors from step 0 on: layer 1, KV head 0 decided otherwise, by [\d.]+ %/,
    );
  });

  it("do not explain what is far from every cut", () => {
    const verdict = fedVerdict(checkFedProof(sent(proofOf(swapped(here, [2], 7))), here));
    expect(verdict.other).toMatchObject({ step: 0, layers: { from: 1, to: 1 }, isFound: false });
    expect(verdictWords(verdict)).toMatch(/more in layer 1 than near ties explain; the closest cut there/);
  });
});

it("a difference whose scores were left out of the trace is no claim about how close it was", () => {
  const here = scoredRun({ 1: 0.02 });
  const proof = sent(proofOf(swapped(here, [1])));
  const [first, ...later] = here.events;
  const lean: Trace = { ...here, events: [leanEvent(first, [], createEventReplay(here)), ...later] };
  const verdict = fedVerdict(checkFedProof(proof, lean));
  expect(verdict.other).toEqual({ step: 0, layers: { from: 0, to: 0 }, head: null, isFound: false });
  expect(verdictWords(verdict)).toMatch(
    /other survivors from step 0 on: in layer 0; the scores of that event were left out/,
  );
});

describe("after a near tie", () => {
  it("what follows in the same head is counted, and what cannot be told is said", () => {
    const here = scoredRun({ 1: 0.02 });
    const there = swapped(here, [1]);
    const [first, second] = there.events;
    // At the second event the head keeps the token that was next below its cut, and loses the one that it kept by the near tie.
    const survivors = copyRows(second.survivors);
    const stays = headRow(survivors, 1);
    const slotOf = (position: number): number => headRow(second.positionsBefore, 1).indexOf(position);
    const keep = (position: number, inPlaceOf: number): Trace => {
      const kept = [...stays].filter((slot) => slot !== slotOf(inPlaceOf)).concat(slotOf(position));
      const changed = copyRows(survivors);
      headRow(changed, 1).set(kept.sort((one, other) => one - other));
      return { ...there, events: [first, { ...second, survivors: changed }] };
    };
    const followed = keep(17, 9);
    const told = fedVerdict(checkFedProof(sent(proofOf(followed)), here));
    expect(told).toMatchObject({ nearTies: [{ layer: 0, kvHead: 1 }], followingCount: 1, untold: null, other: null });
    const untold = fedVerdict(checkFedProof(sent(proofOf(keep(10, 30))), here));
    expect(untold).toMatchObject({ nearTies: [{ step: 0 }], untold: { headCount: 2, fromStep: 2 }, other: null });
    expect(verdictWords(untold)).toMatch(/What followed in 2 heads from step 2 on is more than the link can tell/);
  });
});

describe("a run that was fed", () => {
  const trace = scoredRun();
  const withOwn: Trace = {
    ...trace,
    steps: trace.steps.map((step) => (step.step === 2 ? { ...step, ownToken: step.candidateTokens[1] } : step)),
  };

  it("says what it would have chosen by itself", () => {
    const verdict = fedVerdict(checkFedProof(proofOf(trace), withOwn));
    expect(verdict.ownChoices).toMatchObject({ count: 1, first: { step: 2, text: "c " } });
    expect(verdictWords(verdict)).toMatch(
      /By itself it would have chosen another token at step 2: “c1” \([\d.]+ %\) where it was fed “c”/,
    );
    const drawn = {
      ...withOwn,
      steps: withOwn.steps.map((step) => (step.step === 2 ? { ...step, ownToken: 9999 } : step)),
    };
    expect(verdictWords(checkFedProof(proofOf(trace), drawn))).toMatch(/another token at step 2, where it was fed “c”/);
  });

  it("parts from the proof where it was left to itself", () => {
    const free: Trace = {
      ...trace,
      steps: trace.steps.map((step) => (step.step === 3 ? { ...step, token: 1 } : step)),
    };
    expect(checkFedProof(proofOf(trace), free)).toMatchObject({
      type: "diverged",
      from: 3,
      to: 3,
      otherSurvivorsSince: null,
    });
  });

  it("is not compared to the end where it was stopped, nor with another prompt or model", () => {
    const part: Trace = { ...trace, steps: trace.steps.slice(0, 2), end: "stopped" };
    expect(checkFedProof(proofOf(trace), part)).toMatchObject({
      type: "incomplete",
      reason: "stopped",
      promisedCount: 4,
    });
    for (const other of [
      { ...proofOf(trace), promptHash: 1 },
      { ...proofOf(trace), headCount: 7 },
    ]) {
      expect(checkFedProof(other, trace)).toEqual({ type: "incomplete", reason: "otherPrompt" });
    }
  });
});

describe("a hostile proof", () => {
  it("is no proof when a letter is another, missing or added", () => {
    const letters = "ABXYZabxyz019-_.f".split("");
    fc.assert(
      fc.property(anyTrace, fc.nat(), fc.constantFrom(...letters), (trace, place, letter) => {
        const text = encodeFedProof(proofOf(trace));
        const at = place % text.length;
        fc.pre(text[at] !== letter);
        expect(parseFedProof(text.slice(0, at) + letter + text.slice(at + 1))).toBeNull();
      }),
      { numRuns: 300 },
    );
    const text = encodeFedProof(proofOf(scoredRun()));
    for (const other of [
      text.slice(0, -1),
      `${text}A`,
      "",
      "f",
      "f....",
      "fzzzz.zzzz.1.zzzz.zzzz...AAAAAAAAAA",
      "f1.0.0.1.1.....AAA",
    ]) {
      expect(parseFedProof(other)).toBeNull();
    }
  });

  it("is no proof however long it is, and a prompt may be as long", () => {
    const tokenCount = 200_000;
    const letters = "A".repeat(10 + 3 * tokenCount);
    expect(parseFedProof(`f${tokenCount.toString(36)}.1.1.0.0...${letters}`)).toBeNull();
    const { header } = scoredRun();
    const long = { ...scoredRun(), header: { ...header, promptTokens: new Int32Array(tokenCount) } };
    expect(proofOf(long).promptHash).toBe(proveRun(long).detail.promptHash);
  });

  it("with its check put right is compared without harm", () => {
    const trace = scoredRun();
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 40, maxLength: 40 }),
        fc.nat(2000),
        fc.nat(70),
        (bytes, interval, event) => {
          const noise = Array.from(encodeBase64Url(bytes), (letter) => letter.charCodeAt(0));
          const proof: FedProof = {
            ...proofOf(trace),
            headInterval: 1 + interval,
            sums: Array.from({ length: 2 }, () => noise.slice(0, Math.ceil(HEADS / (1 + interval)))),
            cuts: [{ event, head: interval, margin: 0 }],
          };
          expect(fedVerdict(checkFedProof(sent(proof), trace)).other).not.toBeNull();
        },
      ),
    );
  });
});
