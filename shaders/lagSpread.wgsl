// LagKV's score: the mean of the softmaxes, over a block, of the deviations of its keys and of its values. Slots outside the blocks
// that are compared have 1; with fewer than two blocks the score rises with the slot.
//   deviations [layer][kvHead][scoreStride], from lagDeviations.wgsl
//   scores     [layer][kvHead][scoreStride]
// One invocation handles one slot (x) of a layer × KV head (y).
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> blocks: LagBlocks;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> deviations: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let length = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT).length;
  if (slot >= length) {
    return;
  }
  let base = id.y * params.scoreStride;
  let sinks = blocks.sinkSlots;
  if (slot < sinks) {
    scores[base + slot] = 1.0;
    return;
  }
  if (length < sinks + 2u * blocks.lagSlots) {
    scores[base + slot] = f32(slot - sinks) / f32(length - sinks);
    return;
  }
  let start = sinks + (slot - sinks) / blocks.lagSlots * blocks.lagSlots;
  if (start + 2u * blocks.lagSlots > length) {
    scores[base + slot] = 1.0;
    return;
  }
  var peaks = deviations[base + start];
  for (var other = start + 1u; other < start + blocks.lagSlots; other++) {
    peaks = max(peaks, deviations[base + other]);
  }
  var sums = vec2f();
  for (var other = start; other < start + blocks.lagSlots; other++) {
    sums += exp(deviations[base + other] - peaks);
  }
  let shares = exp(deviations[base + slot] - peaks) / sums;
  scores[base + slot] = (shares.x + shares.y) / 2.0;
}
