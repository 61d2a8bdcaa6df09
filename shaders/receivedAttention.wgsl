// What each slot received since it was written: the attention of a forward, mean over the query heads of a group, added up
// over its rows. Slots that this forward wrote start at 0.
//   slotTable     [layer][kvHead]; a single layer's part of it during prefill
//   probabilities [layer][head][rowCount][scoreStride], from attentionSoftmax.wgsl or, with one row, attentionDecode.wgsl
//   receivedSums  [layer][kvHead][slotCapacity], see receivedRow; a single layer's part of it during prefill
// One invocation adds one column: slots (x), KV heads (y), layers (z).
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;
@group(0) @binding(3) var<storage, read_write> receivedSums: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let slots = headSlots(id.z, id.y);
  if (slot >= slots.length) {
    return;
  }
  let memberStride = params.rowCount * params.scoreStride;
  let first = id.z * params.scoreLayerStride + id.y * GROUP_SIZE * memberStride + slot;
  let at = receivedRow(id.z, id.y) + slot;
  var sum = select(receivedSums[at], 0.0, slot + params.rowCount >= slots.length);
  for (var row = 0u; row < params.rowCount; row++) {
    if (slot < visibleSlots(slots.length, row)) {
      for (var member = 0u; member < GROUP_SIZE; member++) {
        sum += probabilities[first + member * memberStride + row * params.scoreStride] / f32(GROUP_SIZE);
      }
    }
  }
  receivedSums[at] = sum;
}
