// What a whole layer decides at the prompt's end. kvpress.think: channels of keys to drop; kvpress.simlayer: whether a layer is
// lazy, which looks at the oldest and the newest tokens alone. No run of the product does either yet.
import { channelScores, weakestChannels } from "../../src/engine/storage/keyChannels";
import { concatenated, readCount, type RunCase } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import { countOf, fieldOf, integersOf, numberOf, sliceOf, tensorOf } from "./field";
import { sceneOf, type Scene } from "./scene";

export const runThink: RunCase = async (root, context) => {
  const scene = await sceneOf(root, context);
  const config = fieldOf(root, "config");
  const share = numberOf(fieldOf(config, "key_channel_compression_ratio"));
  const { headDim, kvHeadCount } = scene.shape;
  const heads = headsOf(scene, readCount(config, "window_size")).map((ofSequence) =>
    ofSequence.map(channelScoresOf(headDim)),
  );
  const expected = fieldOf(root, "expected");
  const recorded = tensorOf(fieldOf(expected, "channel_scores"), [scene.batchCount, kvHeadCount, headDim]);
  return [
    compareArrays(
      "channel_scores",
      heads.flat().flatMap((scores) => [...scores]),
      recorded.data,
      context.tolerance,
    ),
    compareExactly(
      "pruned_channels",
      heads.map((ofSequence) => ofSequence.map((scores) => [...weakestChannels(scores, share)])),
      integersOf(fieldOf(expected, "pruned_channels")),
    ),
  ];
};

function channelScoresOf(headDim: number): (head: SceneHead) => Float64Array {
  return ({ keys, queries }) => channelScores({ keys, queries: concatenated(queries), headDim });
}

export const runSimLayer: RunCase = async (root, context) => {
  const scene = await sceneOf(root, context);
  const config = fieldOf(root, "config");
  const [lastCount, recentCount, initialCount] = ["n_last", "n_recent", "n_initial"].map((name) =>
    countOf(fieldOf(config, name)),
  );
  const { lengthSlots, headDim } = scene.shape;
  const masses = headsOf(scene, lastCount).flatMap((ofSequence) =>
    ofSequence.flatMap(({ keys, queries }) =>
      queries.flatMap((rows) =>
        Array.from({ length: lastCount }, (_, row) => {
          const seen = lengthSlots - lastCount + row + 1;
          const query = rows.subarray(row * headDim, (row + 1) * headDim);
          // The newest tokens, whose queries these are, are no columns.
          const shares = attentionOf(keys.subarray(0, seen * headDim), query).slice(0, lengthSlots - lastCount);
          return sumOf(shares.slice(0, initialCount)) + sumOf(shares.slice(-recentCount));
        }),
      ),
    ),
  );
  const lazyScore = sumOf(masses) / masses.length;
  const expected = fieldOf(root, "expected");
  const thresholds = fieldOf(expected, "by_threshold");
  const names = Object.keys(thresholds.value as object);
  return [
    compareArrays("lazy_score", [lazyScore], [numberOf(fieldOf(expected, "lazy_score"))], context.tolerance),
    ...names.flatMap((name) => {
      const isLazy = lazyScore > Number(name);
      const kept = isLazy ? initialCount + recentCount - lastCount : lengthSlots;
      // As the code reports it: as if one newest token were left out, however many are.
      const evictedShare = isLazy ? (lengthSlots - initialCount - recentCount + 1) / lengthSlots : 0;
      const outcome = fieldOf(thresholds, name);
      return [
        compareExactly(`by_threshold.${name}`, kept, countOf(fieldOf(outcome, "kv_len_after"))),
        compareArrays(
          `by_threshold.${name}.compression_ratio`,
          [evictedShare, 1],
          [numberOf(fieldOf(outcome, "compression_ratio")), 1],
          context.tolerance,
        ),
      ];
    }),
  ];
};

interface SceneHead {
  readonly keys: Float32Array; // [token][headDim]
  /** The newest of each query head that shares the keys. [member] of [row][headDim] */
  readonly queries: readonly Float32Array[];
}

/** [sequence][kvHead] */
function headsOf({ batchCount, shape, keys, queries }: Scene, rowCount: number): SceneHead[][] {
  const { headCount, kvHeadCount, headDim, lengthSlots } = shape;
  const memberCount = headCount / kvHeadCount;
  return Array.from({ length: batchCount }, (_, sequence) =>
    Array.from({ length: kvHeadCount }, (_unused, kvHead) => ({
      keys: sliceOf(sliceOf(keys, sequence), kvHead).data,
      queries: Array.from({ length: memberCount }, (__, member) =>
        sliceOf(sliceOf(queries, sequence), kvHead * memberCount + member).data.subarray(
          (lengthSlots - rowCount) * headDim,
        ),
      ),
    })),
  );
}

/** Softmax of one query over the keys that it can see. [token] */
function attentionOf(keys: Float32Array, query: Float32Array): number[] {
  const logits = Array.from({ length: keys.length / query.length }, (_, token) => {
    const products = Array.from(query, (value, dim) => value * keys[token * query.length + dim]);
    return sumOf(products) / Math.sqrt(query.length);
  });
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const sum = sumOf(weights);
  return weights.map((weight) => weight / sum);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
