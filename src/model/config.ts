// The shape of a model, as read from config.json. parseModelConfig refuses by name what is not supported.

export type Architecture = "llama" | "qwen2" | "qwen3";

export type RopeScaling =
  | { readonly type: "linear"; readonly factor: number }
  | {
      readonly type: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalMaxPositions: number;
    };

export interface ModelConfig {
  readonly architecture: Architecture;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layerCount: number;
  /** Query heads; head h belongs to KV head floor(h / (headCount / kvHeadCount)). */
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly rmsNormEpsilon: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
  readonly maxPositions: number;
  /** Qwen2: q, k and v projections have a bias. */
  readonly hasQkvBias: boolean;
  /** Qwen3: RMSNorm of each query and key head before RoPE. */
  readonly hasQkNorm: boolean;
  /** The output projection is the embedding. */
  readonly isTied: boolean;
  readonly stopTokens: readonly number[];
}
