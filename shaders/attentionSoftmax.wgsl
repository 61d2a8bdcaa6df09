// Softmax of the rows of attentionScores.wgsl, in place. Slots that a row may not see become 0; a row that may see no
// slot at all becomes −1 throughout, which stands for NaN.
//   probabilities [layer][head][rowCount][scoreStride]
// One workgroup per row (x), head (y) and layer (z); its invocations take every WORKGROUP_SIZE-th slot.
override WORKGROUP_SIZE: u32;
override GROUP_SIZE: u32; // query heads per KV head
override WINDOW_SLOTS: u32; // newest slots that a row sees, its own included; 0 = all

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> probabilities: array<f32>;

var<workgroup> partialPeaks: array<f32, WORKGROUP_SIZE>;
var<workgroup> partialSums: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let base =
    group.z * params.scoreLayerStride + (group.y * params.rowCount + row) * params.scoreStride;
  let lengthSlots = headSlots(group.z, group.y / GROUP_SIZE).length;
  let end = visibleSlots(lengthSlots, row);
  let first = max(params.paddingSlots, firstInWindow(end));

  var peak = -3.4e38;
  for (var slot = first + lane; slot < end; slot += WORKGROUP_SIZE) {
    peak = max(peak, probabilities[base + slot]);
  }
  partialPeaks[lane] = peak;
  workgroupBarrier();
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    peak = max(peak, partialPeaks[other]);
  }

  var share = 0.0;
  for (var slot = first + lane; slot < end; slot += WORKGROUP_SIZE) {
    let weight = exp(probabilities[base + slot] - peak);
    probabilities[base + slot] = weight;
    share += weight;
  }
  partialSums[lane] = share;
  workgroupBarrier();
  var sum = 0.0;
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    sum += partialSums[other];
  }

  let unseen = select(0.0, -1.0, end <= params.paddingSlots);
  let inverseSum = 1.0 / max(sum, 1e-37);
  // The same stride as above, counted from the first on, so that each invocation rescales what it wrote itself.
  for (var slot = first + lane; slot < lengthSlots; slot += WORKGROUP_SIZE) {
    if (slot < end) {
      probabilities[base + slot] *= inverseSum;
    } else {
      probabilities[base + slot] = unseen;
    }
  }
  for (var slot = lane; slot < min(first, lengthSlots); slot += WORKGROUP_SIZE) {
    probabilities[base + slot] = unseen;
  }
}
