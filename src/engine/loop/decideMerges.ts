// What becomes of the slots that an event evicts, once its survivors are known: plans of every head from what the backend
// measured (policy/merging.ts), and how much they move the newest query's output.

import type { CacheState } from "../../cache/cacheState";
import { slotVotes } from "../../cache/cacheState";
import { headCountOf, headRow, joinRows, layerOf, kvHeadOf, rowLength, type HeadRows } from "../../cache/headRows";
import { planHeadMerges, type HeadMergePlan, type MergingHead } from "../../policy/merging";
import type { PolicyParameters } from "../../policy/policy";
import { evictedSlots, type EventMerges } from "../../trace/merges";
import type { EvictionEvent } from "../../trace/trace";
import type { MergeDemand, MergeMeasures, SessionMerges } from "../backend";
import { comparedHead, outputChanges } from "./outputChanges";

type Parameters = Pick<
  PolicyParameters,
  | "merging"
  | "mergeThreshold"
  | "mergeScores"
  | "mergeAlpha"
  | "mergeFallback"
  | "mergeFraction"
  | "mergeSpread"
  | "intervalSteps"
  | "seed"
  | "windowSlots"
>;

/** What a session is asked to keep and measure; undefined where nothing is merged. */
export function mergeDemand({ merging, mergeScores, mergeAlpha, windowSlots }: Parameters): MergeDemand | undefined {
  if (merging === "none") return undefined;
  const needsReceived = merging === "cam";
  // The public code's mean over its recent window, all queries alike.
  if (merging === "keepKvCode") return { queryRows: windowSlots, decay: 1, needsReceived };
  const isAveraged = mergeScores === "average" && (merging === "keepKv" || merging === "convex");
  return { queryRows: isAveraged ? windowSlots : 1, decay: isAveraged ? mergeAlpha : 0, needsReceived };
}

interface MergeOccasion {
  readonly parameters: Parameters;
  readonly headDim: number;
  /** Query heads of a KV head. */
  readonly groupSize: number;
}

/** Of an event that has been decided, in a session whose survivors have not closed ranks yet. */
export async function decideMerges(
  { parameters, headDim, groupSize }: MergeOccasion,
  cache: CacheState,
  { event, survivors, total }: Pick<EvictionEvent, "event" | "survivors" | "total">,
  session: SessionMerges,
): Promise<EventMerges> {
  const measures = await session.measure(survivors);
  const heads = mergingHeads({ headDim, groupSize }, cache, { event, survivors, total }, measures);
  const plans = heads.map((head) => planHeadMerges(head, parameters)).filter((plan) => plan !== null);
  const compared = heads.map((head, at) => comparedHead(head, plans[at], parameters));
  const changes = await outputChanges({ heads: compared, measures, groupSize }, session);
  return { ...joinPlans(heads, plans), changes };
}

/** What was measured of each head, as its plan is made from it. */
export function mergingHeads(
  { headDim, groupSize }: Pick<MergeOccasion, "headDim" | "groupSize">,
  cache: CacheState,
  { event, survivors, total }: Pick<EvictionEvent, "event" | "survivors" | "total">,
  measures: MergeMeasures,
): MergingHead[] {
  return Array.from({ length: headCountOf(cache) }, (_, head): MergingHead => {
    const products = measures.queryProducts.subarray(head * groupSize, (head + 1) * groupSize);
    return {
      ...slotVotes(cache, head),
      survivors: headRow(survivors, head),
      evicted: evictedSlots(headRow(survivors, head), rowLength(cache.positions, head)),
      partners: headRow(measures.partners, head),
      cosines: headRow(measures.cosines, head),
      logScores: headRow(measures.logScores, head),
      valueNorms: headRow(measures.valueNorms, head),
      received: headRow(measures.received, head),
      // ‖q̄‖² is the mean of the group's products with q̄.
      querySquares: (products.reduce((sum, product) => sum + product, 0) / groupSize) * Math.sqrt(headDim),
      ...{ headDim, total: headRow(total, head) },
      drawKeys: [event, layerOf(cache, head), kvHeadOf(cache, head)],
    };
  });
}

function joinPlans(heads: readonly MergingHead[], plans: readonly HeadMergePlan[]): EventMerges {
  const pairs = <Values extends Int32Array | Float32Array>(
    Kind: new (length: number) => Values,
    pick: (pair: HeadMergePlan["pairs"][number]) => number,
  ): HeadRows<Values> =>
    joinRows(
      plans.map((plan) => {
        const row = new Kind(plan.pairs.length);
        for (let place = 0; place < row.length; place++) row[place] = pick(plan.pairs[place]);
        return row;
      }),
      Kind,
    );
  return {
    targets: pairs(Int32Array, ({ target }) => target),
    sources: pairs(Int32Array, ({ source }) => source),
    keyWeights: pairs(Float32Array, ({ keyWeight }) => keyWeight),
    valueWeights: pairs(Float32Array, ({ valueWeight }) => valueWeight),
    logBias: joinRows(
      plans.map(({ logBias }) => logBias),
      Float32Array,
    ),
    votes: joinRows(
      plans.map(({ votes }) => votes),
      Int32Array,
    ),
    carriers: joinRows(
      plans.map(({ carriers }) => carriers),
      Int32Array,
    ),
    fallbacks: joinRows(
      plans.map(({ fallbacks }) => fallbacks),
      Uint8Array,
    ),
    partners: joinRows(
      heads.map(({ partners }) => Int32Array.from(partners)),
      Int32Array,
    ),
    cosines: joinRows(
      heads.map(({ cosines }) => Float32Array.from(cosines)),
      Float32Array,
    ),
  };
}
