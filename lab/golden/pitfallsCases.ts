// The Pitfalls of KV Cache Compression: related.pitfalls.keep_rates, .whitelist and .rouge_l. fairCase.ts has .fair_eviction.
import { positionsOf, type Span } from "../../src/lib/spans";
import { porterStem } from "../../src/lib/porterStemmer";
import { rougeL } from "../../src/lib/rougeL";
import { chooseSurvivors, protectedCandidates } from "../../src/policy/admission";
import { keptOfShare } from "../../src/policy/budget";
import { objectionToCombination } from "../../src/policy/combination";
import { keyNorm } from "../../src/policy/keyValueScores";
import { baseParameters } from "../../src/policy/parameters";
import { meanRate } from "../../src/trace/keepRates";
import { readCount, type CaseContext, type RunCase } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import { fieldOf, integerListOf, integersOf, itemsOf, numberOf, optionalField, tensorOf, type Field } from "./field";

export function spanOf(field: Field): Span {
  const [start, end] = integerListOf(field);
  return { start, end };
}

/** Share of a span's tokens that each head kept. `kept`: positions, [head] of any length */
export function keptRates(kept: readonly (readonly number[])[], { start, end }: Span): number[] {
  return kept.map((positions) => positions.filter((at) => at >= start && at < end).length / (end - start));
}

export const runKeepRates: RunCase = (root, { tolerance }) => {
  const kept = integersOf(fieldOf(fieldOf(root, "inputs"), "kept")) as number[][][];
  const expected = fieldOf(root, "expected");
  const spans = fieldOf(fieldOf(root, "inputs"), "spans");
  const names = Object.keys(spans.value as object);
  const rates = names.map((name) => kept.map((heads) => keptRates(heads, spanOf(fieldOf(spans, name)))));
  const means = rates.map((layers) => meanRate(layers.map(meanRate)));
  const comparisons = names.flatMap((name, place) => {
    const recorded = fieldOf(fieldOf(expected, "span_rates"), name);
    const perHead = itemsOf(fieldOf(recorded, "per_layer_head")).flatMap((layer) => itemsOf(layer).map(numberOf));
    return [
      compareArrays(`${name}.per_layer_head`, rates[place].flat(), perHead, tolerance),
      compareArrays(`${name}.overall`, [means[place]], [numberOf(fieldOf(recorded, "overall"))], tolerance),
    ];
  });
  // The recorded bias is rounded to nine digits, and so are its rates.
  const bias = numberOf(fieldOf(expected, "bias"));
  return Promise.resolve([...comparisons, compareExactly("bias", Math.abs(means[0] - means[1] - bias) < 1e-8, true)]);
};

export const runWhitelist: RunCase = async (root, { probe, tolerance }) => {
  const [kvHeadCount, lengthSlots] = [readCount(root, "dims", "kv_heads"), readCount(root, "dims", "prompt")];
  const ratio = numberOf(fieldOf(fieldOf(root, "config"), "compression_ratio"));
  const keepSlots = keptOfShare(lengthSlots, ratio);
  const forced = integerListOf(fieldOf(fieldOf(root, "inputs"), "force_keep"));
  const spans = forced.map((start) => ({ start, end: start + 1 }));
  const expected = fieldOf(root, "expected");
  const count = compareExactly("n_kept", keepSlots, readCount(expected, "n_kept"));
  if (optionalField(expected, "error") !== null) {
    const parameters = { ...baseParameters, budgetSlots: keepSlots, windowSlots: 0 };
    const model = { layerCount: 1, headCount: kvHeadCount, roles: null, spans: { kept: spans, instructions: [] } };
    const objection = objectionToCombination(keyNorm, parameters, model);
    return [count, compareExactly("error", objection?.includes(`hold ${positionsOf(spans).length} tokens`), true)];
  }
  const totals = await normScores(root, probe);
  const positions = Int32Array.from({ length: lengthSlots }, (_, slot) => slot);
  const place = { positions, candidateCount: lengthSlots, promptCount: lengthSlots };
  const keptWith = (kept: readonly Span[]): number[][] =>
    totals.map((total) => {
      const isProtected = protectedCandidates(place, false, kept);
      return [...chooseSurvivors({ total, isProtected, lengthSlots, keepSlots }).slots];
    });
  const recorded = tensorOf(fieldOf(expected, "scores"), [kvHeadCount, lengthSlots]).data;
  return [
    count,
    compareArrays("scores", totals.map((total) => [...total]).flat(), recorded, tolerance),
    compareExactly("kept_sorted", keptWith(spans), integersOf(fieldOf(expected, "kept_sorted"))),
    compareExactly("plain_kept_sorted", keptWith([]), integersOf(fieldOf(expected, "plain_kept_sorted"))),
  ];
};

/** K-norm of every slot. [kvHead] of [slot] */
async function normScores(root: Field, probe: CaseContext["probe"]): Promise<Float32Array[]> {
  const [kvHeadCount, lengthSlots] = [readCount(root, "dims", "kv_heads"), readCount(root, "dims", "prompt")];
  const headDim = readCount(root, "dims", "head_dim");
  const keys = tensorOf(fieldOf(fieldOf(root, "inputs"), "keys"), [kvHeadCount, lengthSlots, headDim]).data;
  const norms = await probe.keyNorm({ kvHeadCount, headDim, lengthSlots, paddingSlots: 0, keys });
  return Array.from({ length: kvHeadCount }, (_, head) =>
    norms.slice(head * lengthSlots, (head + 1) * lengthSlots).map((norm) => -norm),
  );
}

export const runRougeL: RunCase = (root, { tolerance }) => {
  const pairs = itemsOf(fieldOf(fieldOf(root, "inputs"), "pairs"));
  const recorded = itemsOf(fieldOf(fieldOf(root, "expected"), "scores"));
  const text = (field: Field): string => String(field.value);
  return Promise.resolve(
    pairs.flatMap((pair, place) => {
      const found = rougeL(text(fieldOf(pair, "target")), text(fieldOf(pair, "response")));
      const counts = ["lcs", "target_tokens", "response_tokens"].map((name) => readCount(recorded[place], name));
      return [
        compareExactly(`${pair.path}.counts`, [found.common, found.targetCount, found.responseCount], counts),
        compareArrays(`${pair.path}.recall`, [found.recall], [numberOf(fieldOf(recorded[place], "recall"))], tolerance),
        compareArrays(
          `${pair.path}.recall_with_porter_stemmer`,
          [rougeL(text(fieldOf(pair, "target")), text(fieldOf(pair, "response")), porterStem).recall],
          [numberOf(fieldOf(recorded[place], "recall_with_porter_stemmer"))],
          tolerance,
        ),
      ];
    }),
  );
};
