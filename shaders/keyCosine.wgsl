// Cosine of every key in use to where its head's keys point.
//   keys    [row][HEAD_VECTORS] × 4
//   norms   [layer][kvHead][scoreStride], from keyNorm.wgsl
//   anchors [layer][kvHead][HEAD_VECTORS] × 4, from keyAnchor.wgsl
//   cosines [layer][kvHead][scoreStride]
// One invocation handles one key: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> keys: array<KvVector>;
@group(0) @binding(3) var<storage, read> norms: array<f32>;
@group(0) @binding(4) var<storage, read> anchors: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> cosines: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  if (slot >= slots.length) {
    return;
  }
  let entry = keyEntry(slots, slot);
  var product = 0.0;
  var anchorSquares = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let anchor = anchors[id.y * HEAD_VECTORS + vector];
    product += dot(loadKey(entry, vector), anchor);
    anchorSquares += dot(anchor, anchor);
  }
  let at = id.y * params.scoreStride + slot;
  cosines[at] = product / (max(norms[at], 1e-12) * max(sqrt(anchorSquares), 1e-12));
}
