// Cases without a score, gkv.streaming_update and gkv.static_masks; and derived.window_overlap, on local scores.
import { chooseSurvivors } from "../../src/policy/admission";
import { computeScores } from "../../src/policy/columns";
import { baseParameters } from "../../src/policy/parameters";
import { causalMask, sepLlmMask, streamingMask } from "./masks";
import { streamingLlm } from "../../src/policy/attentionFree";
import { chanceOverlap, windowOverlap } from "../../src/trace/windowOverlap";
import { InputError } from "../../src/lib/errors";
import type { RunCase } from "./caseParts";
import { concatenated, inOrder, readCount, readHeadDims, readPadding } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import { bitsOf, fieldOf, integerListOf, itemsOf, nestedNumbersOf, rowsOfHeads, tensorOf } from "./field";

export const runStreamingUpdate: RunCase = (root) => {
  const lengthSlots = readCount(root, "dims", "kv_len");
  const config = fieldOf(root, "config");
  const sinkSlots = readCount(config, "sink_len");
  const budgetSlots = readCount(config, "window_size") + sinkSlots;
  const expected = fieldOf(root, "expected");
  const paddings = readPadding(fieldOf(fieldOf(root, "inputs"), "attention_mask"), lengthSlots);
  const recorded = itemsOf(fieldOf(expected, "kept_indices")).map(integerListOf);
  const isActing = lengthSlots >= budgetSlots;
  const keptCount = isActing ? budgetSlots : lengthSlots;
  const rows = paddings.map((paddingSlots, sequence) => {
    const kept = isActing ? keptByStreaming(lengthSlots - paddingSlots, budgetSlots, sinkSlots) : null;
    const found = kept === null ? allSlots(lengthSlots) : [...kept].map((slot) => slot + paddingSlots);
    const name = `kept_indices[${sequence}]`;
    if (found.length === keptCount) return compareExactly(name, found, recorded[sequence]);
    // Too few real tokens: the reference fills up with arbitrary padding, so only the real tokens can be compared.
    const real = recorded[sequence]?.filter((slot) => slot >= paddingSlots);
    return compareExactly(`${name} (real tokens)`, found, real);
  });
  return Promise.resolve([
    ...rows,
    compareExactly("kv_len_after", keptCount, readCount(expected, "kv_len_after")),
    compareExactly("sequences", recorded.length, paddings.length),
  ]);
};

/** What the product's policy keeps of a cache of real tokens. */
function keptByStreaming(lengthSlots: number, budgetSlots: number, sinkSlots: number): Int32Array {
  const parameters = { ...baseParameters, ...streamingLlm.defaults, budgetSlots, sinkSlots };
  const candidateCount = Math.max(0, lengthSlots - parameters.windowSlots);
  const positions = Int32Array.from(allSlots(lengthSlots));
  const view = { layer: 0, kvHead: 0, event: 0, lengthSlots, candidateCount, positions };
  const { total } = computeScores(streamingLlm.formula(parameters), {
    ...view,
    promptCount: 0,
    terms: {},
    carried: null,
  });
  return chooseSurvivors({ total, lengthSlots, keepSlots: budgetSlots, isProtected: null }).slots;
}

function allSlots(count: number): number[] {
  return Array.from({ length: count }, (_, slot) => slot);
}

export const runStaticMasks: RunCase = (root) => {
  const batchCount = readCount(root, "dims", "batch");
  const tokenCount = readCount(root, "dims", "seq_len");
  const config = fieldOf(root, "config");
  const rule = {
    sinkCount: readCount(config, "sink_len"),
    windowCount: readCount(config, "window_size"),
    separatorTokens: integerListOf(fieldOf(config, "sep_ids")),
    separatorCount: readCount(config, "sep_cache_len"),
  };
  const inputs = fieldOf(root, "inputs");
  const tokens = itemsOf(fieldOf(inputs, "input_ids")).map(integerListOf);
  const paddings = readPadding(fieldOf(inputs, "attention_mask"), tokenCount);
  const expected = fieldOf(root, "expected");
  const compare = (name: string, mask: (sequence: number) => Uint8Array) => {
    const recorded = bitsOf(fieldOf(expected, name), [batchCount, tokenCount, tokenCount]);
    const found = paddings.map((_, sequence) => [...mask(sequence)]);
    const size = tokenCount * tokenCount;
    const wanted = paddings.map((_, sequence) => [...recorded.data.subarray(sequence * size, (sequence + 1) * size)]);
    return compareExactly(name, found, wanted);
  };
  const shape = (sequence: number) => ({ tokenCount, paddingCount: paddings[sequence] });
  return Promise.resolve([
    compareExactly("sequences", paddings.length, batchCount),
    compare("causal", (sequence) => causalMask(shape(sequence))),
    compare("streaming", (sequence) => streamingMask(shape(sequence), rule)),
    compare("sepllm", (sequence) => sepLlmMask(tokens[sequence], paddings[sequence], rule)),
  ]);
};

export const runWindowOverlap: RunCase = async (root, { probe, tolerance }) => {
  const dims = readHeadDims(root);
  const candidateCount = readCount(root, "dims", "candidates");
  const config = fieldOf(root, "config");
  const windowCount = readCount(config, "windows");
  const windowSlots = readCount(config, "window_size");
  const keptCounts = integerListOf(fieldOf(config, "retained_counts"));
  const tokenCount = candidateCount + windowCount * windowSlots;
  if (windowCount < 2) throw new InputError(`config.windows: expected at least 2, found ${windowCount}`);
  const keys = tensorOf(fieldOf(root, "keys"), [dims.kvHeadCount, tokenCount, dims.headDim]);
  const queries = tensorOf(fieldOf(root, "queries"), [dims.headCount, windowCount * windowSlots, dims.headDim]);
  const heads = Array.from({ length: dims.kvHeadCount }, (_, kvHead) => kvHead);
  // S of each window over the keys up to its end, cut to the candidates. [window][kvHead] of [candidate]
  const scores = await inOrder(Array.from({ length: windowCount }), async (_, window) => {
    const lengthSlots = candidateCount + (window + 1) * windowSlots;
    const { mean } = await probe.windowStatistics({
      shape: { ...dims, lengthSlots, windowSlots, paddingSlots: 0 },
      keys: rowsOfHeads(keys, 0, lengthSlots),
      queries: rowsOfHeads(queries, window * windowSlots, (window + 1) * windowSlots),
      groupPooling: "max",
    });
    const stride = lengthSlots - windowSlots;
    return heads.map((kvHead) => mean.slice(kvHead * stride, kvHead * stride + candidateCount));
  });
  const overlaps = keptCounts.map((keptCount) =>
    heads.map((kvHead) =>
      windowOverlap(
        scores.map((window) => window[kvHead]),
        keptCount,
      ),
    ),
  );
  const expected = fieldOf(root, "expected");
  const shares = (name: string, found: readonly number[], shape: readonly number[]) =>
    compareArrays(name, found, nestedNumbersOf(fieldOf(expected, name), shape).data, 1e-6);
  const recordedScores = tensorOf(fieldOf(expected, "window_scores"), [windowCount, heads.length, candidateCount]);
  const earlier = Array.from({ length: windowCount - 1 }, (_, window) => window);
  const lastAndWindow = overlaps.flatMap((row) =>
    earlier.flatMap((window) => row.map((head) => head.lastAndWindow[window])),
  );
  return [
    compareArrays("window_scores", concatenated(scores.flat()), recordedScores.data, tolerance),
    shares("overlap_last_vs_window", lastAndWindow, [keptCounts.length, earlier.length, heads.length]),
    shares(
      "overlap_last_vs_union",
      overlaps.flatMap((row) => row.map(({ lastAndUnion }) => lastAndUnion)),
      [keptCounts.length, heads.length],
    ),
    shares(
      "chance_union",
      keptCounts.map((keptCount) => chanceOverlap(keptCount, candidateCount, windowCount - 1)),
      [keptCounts.length],
    ),
  ];
};
