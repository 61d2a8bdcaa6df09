// Attention inside chunks of slots, which begin after the sinks and end before the window.

// src/engine/gpu/queryTerms.ts writes it.
struct Chunks {
  chunkSlots: u32, // of a chunk
  sinkSlots: u32,
}

// The slots of a slot's chunk: first, and one past the last that is there.
fn chunkOf(slot: u32, length: u32) -> vec2u {
  let first = slot - (slot - chunks.sinkSlots) % chunks.chunkSlots;
  return vec2u(first, min(first + chunks.chunkSlots, max(length, params.rowCount) - params.rowCount));
}
