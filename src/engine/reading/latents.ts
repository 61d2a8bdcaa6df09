// Keys as latents (SALS: no public code; the formulas stand in methods section 22): all heads of a layer together, before
// RoPE, as coordinates along the directions in which the model's own keys vary most. What is read is reconstructed.

/** The leading directions of one layer: orthonormal, the one of most energy first. */
export interface LatentBasis {
  /** r: coordinates kept of each token. */
  readonly rank: number;
  /** kvHeadCount · headDim */
  readonly width: number;
  readonly directions: Float32Array; // [coordinate][kvHead · headDim]
}

/** The first `rank` of the given directions: a view. [coordinate][width] */
export function leadingBasis(directions: Float32Array, width: number, rank: number): LatentBasis {
  return { rank, width, directions: directions.subarray(0, rank * width) };
}

/** latent := directions · keys. keys [kvHead][headDim], before RoPE */
export function toLatent({ rank, width, directions }: LatentBasis, keys: Float32Array, latent: Float32Array): void {
  for (let coordinate = 0; coordinate < rank; coordinate++) {
    const start = coordinate * width;
    let sum = 0;
    for (let dim = 0; dim < width; dim++) sum += directions[start + dim] * keys[dim];
    latent[coordinate] = sum;
  }
}

/** keys := directionsᵀ · latent, of one KV head. [headDim] */
export function fromLatent(basis: LatentBasis, latent: Float32Array, kvHead: number, keys: Float32Array): void {
  const { rank, width, directions } = basis;
  const first = kvHead * keys.length;
  for (let dim = 0; dim < keys.length; dim++) {
    let sum = 0;
    for (let coordinate = 0; coordinate < rank; coordinate++) {
      sum += directions[coordinate * width + first + dim] * latent[coordinate];
    }
    keys[dim] = sum;
  }
}
