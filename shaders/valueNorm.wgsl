// Euclidean length of every value in use.
//   values [row][HEAD_VECTORS] × 4
//   norms  [layer][kvHead][scoreStride]
// One invocation handles one value: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> values: array<KvVector>;
@group(0) @binding(3) var<storage, read_write> norms: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  if (slot >= slots.length) {
    return;
  }
  let entry = valueEntry(slots, slot);
  var squares = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let value = loadValue(entry, vector);
    squares += dot(value, value);
  }
  norms[id.y * params.scoreStride + slot] = sqrt(squares);
}
