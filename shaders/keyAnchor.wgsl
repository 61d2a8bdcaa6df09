// Sum over the slots in use of the keys divided by their lengths: where a head's keys point.
//   keys    [row][HEAD_VECTORS] × 4
//   norms   [layer][kvHead][scoreStride], from keyNorm.wgsl
//   anchors [layer][kvHead][HEAD_VECTORS] × 4
// One workgroup per vector (x) of a layer × KV head (y); its invocations take every WORKGROUP_SIZE-th slot.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> keys: array<KvVector>;
@group(0) @binding(3) var<storage, read> norms: array<f32>;
@group(0) @binding(4) var<storage, read_write> anchors: array<vec4f>;

var<workgroup> partialSums: array<vec4f, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let slots = headSlots(group.y / KV_HEAD_COUNT, group.y % KV_HEAD_COUNT);
  var sum = vec4f();
  for (var slot = lane; slot < slots.length; slot += WORKGROUP_SIZE) {
    sum += loadKey(keyEntry(slots, slot), group.x) / max(norms[group.y * params.scoreStride + slot], 1e-12);
  }
  partialSums[lane] = sum;
  workgroupBarrier();
  if (lane > 0u) {
    return;
  }
  for (var other = 1u; other < WORKGROUP_SIZE; other++) {
    sum += partialSums[other];
  }
  anchors[group.y * HEAD_VECTORS + group.x] = sum;
}
