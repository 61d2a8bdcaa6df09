// TaR, temporal redundancy of InfiniPot-V (arXiv:2506.15745, eq. 4; aiha-lab/InfiniPot-V 81a4dbe, kvcache_utils.py): how little a key of
// an earlier frame resembles the keys of the newest frames at the same patch. Plain twin of shaders/temporalRedundancy.wgsl.
// Keys before RoPE: after it a key differs from its own copy by distance alone.
import { vectorNorms } from "./vectorNorms";

export interface FramedKeys {
  readonly keys: Float32Array; // [slot][headDim]
  readonly headDim: number;
  /** Place of each slot in its frame, −1 where it belongs to none. [slot] */
  readonly patches: Int32Array;
  readonly frameTokens: number;
  /** r: the newest slots are so many whole frames. */
  readonly recentFrames: number;
}

const LEAST_LENGTH = 1e-8;

/** −mean cosine with the newest frames at the same patch: high = has changed since. 0 in the newest frames and outside of frames. [slot] */
export function temporalRedundancy({ keys, headDim, patches, frameTokens, recentFrames }: FramedKeys): Float32Array {
  const norms = vectorNorms(keys, headDim);
  const pastSlots = patches.length - recentFrames * frameTokens;
  return Float32Array.from(patches, (patch, slot) => {
    if (patch < 0 || slot >= pastSlots) return 0;
    let sum = 0;
    for (let recent = pastSlots + patch; recent < patches.length; recent += frameTokens) {
      let product = 0;
      for (let dim = 0; dim < headDim; dim++) product += keys[slot * headDim + dim] * keys[recent * headDim + dim];
      sum += product / (Math.max(LEAST_LENGTH, norms[slot]) * Math.max(LEAST_LENGTH, norms[recent]));
    }
    return -sum / recentFrames;
  });
}

/**
 * As the published code has it: slot j is taken for patch j mod the tokens of a frame, though after the first compression a head's
 * survivors are no longer whole frames. `systemSlots` at the beginning belong to no frame. [slot]
 */
export function patchesBySlot(lengthSlots: number, frameTokens: number, systemSlots: number): Int32Array {
  return Int32Array.from({ length: lengthSlots }, (_, slot) =>
    slot < systemSlots ? -1 : (slot - systemSlots) % frameTokens,
  );
}
