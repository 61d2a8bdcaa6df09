// Euclidean length of every key in use.
//   keys  [layer][kvHead][slotCapacity][HEAD_VECTORS] × 4
//   norms [layer][kvHead][lengthSlots]
// One invocation handles one key: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> keys: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> norms: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  if (slot >= params.lengthSlots) {
    return;
  }
  let layer = id.y / KV_HEAD_COUNT;
  let kvHead = id.y % KV_HEAD_COUNT;
  let base =
    layer * params.keyLayerStride + (kvHead * params.slotCapacity + slot) * HEAD_VECTORS;
  var squares = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    squares += dot(keys[base + vector], keys[base + vector]);
  }
  norms[id.y * params.lengthSlots + slot] = sqrt(squares);
}
