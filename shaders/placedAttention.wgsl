// Mean over the window's queries of what a candidate slot received, each row times the number of keys before its query (Finch).
//   slotTable     [layer][kvHead]
//   probabilities [layer][head][rowCount][scoreStride], from attentionSoftmax.wgsl
//   attention     [layer][kvHead][candidate of scoreStride], candidates are the slots before the rowCount newest
// One invocation handles one candidate: candidates (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override GROUP_SIZE: u32; // query heads per KV head
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;
@group(0) @binding(3) var<storage, read_write> attention: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let candidate = id.x;
  let length = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT).length;
  if (candidate + params.rowCount >= length) {
    return;
  }
  let firstHead = id.y % KV_HEAD_COUNT * GROUP_SIZE;
  let memberStride = params.rowCount * params.scoreStride;
  var at = id.y / KV_HEAD_COUNT * params.scoreLayerStride + firstHead * memberStride + candidate;
  var sum = 0.0;
  for (var row = 0u; row < params.rowCount; row++) {
    sum += f32(length - params.rowCount + row) * joinGroup(at, memberStride);
    at += params.scoreStride;
  }
  attention[id.y * params.scoreStride + candidate] = sum / f32(params.rowCount);
}
