// Attention inside chunks of slots, which begin after the sinks and end before the window.

// src/engine/gpu/queryTerms.ts writes it.
struct Chunks {
  chunkSlots: u32, // of a chunk
  sinkSlots: u32,
}

// Where the query of a slot starts: that of its position.
fn chunkQuery(layer: u32, head: u32, position: u32) -> u32 {
  let age = params.position - position;
  let ringRow = (params.queryStart + params.rowCount + params.queryRows - 1u - age) % params.queryRows;
  return layer * params.queryLayerStride + (ringRow * HEAD_COUNT + head) * HEAD_VECTORS;
}

// The slots of a slot's chunk: first, and one past the last that is there.
fn chunkOf(slot: u32, length: u32) -> vec2u {
  let first = slot - (slot - chunks.sinkSlots) % chunks.chunkSlots;
  return vec2u(first, min(first + chunks.chunkSlots, max(length, params.rowCount) - params.rowCount));
}
