// Mean and unbiased standard deviation over the window's queries of what a candidate slot received.
//   probabilities   [layer][head][rowCount][scoreStride], from attentionSoftmax.wgsl
//   mean, deviation [layer][kvHead][candidate of scoreStride], candidates are the slots before the rowCount newest;
//                   the deviation of a single row is 0
// One invocation handles one candidate: candidates (x), layer × KV head (y). Running sums after Welford (1962): one look
// at each row, and no difference of large squares.
override WORKGROUP_SIZE: u32;
override GROUP_SIZE: u32; // query heads per KV head
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;
@group(0) @binding(3) var<storage, read_write> mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> deviation: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let candidate = id.x;
  let lengthSlots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT).length;
  if (candidate + params.rowCount >= lengthSlots) {
    return;
  }
  let firstHead = id.y % KV_HEAD_COUNT * GROUP_SIZE;
  let memberStride = params.rowCount * params.scoreStride;
  var at = id.y / KV_HEAD_COUNT * params.scoreLayerStride + firstHead * memberStride + candidate;
  var average = 0.0;
  var squares = 0.0;
  for (var row = 0u; row < params.rowCount; row++) {
    let received = joinGroup(at, memberStride);
    let difference = received - average;
    average += difference / f32(row + 1u);
    squares += difference * (received - average);
    at += params.scoreStride;
  }
  let out = id.y * params.scoreStride + candidate;
  mean[out] = average;
  deviation[out] = sqrt(squares / f32(max(params.rowCount, 2u) - 1u));
}
