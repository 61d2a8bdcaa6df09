// Largest logit and sum of the softmax of every query of a prompt over the slots that it may see.
//   slotTable [layer][kvHead]
//   queries   [layer][queryRows][head][HEAD_VECTORS] × 4, rotated: every position
//   keys      [row][HEAD_VECTORS] × 4
//   rows      [layer][head][slot of scoreStride][peak, sum]
// One invocation computes one row: slots (x), layer × head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> queries: array<vec4f>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read_write> rows: array<vec2f>;

// q·k / √d
fn logit(query: u32, key: KvEntry) -> f32 {
  var product = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    product += dot(queries[query + vector], loadKey(key, vector));
  }
  return product * inverseSqrt(f32(4u * HEAD_VECTORS));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let layer = id.y / HEAD_COUNT;
  let head = id.y % HEAD_COUNT;
  let slots = headSlots(layer, head / GROUP_SIZE);
  if (slot >= slots.length) {
    return;
  }
  let query = heldQuery(layer, head, slot);
  var peak = -3.4e38;
  for (var other = 0u; other <= slot; other++) {
    peak = max(peak, logit(query, keyEntry(slots, other)));
  }
  var sum = 0.0;
  for (var other = 0u; other <= slot; other++) {
    sum += exp(logit(query, keyEntry(slots, other)) - peak);
  }
  rows[id.y * params.scoreStride + slot] = vec2f(peak, sum);
}
