// Scores of the window's queries, joined over the query heads of a group before any softmax (R-KV's repository).
//   slotTable [layer][kvHead]
//   queries   [layer][queryRows][head][HEAD_VECTORS] × 4, rotated; row r stands at (queryStart + r) % queryRows
//   keys      [row][HEAD_VECTORS] × 4
//   logits    [layer][kvHead][rowCount][slot of scoreStride]
// One invocation computes one number: slots (x), rows (y), layer × KV head (z).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> queries: array<vec4f>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let kvHeadCount = HEAD_COUNT / GROUP_SIZE;
  let layer = id.z / kvHeadCount;
  let kvHead = id.z % kvHeadCount;
  let slots = headSlots(layer, kvHead);
  if (id.x >= slots.length) {
    return;
  }
  let key = keyEntry(slots, id.x);
  let ringRow = (params.queryStart + id.y) % params.queryRows;
  let firstQuery = layer * params.queryLayerStride + (ringRow * HEAD_COUNT + kvHead * GROUP_SIZE) * HEAD_VECTORS;
  var largest = -3.4e38;
  var total = 0.0;
  for (var member = 0u; member < GROUP_SIZE; member++) {
    var product = 0.0;
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      product += dot(queries[firstQuery + member * HEAD_VECTORS + vector], loadKey(key, vector));
    }
    largest = max(largest, product);
    total += product;
  }
  let joined = select(largest, total / f32(GROUP_SIZE), params.isMeanPooling == 1u);
  logits[(id.z * params.rowCount + id.y) * params.scoreStride + id.x] =
    joined * inverseSqrt(f32(HEAD_VECTORS * 4u)) + slotBias(slots.first + id.x);
}
