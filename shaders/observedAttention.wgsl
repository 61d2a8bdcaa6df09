// What each slot received since it was written, for every query that could see it: that of its own position and all since.
//   slotTable    [layer][kvHead]
//   positions    [layer][kvHead][slotCapacity]
//   receivedSums [layer][kvHead][slotCapacity], from receivedAttention.wgsl
//   attention    [layer][kvHead][slot of scoreStride]
// One invocation divides one sum: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> positions: array<u32>;
@group(0) @binding(3) var<storage, read> receivedSums: array<f32>;
@group(0) @binding(4) var<storage, read_write> attention: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let layer = id.y / KV_HEAD_COUNT;
  let kvHead = id.y % KV_HEAD_COUNT;
  if (id.x >= headSlots(layer, kvHead).length) {
    return;
  }
  let seenBy = params.position + 1u - positions[id.y * params.slotCapacity + id.x];
  attention[id.y * params.scoreStride + id.x] = receivedSums[receivedRow(layer, kvHead) + id.x] / f32(seenBy);
}
