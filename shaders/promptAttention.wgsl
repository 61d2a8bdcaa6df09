// Column sums of the prompt's attention, added up chunk by chunk during prefill (H2O with α = 1): one layer.
//   probabilities [head][rowCount][scoreStride], from attentionSoftmax.wgsl or, for the last row, attentionDecode.wgsl
//   columnSums    [kvHead][promptCount]
// Heads of a group are joined after the softmax; rows marked −1 count 0. Nothing has been evicted yet, so all heads are
// equally long. One invocation adds one column: slots (x), KV heads (y).
override WORKGROUP_SIZE: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read_write> columnSums: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let kvHead = id.y;
  if (slot >= params.longestSlots) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < params.rowCount; row++) {
    let firstRow = kvHead * GROUP_SIZE * params.rowCount + row;
    let joined =
      joinGroup(firstRow * params.scoreStride + slot, params.rowCount * params.scoreStride);
    sum += max(0.0, joined);
  }
  columnSums[kvHead * params.promptCount + slot] += sum;
}
