// Column sums of the prompt's attention, added up chunk by chunk during prefill (H2O with α = 1): one layer.
//   probabilities [head][rowCount][scoreStride], from attentionSoftmax.wgsl or, for the last row, attentionDecode.wgsl
//   columnSums    [kvHead][promptCount]
// Heads of a group are joined after the softmax; rows marked −1 count 0.
// One invocation adds one column: slots (x), KV heads (y).
override WORKGROUP_SIZE: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read_write> columnSums: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let kvHead = id.y;
  if (slot >= params.lengthSlots) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < params.rowCount; row++) {
    var largest = 0.0;
    var total = 0.0;
    for (var member = 0u; member < GROUP_SIZE; member++) {
      let headRow = (kvHead * GROUP_SIZE + member) * params.rowCount + row;
      let probability = max(0.0, probabilities[headRow * params.scoreStride + slot]);
      largest = max(largest, probability);
      total += probability;
    }
    sum += select(largest, total / f32(GROUP_SIZE), params.isMeanPooling == 1u);
  }
  columnSums[kvHead * params.promptCount + slot] += sum;
}
