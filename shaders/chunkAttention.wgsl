// What the queries of its chunk pay to each slot, nothing masked: column sums, mean over the query heads of a group. The zeros
// that fill up the last chunk pay the same to every slot.
//   slotTable, queries, positions, keys, rows: as in chunkRows.wgsl
//   attention [layer][kvHead][slot of scoreStride]; 0 for sinks and the window
// One invocation computes one column: slots (x), layer × KV head (y).
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
@group(0) @binding(6) var<storage, read> rows: array<vec2f>;
@group(0) @binding(7) var<storage, read_write> attention: array<f32>;

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
  let kvHeadCount = HEAD_COUNT / GROUP_SIZE;
  let layer = id.y / kvHeadCount;
  let slots = headSlots(layer, id.y % kvHeadCount);
  if (slot >= slots.length) {
    return;
  }
  let out = id.y * params.scoreStride + slot;
  if (slot < chunks.sinkSlots || slot + params.rowCount >= slots.length) {
    attention[out] = 0.0;
    return;
  }
  let chunk = chunkOf(slot, slots.length);
  var sum = 0.0;
  for (var member = 0u; member < GROUP_SIZE; member++) {
    let head = id.y * GROUP_SIZE + member; // over layers
    for (var other = chunk.x; other < chunk.y; other++) {
      let query = heldQuery(layer, head % HEAD_COUNT, positions[id.y * params.slotCapacity + other]);
      let row = rows[head * params.scoreStride + other];
      sum += exp(chunkLogit(query, slots, slot) - row.x) / row.y;
    }
  }
  let fillCount = chunks.chunkSlots - (chunk.y - chunk.x);
  attention[out] = sum / f32(GROUP_SIZE) + f32(fillCount) / f32(chunks.chunkSlots);
}
