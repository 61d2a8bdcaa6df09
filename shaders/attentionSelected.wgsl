// Attention of one new token over the slots that latentSelect.wgsl chose, one layer: the others get 0.
//   slotTable     [kvHead] of the layer
//   queries       [head][HEAD_VECTORS] × 4, rotated
//   keys          [row][HEAD_VECTORS] × 4, of the slots that are read
//   values        [row][HEAD_VECTORS] × 4
//   readSlots     [set][number of slots, then the slots], READ_STRIDE apart
//   probabilities [head][scoreStride], left behind for the taps
//   peaks         [head], the largest probability of the row
//   output        [head][HEAD_VECTORS] × 4
// One workgroup per query head, which shares its work as in attentionDecode.wgsl.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override GROUP_SIZE: u32; // query heads per KV head
override SET_HEADS: u32; // KV heads that read the same slots
override READ_STRIDE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> queries: array<vec4f>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read> values: array<KvVector>;
@group(0) @binding(5) var<storage, read> readSlots: array<u32>;
@group(0) @binding(6) var<storage, read_write> probabilities: array<f32>;
@group(0) @binding(7) var<storage, read_write> peaks: array<f32>;
@group(0) @binding(8) var<storage, read_write> output: array<vec4f>;

var<workgroup> partialPeaks: array<f32, WORKGROUP_SIZE>;
var<workgroup> partialSums: array<f32, WORKGROUP_SIZE>;
var<workgroup> partialMixes: array<vec4f, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  let queryBase = head * HEAD_VECTORS;
  let slotsOfHead = headSlots(0u, head / GROUP_SIZE);
  let listed = head / (GROUP_SIZE * SET_HEADS) * READ_STRIDE;
  let readCount = readSlots[listed];
  let rowBase = head * params.scoreStride;
  let scale = inverseSqrt(f32(HEAD_VECTORS * 4u));

  for (var slot = lane; slot < slotsOfHead.length; slot += WORKGROUP_SIZE) {
    probabilities[rowBase + slot] = 0.0;
  }
  storageBarrier();
  workgroupBarrier();
  var peak = -3.4e38;
  for (var place = lane; place < readCount; place += WORKGROUP_SIZE) {
    let slot = readSlots[listed + 1u + place];
    let key = keyEntry(slotsOfHead, slot);
    var product = 0.0;
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      product += dot(queries[queryBase + vector], loadKey(key, vector));
    }
    let score = product * scale;
    probabilities[rowBase + slot] = score;
    peak = max(peak, score);
  }
  partialPeaks[lane] = peak;
  workgroupBarrier();
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    peak = max(peak, partialPeaks[other]);
  }

  var share = 0.0;
  for (var place = lane; place < readCount; place += WORKGROUP_SIZE) {
    let slot = readSlots[listed + 1u + place];
    let weight = exp(probabilities[rowBase + slot] - peak);
    probabilities[rowBase + slot] = weight;
    share += weight;
  }
  partialSums[lane] = share;
  storageBarrier();
  workgroupBarrier();
  var sum = 0.0;
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    sum += partialSums[other];
  }
  let inverseSum = 1.0 / sum;
  if (lane == 0u) {
    peaks[head] = inverseSum; // exp(0) / sum
  }

  // Lanes beyond the last whole set of vectors stay idle in the mix.
  let laneVectors = min(WORKGROUP_SIZE, HEAD_VECTORS);
  let partCount = WORKGROUP_SIZE / laneVectors;
  let part = lane / laneVectors;
  for (var vectorBase = 0u; vectorBase < HEAD_VECTORS; vectorBase += laneVectors) {
    let vector = vectorBase + lane % laneVectors;
    var mix = vec4f();
    if (part < partCount && vector < HEAD_VECTORS) {
      for (var place = part; place < readCount; place += partCount) {
        let slot = readSlots[listed + 1u + place];
        mix += probabilities[rowBase + slot] * loadValue(valueEntry(slotsOfHead, slot), vector);
      }
    }
    partialMixes[lane] = mix;
    workgroupBarrier();
    if (part == 0u && vector < HEAD_VECTORS) {
      for (var other = 1u; other < partCount; other++) {
        mix += partialMixes[lane + other * laneVectors];
      }
      output[queryBase + vector] = mix * inverseSum;
    }
    workgroupBarrier();
  }

  storageBarrier();
  for (var place = lane; place < readCount; place += WORKGROUP_SIZE) {
    probabilities[rowBase + readSlots[listed + 1u + place]] *= inverseSum;
  }
}
