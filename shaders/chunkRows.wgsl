// Largest logit and sum of the softmax of every query over its chunk. The last chunk is filled up with logits of 0.
//   slotTable [layer][kvHead]
//   queries   [layer][queryRows][head][HEAD_VECTORS] × 4, rotated: every position that is still held
//   positions [layer][kvHead][slotCapacity]
//   keys      [row][HEAD_VECTORS] × 4
//   rows      [layer][head][slot of scoreStride][peak, sum]
// One invocation computes one row: slots (x), layer × head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> chunks: Chunks;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> queries: array<vec4f>;
@group(0) @binding(4) var<storage, read> positions: array<u32>;
@group(0) @binding(5) var<storage, read> keys: array<KvVector>;
@group(0) @binding(6) var<storage, read_write> rows: array<vec2f>;

// q·k: without a mask, without 1/√d.
fn chunkLogit(query: u32, slots: HeadSlots, slot: u32) -> f32 {
  let key = keyEntry(slots, slot);
  var product = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    product += dot(queries[query + vector], loadKey(key, vector));
  }
  return product + slotBias(slots.first + slot);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let layer = id.y / HEAD_COUNT;
  let head = id.y % HEAD_COUNT;
  let slots = headSlots(layer, head / GROUP_SIZE);
  if (slot < chunks.sinkSlots || slot + params.rowCount >= slots.length) {
    return;
  }
  let query = heldQuery(layer, head, positions[id.y / GROUP_SIZE * params.slotCapacity + slot]);
  let chunk = chunkOf(slot, slots.length);
  let fillCount = chunks.chunkSlots - (chunk.y - chunk.x);
  var peak = select(-3.4e38, 0.0, fillCount > 0u);
  for (var other = chunk.x; other < chunk.y; other++) {
    peak = max(peak, chunkLogit(query, slots, other));
  }
  var sum = f32(fillCount) * exp(-max(peak, 0.0));
  for (var other = chunk.x; other < chunk.y; other++) {
    sum += exp(chunkLogit(query, slots, other) - peak);
  }
  rows[id.y * params.scoreStride + slot] = vec2f(peak, sum);
}
