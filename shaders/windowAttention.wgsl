// A: what each query of the window pays to each slot, joined over the query heads of a group. For probes and tests: a
// session goes straight on to windowStatistics.wgsl, which joins alike.
//   probabilities [layer][head][rowCount][scoreStride], from attentionSoftmax.wgsl
//   attention     [layer][kvHead][rowCount][lengthSlots]; −1 over a row that may see no slot
// One invocation joins one cell: slots (x), rows (y), layer × KV head (z).
override WORKGROUP_SIZE: u32;
override GROUP_SIZE: u32; // query heads per KV head
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read_write> attention: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let row = id.y;
  if (slot >= params.lengthSlots) {
    return;
  }
  let layer = id.z / KV_HEAD_COUNT;
  let firstHead = id.z % KV_HEAD_COUNT * GROUP_SIZE;
  let firstAt =
    layer * params.scoreLayerStride + (firstHead * params.rowCount + row) * params.scoreStride + slot;
  attention[(id.z * params.rowCount + row) * params.lengthSlots + slot] =
    joinGroup(firstAt, params.rowCount * params.scoreStride);
}
