// Scores of many queries against the keys, before the softmax: a prefill chunk of one layer, or the window of all layers.
//   queries [layer][queryRows][head][HEAD_VECTORS] × 4, rotated; row r stands at (queryStart + r) % queryRows
//   keys    [row][HEAD_VECTORS] × 4
//   scores  [layer][head][rowCount][scoreStride]
// A row sees the slots from paddingSlots up to its own; scores of other slots are left undefined (attentionSoftmax.wgsl
// clears them).
// One invocation computes a tile of four rows by four slots: x tiles of slots, y head × tiles of rows, z layers.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override GROUP_SIZE: u32; // query heads per KV head
override HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> queries: array<vec4f>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;

// Where the query of a row starts; rows past the end repeat the last one.
fn queryStart(layer: u32, head: u32, row: u32) -> u32 {
  let ringRow = (params.queryStart + min(row, params.rowCount - 1u)) % params.queryRows;
  return layer * params.queryLayerStride + (ringRow * HEAD_COUNT + head) * HEAD_VECTORS;
}

fn store(at: vec3u, slots: HeadSlots, firstSlot: u32, row: u32, sums: vec4f) {
  if (row >= params.rowCount) {
    return;
  }
  let base = at.z * params.scoreLayerStride + (at.y * params.rowCount + row) * params.scoreStride;
  let end = visibleSlots(slots.length, row);
  for (var offset = 0u; offset < 4u && firstSlot + offset < end; offset++) {
    scores[base + firstSlot + offset] = sums[offset] + slotBias(slots.first + firstSlot + offset);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rowTiles = (params.rowCount + 3u) / 4u;
  let firstSlot = id.x * 4u;
  let head = id.y / rowTiles;
  let firstRow = id.y % rowTiles * 4u;
  let layer = id.z;
  let slots = headSlots(layer, head / GROUP_SIZE);
  if (firstSlot >= visibleSlots(slots.length, firstRow + 3u)) {
    return;
  }
  let query0 = queryStart(layer, head, firstRow);
  let query1 = queryStart(layer, head, firstRow + 1u);
  let query2 = queryStart(layer, head, firstRow + 2u);
  let query3 = queryStart(layer, head, firstRow + 3u);
  let lastSlot = slots.length - 1u;
  let key0 = keyEntry(slots, firstSlot);
  let key1 = keyEntry(slots, min(firstSlot + 1u, lastSlot));
  let key2 = keyEntry(slots, min(firstSlot + 2u, lastSlot));
  let key3 = keyEntry(slots, min(firstSlot + 3u, lastSlot));
  var sums0 = vec4f();
  var sums1 = vec4f();
  var sums2 = vec4f();
  var sums3 = vec4f();
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let k0 = loadKey(key0, vector);
    let k1 = loadKey(key1, vector);
    let k2 = loadKey(key2, vector);
    let k3 = loadKey(key3, vector);
    let q0 = queries[query0 + vector];
    let q1 = queries[query1 + vector];
    let q2 = queries[query2 + vector];
    let q3 = queries[query3 + vector];
    sums0 += vec4f(dot(q0, k0), dot(q0, k1), dot(q0, k2), dot(q0, k3));
    sums1 += vec4f(dot(q1, k0), dot(q1, k1), dot(q1, k2), dot(q1, k3));
    sums2 += vec4f(dot(q2, k0), dot(q2, k1), dot(q2, k2), dot(q2, k3));
    sums3 += vec4f(dot(q3, k0), dot(q3, k1), dot(q3, k2), dot(q3, k3));
  }
  let at = vec3u(0u, head, layer);
  let scale = inverseSqrt(f32(HEAD_VECTORS * 4u));
  store(at, slots, firstSlot, firstRow, sums0 * scale);
  store(at, slots, firstSlot, firstRow + 1u, sums1 * scale);
  store(at, slots, firstSlot, firstRow + 2u, sums2 * scale);
  store(at, slots, firstSlot, firstRow + 3u, sums3 * scale);
}
