// Attention inside a chunk of slots, for kernels that bind `settings`: slots of a chunk, sinks.
// Chunks begin after the sinks and end before the window.

// Where the query of a slot starts: that of its position.
fn chunkQuery(layer: u32, head: u32, position: u32) -> u32 {
  let age = params.position - position;
  let ringRow = (params.queryStart + params.rowCount + params.queryRows - 1u - age) % params.queryRows;
  return layer * params.queryLayerStride + (ringRow * HEAD_COUNT + head) * HEAD_VECTORS;
}

// The slots of a slot's chunk: first, and one past the last that is there.
fn chunkOf(slot: u32, length: u32) -> vec2u {
  let first = slot - (slot - settings[1]) % settings[0];
  return vec2u(first, min(first + settings[0], max(length, params.rowCount) - params.rowCount));
}
