// R: softmax of ρ over the slots that are not padding, 0 on padding.
//   meanCosine [layer][kvHead][scoreStride], from redundancyMean.wgsl
//   softmax    [layer][kvHead][scoreStride]
// One workgroup per layer × KV head (x); its invocations take every WORKGROUP_SIZE-th slot.
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> meanCosine: array<f32>;
@group(0) @binding(3) var<storage, read_write> softmax: array<f32>;

var<workgroup> partialPeaks: array<f32, WORKGROUP_SIZE>;
var<workgroup> partialSums: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let lengthSlots = headSlots(group.x / KV_HEAD_COUNT, group.x % KV_HEAD_COUNT).length;
  let base = group.x * params.scoreStride;
  var peak = -3.4e38;
  for (var slot = params.paddingSlots + lane; slot < lengthSlots; slot += WORKGROUP_SIZE) {
    peak = max(peak, meanCosine[base + slot]);
  }
  partialPeaks[lane] = peak;
  workgroupBarrier();
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    peak = max(peak, partialPeaks[other]);
  }

  var share = 0.0;
  for (var slot = params.paddingSlots + lane; slot < lengthSlots; slot += WORKGROUP_SIZE) {
    share += exp(meanCosine[base + slot] - peak);
  }
  partialSums[lane] = share;
  workgroupBarrier();
  var sum = 0.0;
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    sum += partialSums[other];
  }

  for (var slot = lane; slot < lengthSlots; slot += WORKGROUP_SIZE) {
    let weight = exp(meanCosine[base + slot] - peak) / sum;
    softmax[base + slot] = select(weight, 0.0, slot < params.paddingSlots);
  }
}
