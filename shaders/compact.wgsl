// Keeps the surviving slots of every layer and KV head and closes the gaps, in place.
//   survivors    [layer][kvHead][keptCount], slots ascending
//   keys, values [layer][kvHead][slotCapacity][HEAD_VECTORS] × 4
//
//   before  0 1 2 3 4 5     survivors 0 2 3 5: a slot only ever moves down, so going upwards
//           │   └┐└┐  └──┐  nothing is overwritten before it was read. One invocation owns one
//   after   0    2 3     5  vector column, hence no other invocation reads what it writes.
//
// One invocation moves one vector of all slots: vectors (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> survivors: array<u32>;
@group(0) @binding(2) var<storage, read_write> keys: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> values: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  if (vector >= HEAD_VECTORS) {
    return;
  }
  let base =
    id.y / KV_HEAD_COUNT * params.keyLayerStride
    + id.y % KV_HEAD_COUNT * params.slotCapacity * HEAD_VECTORS
    + vector;
  for (var kept = 0u; kept < params.keptCount; kept++) {
    let slot = survivors[id.y * params.keptCount + kept];
    if (slot != kept) {
      keys[base + kept * HEAD_VECTORS] = keys[base + slot * HEAD_VECTORS];
      values[base + kept * HEAD_VECTORS] = values[base + slot * HEAD_VECTORS];
    }
  }
}
