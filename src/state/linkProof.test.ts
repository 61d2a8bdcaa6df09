// Proofs of brought models in links: how long they get, and what of them a replay is fed.
import { describe, expect, it } from "vitest";
import { evenRows } from "../cache/headRows";
import { hashUniform } from "../lib/random";
import { broughtId } from "../settings/broughtModels";
import { decodeLink } from "../settings/link";
import { noLaneComparison } from "../settings/lanes";
import { drawTrace } from "../trace/drawTrace.testing";
import { parseFedProof } from "../trace/proof/fedProofText";
import type { Trace } from "../trace/trace";
import { recipeOf } from "../engine/driveLanes.testing";
import { fedRequest, linkProofOf, linkProofText, promiseVerdicts } from "./linkProof";
import { readLink, sharedLink } from "./sharedLink";

interface Grid {
  readonly layerCount: number;
  readonly kvHeadCount: number;
}
const smolLm2: Grid = { layerCount: 30, kvHeadCount: 3 };
const qwen3: Grid = { layerCount: 28, kvHeadCount: 8 };

const idOf = ({ layerCount, kvHeadCount }: Grid): string =>
  broughtId({
    ...{
      source: { type: "hub", hub: "hf", repository: "owner/name-GGUF", commit: "1".repeat(40), path: "name-Q8_0.gguf" },
    },
    ...{ sha256: "0123456789abcdef".repeat(4), bytes: 98_362_432, weightType: "Q8_0", layerCount },
    ...{ headCount: 2 * kvHeadCount, kvHeadCount, headDim: 64, parameterCount: 134_515_008 },
  });

/** A run of a brought model with so many tokens and events. */
function broughtRun(grid: Grid, tokenCount: number, eventCount: number): Trace {
  const { layerCount, kvHeadCount } = grid;
  const headCount = layerCount * kvHeadCount;
  const drawn = drawTrace({ prompt: "a b c d e f g h", layerCount, kvHeadCount, windowSlots: 1 }, "x");
  const [first] = drawn.steps;
  const draw = (seed: number, range: number): number => Math.floor(range * hashUniform(seed));
  const rows = (values: (place: number) => number) =>
    evenRows(
      Float32Array.from({ length: 4 * headCount }, (_, place) => values(place)),
      headCount,
    );
  return {
    ...drawn,
    header: { ...drawn.header, model: { ...drawn.header.model, id: idOf(grid) } },
    steps: Array.from({ length: tokenCount }, (_, step) => ({ ...first, step, token: draw(step, 49_152) })),
    events: Array.from({ length: eventCount }, (_, event) => ({
      ...{ event, step: 16 * event, budgetSlots: 3, windowSlots: 1, terms: {}, parts: {} },
      positionsBefore: evenRows(
        Int32Array.from({ length: 5 * headCount }, (__, place) => (place % 5) + event),
        headCount,
      ),
      total: rows((place) => hashUniform(event, place)),
      carry: rows(() => 0),
      survivors: evenRows(
        Int32Array.from({ length: 3 * headCount }, (__, place) => [0, 2, 4][place % 3]),
        headCount,
      ),
      cutOff: new Float32Array(headCount).fill(0.5),
      margin: Float32Array.from({ length: headCount }, (__, head) => hashUniform(event, head, 1)),
    })),
    end: "length",
  };
}

const share = (trace: Trace) =>
  sharedLink({
    page: "https://example.org/winnow/",
    choices: {
      model: trace.header.model.id,
      problem: "text",
      promptText: "What is the capital of France? Answer in one word.",
    },
    comparison: noLaneComparison,
    traces: [trace],
    moment: null,
    way: "explore",
  });

describe("a link to a run of a brought model", () => {
  it.each([
    ["SmolLM2, 300 tokens, 16 events", () => broughtRun(smolLm2, 300, 16), { longest: 2000, isLong: false }],
    ["224 heads, 300 tokens, 16 events", () => broughtRun(qwen3, 300, 16), { longest: 2000, isLong: false }],
    ["224 heads, 1,500 tokens, 80 events", () => broughtRun(qwen3, 1500, 80), { longest: 8000, isLong: true }],
  ] as const)("stays in its bounds with all tokens: %s", async (_, run, { longest, isLong }) => {
    const trace = run();
    const link = await share(trace);
    expect(link.address.length).toBeLessThanOrEqual(longest);
    expect(link).toMatchObject({ isLong, isThinned: true });
    const { proofs } = await readLink(link.address.split("#")[1]);
    expect(parseFedProof(proofs[0])?.tokens).toEqual(trace.steps.map(({ token }) => token));
    expect(promiseVerdicts(proofs, [trace])).toMatchObject([{ type: "fed", nearTies: [], other: null, untold: null }]);
  });

  it("has digests alone where the model ships with the page", () => {
    const trace = broughtRun(smolLm2, 4, 1);
    const shipped = { ...trace, header: { ...trace.header, model: { ...trace.header.model, id: "winnow-1m" } } };
    expect([linkProofOf(trace).type, linkProofOf(shipped).type]).toEqual(["fed", "exact"]);
  });
});

describe("a replay", () => {
  const trace = broughtRun(smolLm2, 5, 1);
  const tokens = trace.steps.map(({ token }) => token);
  const proof = linkProofText(linkProofOf(trace));
  const lanes = [recipeOf("gkv"), recipeOf("random")];

  it("is fed each lane\u2019s tokens, or all lanes those of the first that has some", () => {
    const [first, second] = fedRequest({ lanes, isForced: false }, ["", proof]).lanes;
    expect([first.fedTokens, second.fedTokens]).toEqual([undefined, tokens]);
    expect(fedRequest({ lanes, isForced: true }, [proof, proof])).toEqual({ lanes, isForced: true, fedTokens: tokens });
  });

  it("is the run itself where the link says no tokens", () => {
    const request = { lanes, isForced: false };
    for (const proofs of [[], ["", ""], ["e96df0931234abcd"], [`${proof}A`]])
      expect(fedRequest(request, proofs)).toBe(request);
  });

  it("takes a proof from a link as it was written", () => {
    expect(decodeLink(`v4&proof=${proof}`).proofs).toEqual([proof]);
    expect(decodeLink(`v4&proof=${proof}).`).proofs).toEqual([proof]);
  });
});
