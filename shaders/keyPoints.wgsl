// The keys in the plane of queryAxes.wgsl: where each stands along its two axes. For the record.
//   slotTable [layer][kvHead]
//   keys      [row][HEAD_VECTORS] × 4
//   axes      [layer][kvHead][axis of 2][HEAD_VECTORS] × 4
//   points    [layer][kvHead][slot of scoreStride] × 2
// One invocation computes one slot: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> keys: array<KvVector>;
@group(0) @binding(3) var<storage, read> axes: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> points: array<vec2f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  if (id.x >= slots.length) {
    return;
  }
  let key = keyEntry(slots, id.x);
  let axis = id.y * 2u * HEAD_VECTORS;
  var point = vec2f();
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let own = loadKey(key, vector);
    point += vec2f(dot(own, axes[axis + vector]), dot(own, axes[axis + HEAD_VECTORS + vector]));
  }
  points[id.y * params.scoreStride + id.x] = point;
}
