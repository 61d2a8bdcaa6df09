// How much an event moves the attention output of a query, in each way to treat what it evicts: as it did, dropped, averaged
// without votes, merged by ZIP. The event's own newest query, or one that comes after it and would still have seen every slot.
import { headRow, joinRows } from "../../cache/headRows";
import { MIXES_PER_QUERY, sharesAfter, sharesBefore, type QueryLogits } from "../../policy/mergeChanges";
import { joinedPlan, type HeadMergePlan, type MergingHead } from "../../policy/merging";
import type { PolicyParameters } from "../../policy/policy";
import { convexParts, zipParts } from "../../policy/zipMerge";
import type { MergeChanges } from "../../trace/merges";
import type { MergeMeasures, SessionMerges } from "../backend";

type Outcome = Pick<HeadMergePlan, "pairs" | "logBias">;

const outcomeNames = ["merged", "evicted", "convex", "zip"] as const;
type OutcomeName = (typeof outcomeNames)[number];

/** The slots of one head with the event left out, and what it would have made of them. */
export interface ComparedHead {
  readonly survivors: ArrayLike<number>; // slots, ascending
  readonly logBias: ArrayLike<number>; // [slot]
  /** Null: what it evicts is dropped. */
  readonly outcomes: Readonly<Record<OutcomeName, Outcome | null>>;
}

/** `made`: how the plan was made, where it is one of the others itself. */
export function comparedHead(
  head: MergingHead,
  plan: Outcome & Pick<HeadMergePlan, "carriers">,
  made: Partial<Pick<PolicyParameters, "merging" | "mergeFallback">> = {},
): ComparedHead {
  const isZip = made.merging === "keepKv" && made.mergeFallback === "bias";
  return {
    ...{ survivors: head.survivors, logBias: head.logBias },
    outcomes: {
      merged: plan,
      evicted: null,
      convex: made.merging === "convex" ? plan : joinedPlan(head, plan.carriers, convexParts),
      zip: isZip ? plan : joinedPlan(head, plan.carriers, (parts) => zipParts(parts, "bias", 0)),
    },
  };
}

/** The same head with so many slots written since, which every outcome keeps as they are. */
export function withNewSlots({ survivors, logBias, outcomes }: ComparedHead, newCount: number): ComparedHead {
  const since = <Value>(of: (slot: number) => Value): Value[] =>
    Array.from({ length: newCount }, (_, at) => of(logBias.length + at));
  const later = (outcome: Outcome | null): Outcome | null =>
    outcome && { ...outcome, logBias: Float32Array.from([...outcome.logBias, ...since(() => 0)]) };
  return {
    survivors: [...Array.from(survivors), ...since((slot) => slot)],
    logBias: [...Array.from(logBias), ...since(() => 0)],
    outcomes: {
      merged: later(outcomes.merged),
      evicted: later(outcomes.evicted),
      convex: later(outcomes.convex),
      zip: later(outcomes.zip),
    },
  };
}

interface ComparedQuery {
  readonly heads: readonly ComparedHead[];
  /** Of the newest query, over all slots. */
  readonly measures: Pick<MergeMeasures, "logits" | "queryProducts">;
  readonly groupSize: number;
}

/** The output of every query head, and how it moves in each outcome: the norms of as many mixes of values. */
export async function outputChanges(
  { heads, measures, groupSize }: ComparedQuery,
  session: Pick<SessionMerges, "mixNorms">,
): Promise<MergeChanges> {
  const mixCount = groupSize * MIXES_PER_QUERY;
  const weights = heads.map(({ survivors, logBias, outcomes }, at) => {
    const lengthSlots = logBias.length;
    const mixes = new Float32Array(mixCount * lengthSlots); // [member][output, then outcomes][slot]
    for (let member = 0; member < groupSize; member++) {
      const query: QueryLogits = {
        ...{ logBias, survivors },
        logits: headRow(measures.logits, at * groupSize + member),
        queryProduct: measures.queryProducts[at * groupSize + member],
      };
      const before = sharesBefore(query);
      const start = member * MIXES_PER_QUERY;
      mixes.set(before, start * lengthSlots);
      outcomeNames.forEach((name, outcome) => {
        const after = sharesAfter(query, outcomes[name]);
        const first = (start + 1 + outcome) * lengthSlots;
        for (let slot = 0; slot < lengthSlots; slot++) mixes[first + slot] = after[slot] - before[slot];
      });
    }
    return mixes;
  });
  const norms = await session.mixNorms(joinRows(weights, Float32Array), mixCount);
  const changeOf = (outcome: number): Float32Array =>
    Float32Array.from(heads, (_, head) => {
      let sum = 0;
      for (let member = 0; member < groupSize; member++) {
        const start = head * mixCount + member * MIXES_PER_QUERY;
        sum += norms[start] > 0 ? norms[start + 1 + outcome] / norms[start] : 0;
      }
      return sum / groupSize;
    });
  const [merged, evicted, convex, zip] = outcomeNames.map((_, outcome) => changeOf(outcome));
  return { merged, evicted, convex, zip };
}
