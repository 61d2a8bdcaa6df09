// Softmax of expectedLogits.wgsl over the slots without sinks, mean over the query heads of a group.
//   slotTable [layer][kvHead]
//   logits    [layer][head][slot of scoreStride]
//   attention [layer][kvHead][slot of scoreStride]; 0 for sinks
//   logarithm [layer][kvHead][slot of scoreStride]; of the attention, also where that is too small to hold; 0 for sinks
// One workgroup per layer × KV head (x); its invocations take every WORKGROUP_SIZE-th slot.
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> foretold: Foretold;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> logits: array<f32>;
@group(0) @binding(4) var<storage, read_write> attention: array<f32>;
@group(0) @binding(5) var<storage, read_write> logarithm: array<f32>;

var<workgroup> partialPeaks: array<f32, WORKGROUP_SIZE>;
var<workgroup> partialSums: array<f32, WORKGROUP_SIZE>;

// ln(exp(x) + exp(y))
fn logOfSum(x: f32, y: f32) -> f32 {
  return max(x, y) + log(1.0 + exp(-abs(x - y)));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let length = headSlots(group.x / KV_HEAD_COUNT, group.x % KV_HEAD_COUNT).length;
  let sinks = foretold.sinkSlots;
  let out = group.x * params.scoreStride;
  for (var slot = lane; slot < length; slot += WORKGROUP_SIZE) {
    attention[out + slot] = 0.0;
    logarithm[out + slot] = 0.0;
  }
  for (var member = 0u; member < GROUP_SIZE; member++) {
    let base = (group.x * GROUP_SIZE + member) * params.scoreStride;
    var peak = -3.4e38;
    for (var slot = lane; slot < length; slot += WORKGROUP_SIZE) {
      if (slot >= sinks) {
        peak = max(peak, logits[base + slot]);
      }
    }
    partialPeaks[lane] = peak;
    workgroupBarrier();
    for (var other = 0u; other < WORKGROUP_SIZE; other++) {
      peak = max(peak, partialPeaks[other]);
    }
    var share = 0.0;
    for (var slot = lane; slot < length; slot += WORKGROUP_SIZE) {
      if (slot >= sinks) {
        share += exp(logits[base + slot] - peak);
      }
    }
    partialSums[lane] = share;
    workgroupBarrier();
    var sum = 0.0;
    for (var other = 0u; other < WORKGROUP_SIZE; other++) {
      sum += partialSums[other];
    }
    for (var slot = lane; slot < length; slot += WORKGROUP_SIZE) {
      if (slot >= sinks) {
        let own = logits[base + slot] - peak;
        let known = logarithm[out + slot];
        let added = own - log(sum * f32(GROUP_SIZE));
        attention[out + slot] += exp(own) / (sum * f32(GROUP_SIZE));
        logarithm[out + slot] = select(logOfSum(known, added), added, member == 0u);
      }
    }
  }
}
