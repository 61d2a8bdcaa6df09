// Which query head of its group contributed most to the attention that the window's queries pay to a candidate slot.
// Where the group is joined by its maximum, a row counts for the head that has the maximum (the first of equals); with
// the mean, for each.
//   probabilities [layer][head][rowCount][scoreStride], from attentionSoftmax.wgsl
//   votingHeads   [layer][kvHead][candidate of scoreStride], counted from 0 within the group; −1 where that attention
//                 is 0; candidates are the slots before the rowCount newest
// One invocation handles one candidate: candidates (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override GROUP_SIZE: u32; // query heads per KV head
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;
@group(0) @binding(3) var<storage, read_write> votingHeads: array<i32>;

// Whether a row's probability of this member enters the joined attention.
fn counts(member: u32, rowAt: u32, memberStride: u32) -> bool {
  if (params.isMeanPooling == 1u) {
    return true;
  }
  let own = probabilities[rowAt + member * memberStride];
  for (var other = 0u; other < GROUP_SIZE; other++) {
    let rival = probabilities[rowAt + other * memberStride];
    if (rival > own || (rival == own && other < member)) {
      return false;
    }
  }
  return true;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let candidate = id.x;
  let lengthSlots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT).length;
  if (candidate + params.rowCount >= lengthSlots) {
    return;
  }
  let firstHead = id.y % KV_HEAD_COUNT * GROUP_SIZE;
  let memberStride = params.rowCount * params.scoreStride;
  let firstAt = id.y / KV_HEAD_COUNT * params.scoreLayerStride + firstHead * memberStride + candidate;
  var most = 0.0;
  var votingHead = -1;
  for (var member = 0u; member < GROUP_SIZE; member++) {
    var brought = 0.0;
    for (var row = 0u; row < params.rowCount; row++) {
      let rowAt = firstAt + row * params.scoreStride;
      if (counts(member, rowAt, memberStride)) {
        brought += probabilities[rowAt + member * memberStride];
      }
    }
    if (brought > most) {
      most = brought;
      votingHead = i32(member);
    }
  }
  votingHeads[id.y * params.scoreStride + candidate] = votingHead;
}
