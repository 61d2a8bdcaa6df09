// Softmax of every row of joinedLogits.wgsl over the candidates alone, mean over the rows (R-KV's repository).
//   slotTable [layer][kvHead]
//   logits    [layer][kvHead][rowCount][slot of scoreStride]
//   attention [layer][kvHead][slot of scoreStride]; the candidates are the slots before the rowCount newest
// One workgroup per layer × KV head (x); its invocations take every WORKGROUP_SIZE-th candidate.
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> logits: array<f32>;
@group(0) @binding(3) var<storage, read_write> attention: array<f32>;

var<workgroup> partialPeaks: array<f32, WORKGROUP_SIZE>;
var<workgroup> partialSums: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let length = headSlots(group.x / KV_HEAD_COUNT, group.x % KV_HEAD_COUNT).length;
  let candidateCount = max(length, params.rowCount) - params.rowCount;
  let out = group.x * params.scoreStride;
  for (var slot = lane; slot < length; slot += WORKGROUP_SIZE) {
    attention[out + slot] = 0.0;
  }
  for (var row = 0u; row < params.rowCount; row++) {
    let base = (group.x * params.rowCount + row) * params.scoreStride;
    var peak = -3.4e38;
    for (var slot = lane; slot < candidateCount; slot += WORKGROUP_SIZE) {
      peak = max(peak, logits[base + slot]);
    }
    partialPeaks[lane] = peak;
    workgroupBarrier();
    for (var other = 0u; other < WORKGROUP_SIZE; other++) {
      peak = max(peak, partialPeaks[other]);
    }
    var share = 0.0;
    for (var slot = lane; slot < candidateCount; slot += WORKGROUP_SIZE) {
      share += exp(logits[base + slot] - peak);
    }
    partialSums[lane] = share;
    workgroupBarrier();
    var sum = 0.0;
    for (var other = 0u; other < WORKGROUP_SIZE; other++) {
      sum += partialSums[other];
    }
    for (var slot = lane; slot < candidateCount; slot += WORKGROUP_SIZE) {
      attention[out + slot] += exp(logits[base + slot] - peak) / (sum * f32(params.rowCount));
    }
  }
}
