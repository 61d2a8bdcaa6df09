// related.keepkv.scores: the paper's moving average, and the public code's window of weights.
import { logAverage } from "../../src/policy/merging";
import { readCount, type CaseContext, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import { fieldOf, integerListOf, itemsOf, numberOf, oneOf, tensorOf, type Field } from "./field";
import { compareSlots, keptSlots, readConfig, selectionScores, slotsWithout, weightsOf, withRow } from "./keepKvPublic";
import { headPart } from "./mergeProbe";

export const runKeepKvScores: RunCase = (root, context) => {
  const variant = oneOf(fieldOf(fieldOf(root, "config"), "variant"), ["ema", "public"]);
  return Promise.resolve(variant === "ema" ? compareAverage(root, context) : comparePublicScores(root, context));
};

/** The bias-corrected moving average is an average of the rows, weights decaying, over those that could see a slot. */
function compareAverage(root: Field, { tolerance }: Pick<CaseContext, "tolerance">): FieldComparison[] {
  const [headCount, promptCount] = [readCount(root, "dims", "kv_heads"), readCount(root, "dims", "prompt")];
  const [stepCount, lengthSlots] = [readCount(root, "dims", "decode_steps"), readCount(root, "dims", "slots")];
  const config = fieldOf(root, "config");
  const [alpha, window] = [numberOf(fieldOf(config, "alpha")), readCount(config, "window")];
  const inputs = fieldOf(root, "inputs");
  const prefill = tensorOf(fieldOf(inputs, "prefill_logits"), [headCount, window + 1, promptCount]).data;
  const decode = tensorOf(fieldOf(inputs, "decode_logits"), [headCount, stepCount, lengthSlots]).data;
  const expected = fieldOf(root, "expected");
  const recordedTerms = integerListOf(fieldOf(expected, "terms"));
  const array = (name: string, slotCount: number, compute: (head: number, slot: number) => number) => {
    const found = Array.from({ length: headCount * slotCount }, (_, at) =>
      compute(Math.floor(at / slotCount), at % slotCount),
    );
    return compareArrays(name, found, tensorOf(fieldOf(expected, name), [headCount, slotCount]).data, tolerance);
  };
  /** Logits of the rows that could see a slot, oldest first. */
  const logitsOf = (head: number, slot: number, steps: number): number[] => {
    const ofPrompt = Array.from({ length: window + 1 }, (_, row) => row)
      .filter((row) => slot <= promptCount - 1 - window + row && slot < promptCount)
      .map((row) => prefill[(head * (window + 1) + row) * promptCount + slot]);
    const ofSteps = Array.from({ length: steps }, (_, step) => step)
      .filter((step) => slot <= promptCount + step)
      .map((step) => decode[(head * stepCount + step) * lengthSlots + slot]);
    return [...ofPrompt, ...ofSteps];
  };
  const average = (head: number, slot: number, steps: number) =>
    Math.exp(logAverage(logitsOf(head, slot, steps), alpha));
  const terms = Array.from({ length: lengthSlots }, (_, slot) => logitsOf(0, slot, stepCount).length);
  const sum = (head: number, slot: number, steps: number) =>
    average(head, slot, steps) * (1 - alpha ** logitsOf(head, slot, steps).length);
  const seenTokens = promptCount + stepCount;
  return [
    compareExactly("terms", terms, recordedTerms),
    array("sum_after_prefill", promptCount, (head, slot) => sum(head, slot, 0)),
    array("sum", lengthSlots, (head, slot) => sum(head, slot, stepCount)),
    array("corrected_by_count", lengthSlots, (head, slot) => average(head, slot, stepCount)),
    array(
      "corrected_by_tokens_seen",
      lengthSlots,
      (head, slot) => sum(head, slot, stepCount) / (1 - alpha ** seenTokens),
    ),
  ];
}

function comparePublicScores(root: Field, { tolerance }: Pick<CaseContext, "tolerance">): FieldComparison[] {
  const config = readConfig(root);
  const [headCount, slotsBefore] = [readCount(root, "dims", "kv_heads"), readCount(root, "dims", "slots_before")];
  const inputs = fieldOf(root, "inputs");
  const { recentSlots, sinkSlots, heavySlots } = config;
  const past = tensorOf(fieldOf(inputs, "previous_rows"), [headCount, recentSlots, slotsBefore - 1]).data;
  const newest = tensorOf(fieldOf(inputs, "new_row"), [headCount, slotsBefore]).data;
  const votes = itemsOf(fieldOf(inputs, "votes")).map((row) => [...integerListOf(row), 1].slice(0, slotsBefore));
  const heads = Array.from({ length: headCount }, (_, head) => {
    const own = headPart(past, headCount, head);
    const rows = withRow(
      Array.from({ length: recentSlots }, (__, row) =>
        Float64Array.from(own.subarray(row * (slotsBefore - 1), (row + 1) * (slotsBefore - 1))),
      ),
      Float64Array.from(headPart(newest, headCount, head)),
    );
    const selection = selectionScores(rows, config);
    const kept = keptSlots(selection, slotsBefore, config);
    return { rows, selection, kept, evicted: slotsWithout(slotsBefore, kept), votes: votes[head] };
  });
  const expected = fieldOf(root, "expected");
  const keptCount = heavySlots + recentSlots;
  const array = (name: string, width: number, pick: (head: (typeof heads)[number]) => ArrayLike<number>) =>
    compareArrays(
      name,
      heads.flatMap((head) => Array.from(pick(head))),
      tensorOf(fieldOf(expected, name), [headCount, width]).data,
      tolerance,
    );
  const unvoted = ({ votes: row }: { readonly votes: readonly number[] }): number[] => row.map(() => 1);
  return [
    array("selection_scores", slotsBefore - recentSlots - sinkSlots, ({ selection }) => selection),
    ...compareSlots(expected, heads),
    array("keep_weight", keptCount, (head) => weightsOf(head.rows, head.votes, head.kept)),
    array("evict_weight", slotsBefore - keptCount, (head) => weightsOf(head.rows, head.votes, head.evicted)),
    array("averaged_score_kept", keptCount, (head) => weightsOf(head.rows, unvoted(head), head.kept)),
    array("averaged_score_evicted", slotsBefore - keptCount, (head) =>
      weightsOf(head.rows, unvoted(head), head.evicted),
    ),
  ];
}
