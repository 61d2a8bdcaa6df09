// A tiny model with seeded random weights, for tests of what must hold for any weights. Its text means nothing.

import { randomStream } from "../lib/random";
import { plainBlock, type ModelConfig } from "../model/config";
import { fullLayers } from "../model/layerConfig";
import type { Tokenizer } from "../model/tokenizer";
import type { LayerWeights } from "../model/weights";
import type { Model } from "./backend";

export const tinyConfig: ModelConfig = {
  architecture: "llama",
  vocabularySize: 48,
  hiddenSize: 16,
  intermediateSize: 24,
  layerCount: 2,
  layers: fullLayers(2, { ropeTheta: 10000, ropeScaling: null }),
  headCount: 4,
  kvHeadCount: 2,
  headDim: 8,
  rmsNormEpsilon: 1e-5,
  maxPositions: 256,
  hasQkvBias: false,
  hasQkNorm: false,
  queryScale: 1,
  ...plainBlock,
  isTied: true,
  stopTokens: [],
};

/** Same config and seed, same weights; large enough that tokens differ and attention is uneven. */
export function seededModel(seed: number, config: ModelConfig = tinyConfig): Model {
  const stream = randomStream(seed);
  const matrix = (rowCount: number, columnCount: number): Float32Array =>
    Float32Array.from(
      { length: rowCount * columnCount },
      () => ((2 * stream.uniform() - 1) * 3) / Math.sqrt(columnCount),
    );
  const vector = (length: number): Float32Array => Float32Array.from({ length }, () => 0.5 + stream.uniform());
  const { hiddenSize, intermediateSize, headDim, hasQkvBias, hasQkNorm } = config;
  const queryWidth = config.headCount * headDim;
  const kvWidth = config.kvHeadCount * headDim;
  const layers = Array.from({ length: config.layerCount }, (): LayerWeights => ({
    attentionNorm: vector(hiddenSize),
    query: matrix(queryWidth, hiddenSize),
    key: matrix(kvWidth, hiddenSize),
    value: matrix(kvWidth, hiddenSize),
    queryBias: hasQkvBias ? vector(queryWidth) : null,
    keyBias: hasQkvBias ? vector(kvWidth) : null,
    valueBias: hasQkvBias ? vector(kvWidth) : null,
    queryNorm: hasQkNorm ? vector(headDim) : null,
    keyNorm: hasQkNorm ? vector(headDim) : null,
    attentionOutput: matrix(hiddenSize, queryWidth),
    attentionBranchNorm: config.hasBranchNorms ? vector(hiddenSize) : null,
    mlpBranchNorm: config.hasBranchNorms ? vector(hiddenSize) : null,
    mlpNorm: vector(hiddenSize),
    gate: matrix(intermediateSize, hiddenSize),
    up: matrix(intermediateSize, hiddenSize),
    down: matrix(hiddenSize, intermediateSize),
  }));
  const embedding = matrix(config.vocabularySize, hiddenSize);
  const output = config.isTied ? embedding : matrix(config.vocabularySize, hiddenSize);
  return { config, weights: { embedding, layers, finalNorm: vector(hiddenSize), output } };
}

/** Words w0, w1, …: one per token. */
export function wordTokenizer(vocabularySize: number): Tokenizer {
  const tokenText = (token: number): string => `w${token}`;
  return {
    encode: (text) => Int32Array.from(text.split(" ").filter(Boolean), (word) => Number(word.slice(1))),
    decode: (tokens) => Array.from(tokens, tokenText).join(" "),
    tokenText,
    textStream: () => ({ next: tokenText, peek: tokenText, rest: () => "" }),
    frame: { before: [], behind: [] },
    vocabularySize,
  };
}

/** Tokens of a prompt without meaning. [position] */
export function seededPrompt(
  seed: number,
  promptCount: number,
  vocabularySize = tinyConfig.vocabularySize,
): Int32Array {
  const stream = randomStream(seed);
  return Int32Array.from({ length: promptCount }, () => stream.integer(0, vocabularySize - 1));
}
