// Which slots a decode step reads (SALS), one layer: the sinks, the newest, and the TOP_SLOTS others whose latents have the largest
// product with the query's on the first SCORE_RANK coordinates; of equal products the older slot.
//   slotTable  [kvHead] of the layer
//   qkv        [HEAD_COUNT queries, KV_HEAD_COUNT keys, KV_HEAD_COUNT values][headDim], before RoPE
//   qkNorm     [query, key][headDim], read if HAS_QK_NORM
//   directions [coordinate][kvHead][headDim] of the layer
//   latents    [slot][RANK coordinates, then the position]
//   scores     [set][2][slotCapacity]: the products, then 1 for a slot that is read
//   readSlots  [set][number of slots, then the slots, ascending], READ_STRIDE apart
// One workgroup per set: all KV heads of the layer, whose scores add up, or one of them.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override KV_HEAD_COUNT: u32;
override HAS_QK_NORM: bool;
override EPSILON: f32;
override RANK: u32;
override SCORE_RANK: u32;
override SET_HEADS: u32; // KV heads that read the same slots
override TOP_SLOTS: u32;
override SINK_SLOTS: u32;
override RECENT_SLOTS: u32;
override READ_STRIDE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> qkv: array<vec2f>;
@group(0) @binding(3) var<storage, read> qkNorm: array<vec2f>;
@group(0) @binding(4) var<storage, read> directions: array<vec2f>;
@group(0) @binding(5) var<storage, read> latents: array<f32>;
@group(0) @binding(6) var<storage, read_write> scores: array<f32>;
@group(0) @binding(7) var<storage, read_write> readSlots: array<u32>;

var<workgroup> latentQuery: array<f32, SCORE_RANK>;

// One coordinate of the set's query: the sum over its KV heads of their group's mean.
fn queryAlong(readSet: u32, coordinate: u32) -> f32 {
  let groupSize = HEAD_COUNT / KV_HEAD_COUNT;
  var sum = 0.0;
  for (var member = 0u; member < SET_HEADS * groupSize; member++) {
    let head = readSet * SET_HEADS * groupSize + member;
    let base = headBase(0u, head);
    let scale = normScale(base);
    let along = (coordinate * KV_HEAD_COUNT + head / groupSize) * 2u * HEAD_VECTORS;
    for (var pair = 0u; pair < 2u * HEAD_VECTORS; pair++) {
      sum += dot(directions[along + pair], unrotatedPair(base, pair, false, scale));
    }
  }
  return sum / f32(groupSize);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let readSet = group.x;
  let lengthSlots = headSlots(0u, readSet * SET_HEADS).length;
  let firstRecent = max(lengthSlots, RECENT_SLOTS) - RECENT_SLOTS;
  let scoreBase = readSet * 2u * params.slotCapacity;
  let flagBase = scoreBase + params.slotCapacity;

  for (var coordinate = lane; coordinate < SCORE_RANK; coordinate += WORKGROUP_SIZE) {
    latentQuery[coordinate] = queryAlong(readSet, coordinate);
  }
  workgroupBarrier();
  for (var slot = lane; slot < lengthSlots; slot += WORKGROUP_SIZE) {
    var product = 0.0;
    for (var coordinate = 0u; coordinate < SCORE_RANK; coordinate++) {
      product += latents[slot * (RANK + 1u) + coordinate] * latentQuery[coordinate];
    }
    scores[scoreBase + slot] = product;
  }
  storageBarrier();
  workgroupBarrier();
  for (var slot = lane; slot < lengthSlots; slot += WORKGROUP_SIZE) {
    var isRead = slot < SINK_SLOTS || slot >= firstRecent;
    if (!isRead) {
      let product = scores[scoreBase + slot];
      var ahead = 0u;
      for (var other = SINK_SLOTS; other < firstRecent; other++) {
        let rival = scores[scoreBase + other];
        ahead += select(0u, 1u, rival > product || (rival == product && other < slot));
      }
      isRead = ahead < TOP_SLOTS;
    }
    scores[flagBase + slot] = select(0.0, 1.0, isRead);
  }
  storageBarrier();
  workgroupBarrier();
  if (lane == 0u) {
    let listed = readSet * READ_STRIDE;
    var count = 0u;
    for (var slot = 0u; slot < lengthSlots; slot++) {
      if (scores[flagBase + slot] > 0.0) {
        count++;
        readSlots[listed + count] = slot;
      }
    }
    readSlots[listed] = count;
  }
}
