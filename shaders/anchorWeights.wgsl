// How well each key lies with the expected query: exp(τ·cosine − max), over the slots without sinks (Cap).
//   slotTable [layer][kvHead]
//   keys      [row][HEAD_VECTORS] × 4
//   mean      [layer][head][HEAD_VECTORS] × 4, from futureQueries.wgsl
//   weights   [layer][head][slot of scoreStride]; 0 for sinks
// One workgroup per layer × head (x); its invocations take every WORKGROUP_SIZE-th slot.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> foretold: Foretold;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read> mean: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> weights: array<f32>;

var<workgroup> partialPeaks: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let slots = headSlots(group.x / HEAD_COUNT, group.x % HEAD_COUNT / GROUP_SIZE);
  let sharpness = foretold.sharpness;
  let out = group.x * params.scoreStride;
  var anchorSquares = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let anchor = mean[group.x * HEAD_VECTORS + vector];
    anchorSquares += dot(anchor, anchor);
  }
  var peak = -3.4e38;
  for (var slot = lane; slot < slots.length; slot += WORKGROUP_SIZE) {
    let key = keyEntry(slots, slot);
    var product = 0.0;
    var squares = 0.0;
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      let own = loadKey(key, vector);
      product += dot(own, mean[group.x * HEAD_VECTORS + vector]);
      squares += dot(own, own);
    }
    let lengths = max(1e-8, sqrt(anchorSquares)) * max(1e-8, sqrt(squares));
    let logit = sharpness * product / lengths;
    weights[out + slot] = logit;
    if (slot >= foretold.sinkSlots) {
      peak = max(peak, logit);
    }
  }
  partialPeaks[lane] = peak;
  workgroupBarrier();
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    peak = max(peak, partialPeaks[other]);
  }
  for (var slot = lane; slot < slots.length; slot += WORKGROUP_SIZE) {
    if (slot >= foretold.sinkSlots) {
      weights[out + slot] = exp(weights[out + slot] - peak);
    } else {
      weights[out + slot] = 0.0;
    }
  }
}
