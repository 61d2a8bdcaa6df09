// Cases of R-KV's own repository (Zefan-Cai/R-KV at d15c976): rkv.attention_logits, rkv.r1kv, rkv.snapkv, rkv.streamingllm.
// There the cache stays in rank order after an event, which only these cases do: the product keeps the order of the text.
import { InputError } from "../../src/lib/errors";
import { admissionOrder, chooseSurvivors } from "../../src/policy/admission";
import { streamingLlm } from "../../src/policy/attentionFree";
import type { ScoreInputs } from "../../src/policy/formula";
import { computeScores } from "../../src/policy/columns";
import { baseParameters } from "../../src/policy/parameters";
import { neededTerms, type Policy, type PolicyParameters } from "../../src/policy/policy";
import { rKvOwn, snapKvOfRKv } from "../../src/policy/queryScores";
import type { RawRetention } from "../../src/engine/terms/redundancy";
import { concatenated, readCount, readHeadDims, type CaseContext, type HeadDims, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import { booleanOf, fieldOf, integersOf, itemsOf, numberOf, oneOf, optionalField, tensorOf } from "./field";
import type { Field, Tensor } from "./field";

export const runAttentionLogits: RunCase = async (root, { probe, tolerance }) => {
  const dims = readHeadDims(root);
  const [lengthSlots, windowSlots] = [readCount(root, "dims", "kv_len"), readCount(root, "dims", "window")];
  const logits = await probe.joinedLogits({
    shape: { ...dims, lengthSlots, windowSlots, paddingSlots: 0 },
    keys: tensorOf(fieldOf(root, "keys"), [dims.kvHeadCount, lengthSlots, dims.headDim]).data,
    queries: tensorOf(fieldOf(root, "queries"), [dims.headCount, windowSlots, dims.headDim]).data,
    groupPooling: oneOf(fieldOf(fieldOf(root, "config"), "pooling"), ["max", "mean"]),
  });
  const recorded = tensorOf(fieldOf(fieldOf(root, "expected"), "logits"), [dims.kvHeadCount, windowSlots, lengthSlots]);
  return [compareArrays("logits", logits, recorded.data, tolerance)];
};

export const runR1Kv: RunCase = (root, context) => runEvents(root, rKvOwn, context);
export const runSnapKv: RunCase = (root, context) => runEvents(root, snapKvOfRKv, context);

/** The sinks and the newest slots, whatever else. */
export const runStreamingLlm: RunCase = async (root) => {
  await Promise.resolve();
  const config = fieldOf(root, "config");
  const [lengthSlots, budgetSlots] = [readCount(root, "dims", "kv_len"), readCount(config, "budget")];
  const sinkSlots = readCount(config, "first_tokens");
  const parameters = { ...baseParameters, ...streamingLlm.defaults, budgetSlots, sinkSlots };
  const candidateCount = lengthSlots - parameters.windowSlots;
  const positions = slotNumbers(lengthSlots);
  const { total } = computeScores(streamingLlm.formula(parameters), inputsOf(candidateCount, positions, {}));
  const { slots } = chooseSurvivors({ total, lengthSlots, keepSlots: budgetSlots, isProtected: null });
  return [compareExactly("kept_indices", [...slots], integersOf(fieldOf(fieldOf(root, "expected"), "kept_indices")))];
};

interface EventsCase {
  readonly policy: Policy;
  readonly dims: HeadDims;
  readonly parameters: PolicyParameters;
  readonly retention: RawRetention;
  readonly keys: Tensor; // [kvHead][position][headDim]
}

/** Positions in the order of the cache. [kvHead] of [slot] */
type CacheOrder = readonly Int32Array[];

async function runEvents(root: Field, policy: Policy, context: CaseContext): Promise<FieldComparison[]> {
  const dims = readHeadDims(root);
  const config = fieldOf(root, "config");
  const direction = optionalField(config, "retain_direction");
  const one: EventsCase = {
    ...{ policy, dims },
    keys: tensorOf(fieldOf(root, "keys"), [dims.kvHeadCount, readCount(root, "dims", "total_tokens"), dims.headDim]),
    parameters: {
      ...baseParameters,
      ...policy.defaults,
      budgetSlots: readCount(config, "budget"),
      windowSlots: readCount(config, "window_size"),
      poolingSlots: readCount(config, "kernel_size"),
      lambda: numberOf(optionalField(config, "mix_lambda") ?? { value: 1, path: "" }),
    },
    retention: {
      direction: direction === null ? "last" : oneOf(direction, ["last", "first", "last_percent", "first_percent"]),
      ratio: numberOf(optionalField(config, "retain_ratio") ?? { value: 0, path: "" }),
    },
  };
  const comparisons: FieldComparison[] = [];
  let cache: CacheOrder = Array.from({ length: dims.kvHeadCount }, () => new Int32Array(0));
  let seenCount = 0;
  for (const event of itemsOf(fieldOf(root, "events"))) {
    const textLength = readCount(event, "cur_len");
    if (textLength > one.keys.shape[1])
      throw new InputError(`${event.path}.cur_len: there are ${one.keys.shape[1]} keys`);
    cache = cache.map((held) => Int32Array.of(...held, ...slotNumbers(textLength).subarray(seenCount)));
    seenCount = textLength;
    const result = await runEvent(one, event, cache, context);
    comparisons.push(...result.comparisons.map((made) => ({ ...made, field: `${event.path}.${made.field}` })));
    cache = result.cache;
  }
  return comparisons;
}

async function runEvent(
  one: EventsCase,
  event: Field,
  cache: CacheOrder,
  context: CaseContext,
): Promise<{ readonly cache: CacheOrder; readonly comparisons: FieldComparison[] }> {
  const { budgetSlots, windowSlots } = one.parameters;
  const lengthSlots = cache[0].length;
  const isActing = lengthSlots >= budgetSlots; // G-KV: above the budget only
  const comparisons = [
    compareExactly("kv_len_before", lengthSlots, readCount(event, "kv_len_before")),
    compareExactly("compressed", isActing, booleanOf(fieldOf(event, "compressed"))),
    compareExactly("kv_len_after", Math.min(lengthSlots, budgetSlots), readCount(event, "kv_len_after")),
  ];
  if (!isActing || comparisons.some(({ isEqual }) => !isEqual)) return { cache, comparisons };
  const totals = await scoreEvent(one, event, cache, context);
  const candidateCount = lengthSlots - windowSlots;
  const kept = totals.map((total) =>
    chooseSurvivors({ total, lengthSlots, keepSlots: budgetSlots, isProtected: null }).slots.filter(
      (slot) => slot < candidateCount,
    ),
  );
  const ranked = totals.map((total) =>
    admissionOrder({ total, isProtected: null }).subarray(0, budgetSlots - windowSlots),
  );
  const after = cache.map((held, kvHead) =>
    Int32Array.of(...Array.from(ranked[kvHead], (slot) => held[slot]), ...held.subarray(candidateCount)),
  );
  const expected = fieldOf(event, "expected");
  const lists = (name: string, found: readonly Int32Array[]): void => {
    const recorded = optionalField(expected, name);
    if (recorded === null) return;
    const rows = found.map((row) => [...row]);
    comparisons.push(compareExactly(`expected.${name}`, rows, integersOf(recorded)));
  };
  const shape = [one.dims.kvHeadCount, candidateCount];
  const recordedScore = tensorOf(fieldOf(expected, "ranked_score"), shape).data;
  comparisons.push(compareArrays("expected.ranked_score", concatenated(totals), recordedScore, context.tolerance));
  comparisons.push(
    compareExactly(
      "cache_positions_before",
      cache.map((held) => [...held]),
      integersOf(fieldOf(event, "cache_positions_before")),
    ),
  );
  lists("kept_indices_sorted", kept);
  lists("kept_indices_in_rank_order", ranked);
  lists("kept_positions_in_cache_order", after);
  lists(
    "kept_positions_sorted",
    after.map((held) => held.slice().sort()),
  );
  return { cache: after, comparisons };
}

/** Totals of every KV head. [kvHead] of [candidate] */
async function scoreEvent(
  { policy, dims, parameters, retention, keys }: EventsCase,
  event: Field,
  cache: CacheOrder,
  { probe }: CaseContext,
): Promise<Float32Array[]> {
  const lengthSlots = cache[0].length;
  const { windowSlots } = parameters;
  const [, keyCount] = keys.shape;
  const { headCount, kvHeadCount, headDim } = dims;
  const gathered = new Float32Array(kvHeadCount * lengthSlots * headDim);
  cache.forEach((held, kvHead) =>
    held.forEach((position, slot) => {
      const start = (kvHead * keyCount + position) * headDim;
      gathered.set(keys.data.subarray(start, start + headDim), (kvHead * lengthSlots + slot) * headDim);
    }),
  );
  const shape = { ...dims, lengthSlots, windowSlots, paddingSlots: 0 };
  const measured = await probe.terms(
    {
      ...{ shape, parameters, keys: gathered, values: gathered, positions: slotNumbers(lengthSlots) },
      queries: tensorOf(fieldOf(event, "queries"), [headCount, windowSlots, headDim]).data,
      ...{ outputWeight: new Float32Array(4), ropeTable: new Float32Array(4) }, // no term of these reads them
    },
    ["candidateAttention"],
  );
  const formula = policy.formula(parameters);
  const terms: Record<string, Float32Array> = { ...measured };
  if (neededTerms(formula).includes("redundancyRaw")) {
    terms.redundancyRaw = await probe.redundancyRaw({ ...shape, keys: gathered }, retention);
  }
  const candidateCount = lengthSlots - windowSlots;
  return cache.map((positions, kvHead) => {
    const row = (all: Float32Array) => all.subarray(kvHead * lengthSlots, kvHead * lengthSlots + candidateCount);
    const own = Object.fromEntries(Object.entries(terms).map(([name, all]) => [name, row(all)]));
    return computeScores(formula, inputsOf(candidateCount, positions, own)).total;
  });
}

function inputsOf(candidateCount: number, positions: Int32Array, terms: ScoreInputs["terms"]): ScoreInputs {
  return { layer: 0, kvHead: 0, event: 0, candidateCount, positions, promptCount: 0, terms, carried: null };
}

function slotNumbers(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, slot) => slot);
}
