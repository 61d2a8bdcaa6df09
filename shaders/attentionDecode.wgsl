// Attention of one new token, one layer: scores against every slot in use, softmax, weighted values. Where entries are packed, the
// rows of a prefill chunk go through it too, since each sees other slots packed.
//   queries       [row][head][HEAD_VECTORS] × 4, rotated
//   slotTable     [kvHead] of the layer
//   keys, values  [row][HEAD_VECTORS] × 4
//   probabilities [head][row][scoreStride], left behind for the taps; 0 where a row may not see
//   peaks         [head], the largest probability of the newest row
//   output        [row][head][HEAD_VECTORS] × 4
// One workgroup per query head (x) and row (y). Invocations take every WORKGROUP_SIZE-th slot for the softmax; for the mix they take a
// vector of the head and a share of the slots. Sums are added up by everyone in the same order: one barrier, no tree.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override GROUP_SIZE: u32; // query heads per KV head
override HEAD_COUNT: u32;
override WINDOW_SLOTS: u32; // newest slots that a row sees, its own included; 0 = all

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> queries: array<vec4f>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read> values: array<KvVector>;
@group(0) @binding(5) var<storage, read_write> probabilities: array<f32>;
@group(0) @binding(6) var<storage, read_write> peaks: array<f32>;
@group(0) @binding(7) var<storage, read_write> output: array<vec4f>;

var<workgroup> partialPeaks: array<f32, WORKGROUP_SIZE>;
var<workgroup> partialSums: array<f32, WORKGROUP_SIZE>;
var<workgroup> partialMixes: array<vec4f, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  let row = group.y;
  let queryBase = (row * HEAD_COUNT + head) * HEAD_VECTORS;
  var slotsOfHead = headSlots(0u, head / GROUP_SIZE);
  let allSlots = slotsOfHead.length;
  let lengthSlots = visibleSlots(allSlots, row);
  slotsOfHead.length = lengthSlots;
  let firstSlot = firstInWindow(lengthSlots);
  let rowBase = (head * params.rowCount + row) * params.scoreStride;
  let scale = inverseSqrt(f32(HEAD_VECTORS * 4u));

  var peak = -3.4e38;
  // Four slots at a time, so that the query is loaded once for the four; slots past the end repeat the last one.
  let last = lengthSlots - 1u;
  for (var slot = firstSlot + lane; slot < lengthSlots; slot += 4u * WORKGROUP_SIZE) {
    let slots = slot + vec4u(0u, 1u, 2u, 3u) * WORKGROUP_SIZE;
    let places = min(slots, vec4u(last));
    let key0 = keyEntry(slotsOfHead, places.x);
    let key1 = keyEntry(slotsOfHead, places.y);
    let key2 = keyEntry(slotsOfHead, places.z);
    let key3 = keyEntry(slotsOfHead, places.w);
    var products = vec4f();
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      let query = queries[queryBase + vector];
      products += vec4f(
        dot(query, loadKey(key0, vector)),
        dot(query, loadKey(key1, vector)),
        dot(query, loadKey(key2, vector)),
        dot(query, loadKey(key3, vector)),
      );
    }
    for (var offset = 0u; offset < 4u && slots[offset] < lengthSlots; offset++) {
      let score = products[offset] * scale + slotBias(slotsOfHead.first + places[offset]);
      probabilities[rowBase + slots[offset]] = score;
      peak = max(peak, score);
    }
  }
  partialPeaks[lane] = peak;
  workgroupBarrier();
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    peak = max(peak, partialPeaks[other]);
  }

  var share = 0.0;
  for (var slot = firstSlot + lane; slot < lengthSlots; slot += WORKGROUP_SIZE) {
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
  if (lane == 0u && row + 1u == params.rowCount) {
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
      for (var slot = firstSlot + part; slot < lengthSlots; slot += partCount) {
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
  for (var slot = firstSlot + lane; slot < lengthSlots; slot += WORKGROUP_SIZE) {
    probabilities[rowBase + slot] *= inverseSum;
  }
  for (var slot = lane; slot < firstSlot; slot += WORKGROUP_SIZE) {
    probabilities[rowBase + slot] = 0.0;
  }
  for (var slot = lengthSlots + lane; slot < allSlots; slot += WORKGROUP_SIZE) {
    probabilities[rowBase + slot] = 0.0;
  }
}
