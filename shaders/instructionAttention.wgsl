// What the tokens of two instructions receive from their own: mean over the query heads of a group.
//   slotTable, queries, keys, rows: as in instructionRows.wgsl
//   attention [layer][kvHead][slot of scoreStride]
// With IS_VOTES only the window of a slot's own instruction votes, and its slots get −1. Without it all queries since the
// slot do, those of the later instruction excepted for slots of the earlier.
// One invocation computes one column: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head
override IS_VOTES: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> instructions: Instructions;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> queries: array<vec4f>;
@group(0) @binding(4) var<storage, read> keys: array<KvVector>;
@group(0) @binding(5) var<storage, read> rows: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> attention: array<f32>;

// q·k / √d
fn logit(query: u32, key: KvEntry) -> f32 {
  var product = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    product += dot(queries[query + vector], loadKey(key, vector));
  }
  return product * inverseSqrt(f32(4u * HEAD_VECTORS));
}

// The slots whose queries count: from x to y and from z to w, ends excluded.
fn votersOf(slot: u32, length: u32) -> vec4u {
  let boundary = instructions.boundary;
  if (IS_VOTES == 1u) {
    if (slot < boundary) {
      return vec4u(boundary - instructions.earlierVoters, boundary, length, length);
    }
    return vec4u(length - instructions.laterVoters, length, length, length);
  }
  if (slot < instructions.earlierStart || slot >= boundary) {
    return vec4u(slot, length, length, length);
  }
  return vec4u(slot, boundary, instructions.laterEnd, length);
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
  let voters = votersOf(slot, slots.length);
  if (IS_VOTES == 1u && slot >= voters.x && slot < voters.y) {
    attention[out] = -1.0;
    return;
  }
  let key = keyEntry(slots, slot);
  var sum = 0.0;
  for (var member = 0u; member < GROUP_SIZE; member++) {
    let head = id.y * GROUP_SIZE + member; // over layers
    for (var other = voters.x; other < voters.w; other++) {
      if (other < voters.y || other >= voters.z) {
        let row = rows[head * params.scoreStride + other];
        sum += exp(logit(heldQuery(layer, head % HEAD_COUNT, other), key) - row.x) / row.y;
      }
    }
  }
  attention[out] = sum / f32(GROUP_SIZE * (voters.y - voters.x));
}
