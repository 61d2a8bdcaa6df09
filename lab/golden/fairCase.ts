// related.pitfalls.fair_eviction: the fair share by the rules of the paper's code, of its five policies.
import { keptOfShare } from "../../src/policy/budget";
import { chooseSurvivors } from "../../src/policy/admission";
import { streamingLlm } from "../../src/policy/attentionFree";
import { scoreLayer } from "../../src/policy/columns";
import { fairQuotas, rampScores } from "../../src/policy/fairShare";
import { keyNorm } from "../../src/policy/keyValueScores";
import { baseParameters } from "../../src/policy/parameters";
import { neededTerms, type Policy, type PolicyParameters } from "../../src/policy/policy";
import { h2oOfKvPress, snapKvOfKvPress, tova } from "../../src/policy/queryScores";
import { policyFormula } from "../../src/policy/secondStage";
import { chooseLayer } from "../../src/policy/selection";
import type { CacheTermName } from "../../src/engine/terms/headTerms";
import { concatenated, readCount, type CaseContext, type RunCase } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import { fieldOf, integerListOf, integersOf, itemsOf, numberOf, optionalField, tensorOf, type Field } from "./field";
import { keptRates, spanOf } from "./pitfallsCases";
import { layerInputs } from "./scene";
import type { ProbedLayer } from "./termProbe";

export const FAIR_KIND = "related.pitfalls.fair_eviction";

interface FairPolicy {
  readonly policy: Policy;
  readonly parameters: (config: Field) => Partial<PolicyParameters>;
}

const fairPolicies: Readonly<Record<string, FairPolicy>> = {
  streaming_llm: {
    policy: streamingLlm,
    parameters: (config) => ({ sinkSlots: readCount(config, "n_sink"), windowSlots: 0 }),
  },
  snapkv: {
    policy: snapKvOfKvPress,
    parameters: (config) => ({
      ...{ windowSlots: readCount(config, "window_size"), poolingSlots: readCount(config, "kernel_size") },
      groupPooling: "mean",
    }),
  },
  tova: { policy: tova, parameters: () => ({ windowSlots: 1, groupPooling: "mean" }) },
  observed: { policy: h2oOfKvPress, parameters: () => ({ windowSlots: 0 }) },
  knorm: { policy: keyNorm, parameters: () => ({ windowSlots: 0 }) },
};

/** The policy of a fair case that we have no rule for; null for one that we have. */
export function otherFairPolicy(json: unknown): string | null {
  const { config } = Object(json) as { config?: { policy?: unknown } };
  const name = String(config?.policy);
  return Object.hasOwn(fairPolicies, name) ? null : name;
}

export const runFairEviction: RunCase = async (root, { probe, tolerance }) => {
  const [kvHeadCount, lengthSlots] = [readCount(root, "dims", "kv_heads"), readCount(root, "dims", "prompt")];
  const [config, inputs, expected] = ["config", "inputs", "expected"].map((name) => fieldOf(root, name));
  const keepSlots = keptOfShare(lengthSlots, numberOf(fieldOf(config, "compression_ratio")));
  const spans = ["defense_span", "directive_span"].map((name) => spanOf(fieldOf(inputs, name)));
  const { policy, parameters: ofCase } = fairPolicies[String(fieldOf(config, "policy").value)];
  const plain: PolicyParameters = { ...baseParameters, ...ofCase(config) };
  const fair: PolicyParameters = { ...plain, fairShare: 1, fairRule: "code" };
  const layer = { ...caseLayer(root, plain), parameters: { ...plain, instructions: spans } };
  const rowsOf = (parameters: PolicyParameters, windowSlots: number) =>
    totals(policy, parameters, { layer, windowSlots, probe });

  // The press chooses among all tokens, its voters too; a run of ours keeps its window whatever its score.
  const fairRows = await rowsOf(fair, 0);
  const heads = fairRows.map((total) => ({ row: { total, isProtected: null }, positions: layer.positions, keepSlots }));
  const rule = { ...fair, instructions: spans, fairQuotas: policy.fair?.quotas };
  const kept = chooseLayer(rule, heads).map(({ slots }) => [...slots]);
  const plainRows = await rowsOf(plain, plain.windowSlots);
  const plainKept = plainRows.map((total) => [
    ...chooseSurvivors({ total, isProtected: null, lengthSlots, keepSlots }).slots,
  ]);

  const boundary = Math.max(...spans.map(({ start }) => start));
  const quotas = fairQuotas([0, boundary], lengthSlots, keepSlots);
  const recorded = (name: string) => tensorOf(fieldOf(expected, name), [kvHeadCount, lengthSlots]).data;
  const isRamp = policy.fair?.quotas === "ramps";
  const ramps = plainRows.map(() => rampScores(boundary, lengthSlots, fair.sinkSlots));
  // The plain press of StreamingLLM scores 0 and a ramp, ours by position: the same stay.
  const largest = Math.max(...plainRows.map((row) => Math.max(...row)));
  const padded = plainRows.map((row) => Float32Array.from({ length: lengthSlots }, (_, slot) => row[slot] ?? largest));
  return [
    compareExactly("n_kept", keepSlots, readCount(expected, "n_kept")),
    compareExactly("budget_earlier", quotas[0], readCount(expected, "budget_earlier")),
    compareExactly("budget_later", quotas[1], readCount(expected, "budget_later")),
    compareArrays("fair_scores", concatenated(isRamp ? ramps : fairRows), recorded("fair_scores"), tolerance),
    ...(isRamp ? [] : [compareArrays("plain_scores", concatenated(padded), recorded("plain_scores"), tolerance)]),
    compareExactly("kept_sorted", kept, integersOf(fieldOf(expected, "kept_sorted"))),
    compareExactly("plain_kept_sorted", plainKept, integersOf(fieldOf(expected, "plain_kept_sorted"))),
    compareExactly(
      "kept_earlier",
      kept.map((slots) => slots.filter((slot) => slot < boundary).length),
      earlierCounts(fieldOf(expected, "kept_earlier"), kvHeadCount),
    ),
    ...(["defense", "directive"] as const).flatMap((name, place) =>
      [["keep_rates_fair", kept] as const, ["keep_rates_plain", plainKept] as const].map(([rates, slots]) =>
        compareArrays(
          `${rates}.${name}`,
          keptRates(slots, spans[place]),
          itemsOf(fieldOf(fieldOf(expected, rates), name)).map(numberOf),
          tolerance,
        ),
      ),
    ),
  ];
};

/** One number where all heads keep as many. */
function earlierCounts(field: Field, kvHeadCount: number): number[] {
  const counts = integerListOf(field);
  return counts.length === 1 ? new Array<number>(kvHeadCount).fill(counts[0]) : counts;
}

interface ScoredLayer {
  readonly layer: ProbedLayer;
  /** The newest slots that are not scored. */
  readonly windowSlots: number;
  readonly probe: CaseContext["probe"];
}

/** [kvHead] of [candidate] */
async function totals(
  policy: Policy,
  parameters: PolicyParameters,
  { layer, windowSlots, probe }: ScoredLayer,
): Promise<Float32Array[]> {
  const formula = policyFormula(policy, parameters);
  const names = neededTerms(formula) as CacheTermName[];
  const terms = names.length === 0 ? {} : await probe.terms(layer, names);
  const heads = layerInputs({ ...layer, shape: { ...layer.shape, windowSlots } }, terms);
  return scoreLayer(formula, heads, () => heads.map(() => 0)).heads.map(({ total }) => total);
}

/** The keys of the case, or where attention is given, unit vectors and queries whose softmax over them is that attention. */
function caseLayer(root: Field, { windowSlots }: PolicyParameters): ProbedLayer {
  const [kvHeadCount, headCount] = [readCount(root, "dims", "kv_heads"), readCount(root, "dims", "q_heads")];
  const lengthSlots = readCount(root, "dims", "prompt");
  const given = optionalField(fieldOf(root, "inputs"), "attention");
  const headDim = given === null ? readCount(root, "dims", "head_dim") : 4 * Math.ceil(lengthSlots / 4);
  const keyCount = kvHeadCount * lengthSlots;
  const keys =
    given === null
      ? tensorOf(fieldOf(fieldOf(root, "inputs"), "keys"), [kvHeadCount, lengthSlots, headDim]).data
      : Float32Array.from({ length: keyCount * headDim }, (_, at) =>
          Number(at % headDim === Math.floor(at / headDim) % lengthSlots),
        );
  const queries = new Float32Array(headCount * lengthSlots * headDim);
  const attention = given === null ? null : tensorOf(given, [headCount, lengthSlots, lengthSlots]).data;
  attention?.forEach((paid, at) => {
    const row = Math.floor(at / lengthSlots);
    queries[row * headDim + (at % lengthSlots)] = Math.sqrt(headDim) * Math.log(Math.max(paid, 1e-30));
  });
  return {
    shape: { headCount, kvHeadCount, headDim, lengthSlots, windowSlots, paddingSlots: 0 },
    ...{ keys, queries, values: new Float32Array(keys.length) },
    positions: Int32Array.from({ length: lengthSlots }, (_, slot) => slot),
    outputWeight: new Float32Array(headCount * headDim),
    ropeTable: new Float32Array(lengthSlots * headDim),
    parameters: baseParameters,
  };
}
