// The weights of a model as row-major float32 matrices [output][input], whatever the file's type was.

export interface LayerWeights {
  readonly attentionNorm: Float32Array; // [hidden]
  readonly query: Float32Array; // [head · headDim][hidden]
  readonly key: Float32Array; // [kvHead · headDim][hidden]
  readonly value: Float32Array; // [kvHead · headDim][hidden]
  readonly queryBias: Float32Array | null; // [head · headDim]
  readonly keyBias: Float32Array | null; // [kvHead · headDim]
  readonly valueBias: Float32Array | null; // [kvHead · headDim]
  readonly queryNorm: Float32Array | null; // [headDim]
  readonly keyNorm: Float32Array | null; // [headDim]
  readonly attentionOutput: Float32Array; // [hidden][head · headDim]
  readonly mlpNorm: Float32Array; // [hidden]
  readonly gate: Float32Array; // [intermediate][hidden]
  readonly up: Float32Array; // [intermediate][hidden]
  readonly down: Float32Array; // [hidden][intermediate]
}

export interface ModelWeights {
  readonly embedding: Float32Array; // [vocabulary][hidden]
  readonly layers: readonly LayerWeights[];
  readonly finalNorm: Float32Array; // [hidden]
  /** The same array as `embedding` when tied. */
  readonly output: Float32Array; // [vocabulary][hidden]
}
