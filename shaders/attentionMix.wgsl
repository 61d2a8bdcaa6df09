// Weighted values of a prefill chunk, one layer: what attentionSoftmax.wgsl left, times the values.
//   probabilities [head][rowCount][scoreStride], 0 where a row may not see
//   slotTable     [kvHead] of the layer
//   values        [row][HEAD_VECTORS] × 4
//   output        [row][head][HEAD_VECTORS] × 4
// One invocation computes one vector of one head (x) for four rows (y), so that a value is loaded once for four rows.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override GROUP_SIZE: u32; // query heads per KV head
override HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<KvVector>;
@group(0) @binding(4) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let head = id.x / HEAD_VECTORS;
  let vector = id.x % HEAD_VECTORS;
  let firstRow = id.y * 4u;
  if (head >= HEAD_COUNT || firstRow >= params.rowCount) {
    return;
  }
  // Rows past the end repeat the last one and are not stored.
  let lastRow = params.rowCount - 1u;
  let rowBase = head * params.rowCount;
  let base0 = (rowBase + firstRow) * params.scoreStride;
  let base1 = (rowBase + min(firstRow + 1u, lastRow)) * params.scoreStride;
  let base2 = (rowBase + min(firstRow + 2u, lastRow)) * params.scoreStride;
  let base3 = (rowBase + min(firstRow + 3u, lastRow)) * params.scoreStride;
  let slots = headSlots(0u, head / GROUP_SIZE);
  var mix0 = vec4f();
  var mix1 = vec4f();
  var mix2 = vec4f();
  var mix3 = vec4f();
  let end = visibleSlots(slots.length, firstRow + 3u);
  for (var slot = 0u; slot < end; slot++) {
    let value = loadValue(valueEntry(slots, slot), vector);
    mix0 += probabilities[base0 + slot] * value;
    mix1 += probabilities[base1 + slot] * value;
    mix2 += probabilities[base2 + slot] * value;
    mix3 += probabilities[base3 + slot] * value;
  }
  let stride = HEAD_COUNT * HEAD_VECTORS;
  let at = firstRow * stride + id.x;
  output[at] = mix0;
  if (firstRow + 1u <= lastRow) {
    output[at + stride] = mix1;
  }
  if (firstRow + 2u <= lastRow) {
    output[at + 2u * stride] = mix2;
  }
  if (firstRow + 3u <= lastRow) {
    output[at + 3u * stride] = mix3;
  }
}
