// What a session measures on its slots and query ring against the twins on each layer alone.
import { copyPlainRow } from "./products";
import { describe, expect, it } from "vitest";
import { emptyRows, headCountOf, headRow, joinRows, type HeadRows } from "../../cache/headRows";
import { randomStream } from "../../lib/random";
import { seededModel, tinyConfig } from "../seededModel.testing";
import { drawnMatrices } from "../terms/termMatrices";
import { baseParameters } from "../../policy/parameters";
import { vectorNorms } from "../terms/vectorNorms";
import { redundancy, redundancyRaw } from "../terms/redundancy";
import { groupAttention, votingHeads, windowAttention, windowStatistics } from "../terms/windowAttention";
import { evenPools } from "../slotPools";
import { plainCodec } from "./plainKv";
import { createKvStore } from "./kvStore";
import { measureTerms } from "./measureTerms";
import type { PresentCache } from "./measureTerms";
import { createQueryRing, newestQueries } from "./queryRing";
import { createSimdProducts } from "./simd/simdProducts";

const names = ["windowAttention", "attentionShift", "redundancy", "redundancyRaw", "keyNorm"] as const;

/** Slots beyond a head's length hold rubbish that nobody may read. */
function randomCache(lengthSlots: number, windowSlots: number, groupPooling: "max" | "mean"): PresentCache {
  const stream = randomStream(lengthSlots);
  const kv = createKvStore(tinyConfig, evenPools(tinyConfig, lengthSlots + 3), plainCodec);
  const ring = createQueryRing(tinyConfig, windowSlots);
  const fill = (values: Float32Array): void => values.forEach((_, i) => (values[i] = 4 * stream.uniform() - 2));
  for (const layer of kv.layers) {
    for (let kvHead = 0; kvHead < tinyConfig.kvHeadCount; kvHead++) fill(layer.keys(kvHead, lengthSlots + 3));
  }
  ring.layers.forEach(fill);
  // Near-duplicates, so that some matches are excused.
  for (const layer of kv.layers) layer.keys(0, lengthSlots + 3).copyWithin(8 * 5, 8, 16);
  const newestPosition = lengthSlots + 40;
  const lengths = new Int32Array(headCountOf(tinyConfig)).fill(lengthSlots);
  const model = seededModel(5);
  const products = createSimdProducts(model.weights)?.rows;
  if (products === undefined) throw new Error("Node has SIMD");
  return {
    ...{ model, kv, ring, lengths, newestPosition, windowSlots, hasEvidence: true, products, copyRow: copyPlainRow },
    positions: slotNumbers(lengths),
    ropeTables: model.config.layers.map(() => new Float32Array(0)),
    matrices: drawnMatrices(0, tinyConfig, null),
    receivedSums: [],
    parameters: { ...baseParameters, groupPooling },
  };
}

function slotNumbers(lengths: Int32Array): HeadRows<Int32Array> {
  return joinRows(
    Array.from(lengths, (length) => Int32Array.from({ length }, (_, slot) => slot)),
    Int32Array,
  );
}

/** The same from the plain functions, head by head. */
function fromTwins(cache: PresentCache): Record<(typeof names)[number] | "excusedSlots" | "votingHeads", number[]> {
  const { model, kv, ring, lengths, newestPosition, windowSlots, parameters } = cache;
  const { groupPooling } = parameters;
  const lengthSlots = lengths[0];
  const { headCount, kvHeadCount, headDim } = model.config;
  const isCandidate = (_: number, slot: number): boolean => slot < lengthSlots - windowSlots;
  const heads = kv.layers.flatMap((layerKv, layer) => {
    const queries = newestQueries(ring, { layer, newestPosition, rowCount: windowSlots });
    const width = (headCount / kvHeadCount) * windowSlots * headDim;
    return Array.from({ length: kvHeadCount }, (_, kvHead) => {
      const keys = layerKv.keys(kvHead, lengthSlots).slice(0, lengthSlots * headDim);
      const group = groupAttention({
        ...{ keys, headDim, windowSlots, groupPooling },
        queries: queries.slice(kvHead * width, (kvHead + 1) * width),
      });
      const window = windowStatistics(windowAttention(group), windowSlots);
      const duplicates = redundancy({ keys, headDim });
      return {
        excusedSlots: duplicates.excusedSlot,
        votingHeads: votingHeads(group),
        windowAttention: window.mean,
        attentionShift: window.deviation,
        redundancy: duplicates.softmax.filter(isCandidate),
        redundancyRaw: redundancyRaw({ keys, headDim }).filter(isCandidate),
        keyNorm: vectorNorms(keys, headDim).filter(isCandidate),
      };
    });
  });
  const join = (name: keyof (typeof heads)[number]): number[] => heads.flatMap((terms) => Array.from(terms[name]));
  return {
    excusedSlots: join("excusedSlots"),
    votingHeads: join("votingHeads"),
    windowAttention: join("windowAttention"),
    attentionShift: join("attentionShift"),
    redundancy: join("redundancy"),
    redundancyRaw: join("redundancyRaw"),
    keyNorm: join("keyNorm"),
  };
}

function rowOf(rows: HeadRows | undefined, head: number): number[] {
  return rows === undefined ? [] : Array.from(headRow(rows, head));
}

describe("measureTerms", () => {
  it.each([
    [20, 4, "max"],
    [21, 3, "mean"],
    [40, 1, "max"],
    [47, 16, "mean"],
  ] as const)(
    "equals the plain functions, bit by bit, for %i slots, window %i, %s",
    async (lengthSlots, windowSlots, groupPooling) => {
      const cache = randomCache(lengthSlots, windowSlots, groupPooling);
      const measured = await measureTerms(cache, names);
      const expected = fromTwins(cache);
      for (const name of names) {
        expect(Array.from(measured.terms[name]?.values ?? [])).toEqual(expected[name]);
      }
      expect(Array.from(measured.excusedSlots?.values ?? [])).toEqual(expected.excusedSlots);
      expect(Array.from(measured.votingHeads?.values ?? [])).toEqual(expected.votingHeads);
      // Slot 5 of the first head is a copy of slot 1.
      expect(expected.excusedSlots[1]).toBeGreaterThanOrEqual(5);
    },
  );

  it("measures each head of a ragged cache as a cache in which all heads have its length", async () => {
    const cache = randomCache(47, 4, "max");
    const lengths = cache.lengths.map((length, head) => length - 7 * head);
    const ragged = await measureTerms({ ...cache, lengths, positions: slotNumbers(lengths) }, names);
    for (const [head, length] of lengths.entries()) {
      const even = await measureTerms({ ...cache, lengths: lengths.map(() => length) }, names);
      for (const name of names) expect(rowOf(ragged.terms[name], head)).toEqual(rowOf(even.terms[name], head));
      expect(rowOf(ragged.excusedSlots, head)).toEqual(rowOf(even.excusedSlots, head));
      expect(rowOf(ragged.votingHeads, head)).toEqual(rowOf(even.votingHeads, head));
      expect(rowOf(ragged.excusedSlots, head)).toHaveLength(length);
      expect(rowOf(ragged.terms.redundancy, head)).toHaveLength(length - 4);
    }
  });

  it("measures nothing while every slot is in the window", async () => {
    const measured = await measureTerms(randomCache(8, 8, "max"), ["redundancy"]);
    expect(measured).toEqual({ terms: { redundancy: emptyRows(headCountOf(tinyConfig), Float32Array) } });
  });

  it("records the evidence of the terms that were asked for, and none where no evidence is wanted", async () => {
    const cache = randomCache(20, 4, "max");
    expect(Object.keys(await measureTerms(cache, ["redundancy"]))).toEqual(["terms", "excusedSlots"]);
    expect(Object.keys(await measureTerms(cache, ["windowAttention"]))).toEqual(["terms", "votingHeads"]);
    expect(Object.keys(await measureTerms(cache, ["redundancyRaw", "keyNorm"]))).toEqual(["terms"]);
    expect(Object.keys(await measureTerms({ ...cache, hasEvidence: false }, names))).toEqual(["terms"]);
  });
});
