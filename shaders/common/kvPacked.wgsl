// How packed entries lie in the buffers of keys and of values, counted in words. The constants of the session's format stand in
// front (src/engine/gpu/packedStorage.ts writes them); only the bits differ from layer to layer.
//
//   a layer   codes of block 0, 1, … │ group numbers of block 0, 1, … │ means of slot 0, 1, … │ newest slots of head 0, 1, …
//   behind the last layer   [row][kvHead][number]: the rows of a forward as computed, until they are stored
//
//   codes          [slot of the block][channel], the lowest bits first, a block beginning with a new word; or 16-bit numbers
//   group numbers  scale and lowest number in a word, 16 bits each; symmetric codes have scales alone, two to a word
//   means          over the KV heads, 16 bits, two to a word
//   newest slots   in float32, FULL_SLOTS to a head, slot s in place s % FULL_SLOTS
//
// The oldest `packedSlots` slots of a head are packed. Behind its heads, a layer's part of the slot table has a record of
// RECORD_LINES lines, keys (x) and values (y): first word of the layer, bits, where in the layer group numbers, means and newest
// slots begin, first word of the waiting rows, first row of the layer, number of the layer.
alias KvVector = u32;
alias KvPair = u32;
alias KvAtomic = atomic<u32>;

const FIRST_WORD = 0u;
const BITS = 1u;
const NUMBERS = 2u;
const MEANS = 3u;
const NEWEST = 4u;
const WAITING = 5u;
const FIRST_ROW = 6u;
const LAYER = 7u;
const RECORD_LINES = 8u;

struct KvEntry {
  isPacked: bool,
  word: u32, // first of the block's codes; as computed, of the entry
  row: u32, // of the slot in its block
  bits: u32,
  numbers: u32, // first of the block's group numbers: a word, or half a word where codes are symmetric
  mean: u32, // first word of the slot's mean
}

fn packedSlots(length: u32) -> u32 {
  return (max(length, RESIDUAL_SLOTS) - RESIDUAL_SLOTS) / BLOCK_SLOTS * BLOCK_SLOTS;
}

fn blockWords(bits: u32) -> u32 {
  return (BLOCK_SLOTS * 4u * HEAD_VECTORS * bits + 31u) / 32u;
}

// What is added to a symmetric code so that codes start from 0.
fn zeroCode(bits: u32) -> f32 {
  return f32((1u << (bits - 1u)) - 1u);
}

// The value of a half-precision pattern, subnormal ones included, which unpack2x16float may flush.
fn halfValue(pattern: u32) -> f32 {
  let magnitude = pattern & 0x7fffu;
  let normal = bitcast<f32>((magnitude + 0x1c000u) << 13u);
  let value = select(normal, f32(magnitude) * 5.9604644775390625e-8, magnitude < 0x400u);
  return select(value, -value, (pattern & 0x8000u) != 0u);
}

// One of the two halves of a word.
fn halfOf(word: u32, index: u32) -> u32 {
  return (word >> (16u * (index % 2u))) & 0xffffu;
}
