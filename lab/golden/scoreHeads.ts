// One event of the score-based family on one layer, as the decode loop does it: terms from the probe, scores per KV head.
import { computeScores, type Scores } from "../../src/policy/columns";
import { neededTerms, type PolicyParameters, type TermName, type Terms } from "../../src/policy/policy";
import { scoreBased } from "../../src/policy/scoreBased";
import type { HeadDims } from "./caseParts";
import type { TermProbe } from "./termProbe";

export interface LayerEvent extends HeadDims {
  readonly lengthSlots: number;
  readonly paddingSlots: number;
  readonly keys: Float32Array; // [kvHead][slot][headDim]
  readonly queries: Float32Array; // [head][row][headDim]
  readonly positions: readonly Int32Array[]; // [kvHead] of [slot]
  readonly carried: readonly Float32Array[] | null; // [kvHead] of [slot of the first ones]
  /** Keys that the raw redundancy looks at: those of the batch's first sequence, whatever the sequence. */
  readonly rawKeys: Float32Array;
}

/** Scores of every KV head, in order. */
export async function scoreHeads(layer: LayerEvent, parameters: PolicyParameters, probe: TermProbe): Promise<Scores[]> {
  const terms = await measureTerms(layer, parameters, probe);
  const candidateCount = layer.lengthSlots - parameters.windowSlots;
  const formula = scoreBased(parameters);
  return layer.positions.map((positions, kvHead) =>
    computeScores(formula, {
      layer: 0,
      kvHead,
      event: 0,
      candidateCount,
      positions,
      promptCount: 0,
      terms: termsOfHead(terms, kvHead, layer.kvHeadCount, candidateCount),
      carried: layer.carried === null ? null : layer.carried[kvHead],
    }),
  );
}

/** Terms with their stride: some cover the window's slots too. */
type LayerTerms = Partial<Record<TermName, Float32Array>>;

async function measureTerms(layer: LayerEvent, parameters: PolicyParameters, probe: TermProbe): Promise<LayerTerms> {
  const { keys, queries, ...shape } = layer;
  const needs = neededTerms(scoreBased(parameters));
  const statistics = await probe.windowStatistics({
    shape: { ...shape, windowSlots: parameters.windowSlots },
    keys,
    queries,
    groupPooling: parameters.groupPooling,
  });
  const terms: LayerTerms = { windowAttention: statistics.mean };
  if (needs.includes("attentionShift")) terms.attentionShift = statistics.deviation;
  if (needs.includes("redundancy")) terms.redundancy = (await probe.redundancy({ ...shape, keys })).softmax;
  if (needs.includes("redundancyRaw")) {
    terms.redundancyRaw = await probe.redundancyRaw({ ...shape, paddingSlots: 0, keys: layer.rawKeys });
  }
  return terms;
}

/** One head's candidates of every term, whether the term covers candidates or all slots. */
function termsOfHead(terms: LayerTerms, kvHead: number, kvHeadCount: number, candidateCount: number): Terms {
  return Object.fromEntries(
    Object.entries(terms).map(([name, values]) => {
      const stride = values.length / kvHeadCount;
      return [name, values.subarray(kvHead * stride, kvHead * stride + candidateCount)];
    }),
  );
}
