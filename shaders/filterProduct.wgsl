// Product of every key in use with the filter of its head.
//   keys     [row][HEAD_VECTORS] × 4
//   filters  [layer][kvHead][HEAD_VECTORS] × 4
//   products [layer][kvHead][scoreStride]
// One invocation handles one key: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> keys: array<KvVector>;
@group(0) @binding(3) var<storage, read> filters: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> products: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  if (slot >= slots.length) {
    return;
  }
  let entry = keyEntry(slots, slot);
  var product = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    product += dot(loadKey(entry, vector), filters[id.y * HEAD_VECTORS + vector]);
  }
  products[id.y * params.scoreStride + slot] = product;
}
