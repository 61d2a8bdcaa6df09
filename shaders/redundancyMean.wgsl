// ρ: mean cosine of each key to the others, less the matches that redundancyRows.wgsl excused it.
//   cosineSums     [layer][kvHead][scoreStride]
//   excusedSlots   [layer][kvHead][scoreStride]: this slot was excused its match with that column
//   excusedCosines [layer][kvHead][scoreStride]
//   meanCosine     [layer][kvHead][scoreStride], 0 on padding
// One invocation gathers four slots, so that a column is looked at once for the four: tiles of slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> cosineSums: array<f32>;
@group(0) @binding(3) var<storage, read> excusedSlots: array<i32>;
@group(0) @binding(4) var<storage, read> excusedCosines: array<f32>;
@group(0) @binding(5) var<storage, read_write> meanCosine: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let firstSlot = id.x * 4u;
  let lengthSlots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT).length;
  if (firstSlot >= lengthSlots) {
    return;
  }
  let base = id.y * params.scoreStride;
  let slots = vec4i(i32(firstSlot)) + vec4i(0, 1, 2, 3);
  var excused = vec4f();
  for (var column = params.paddingSlots; column < lengthSlots; column++) {
    let isExcused = slots == vec4i(excusedSlots[base + column]);
    if (any(isExcused)) {
      excused += select(vec4f(), vec4f(excusedCosines[base + column]), isExcused);
    }
  }
  let keyCount = f32(lengthSlots - params.paddingSlots);
  for (var offset = 0u; offset < min(4u, lengthSlots - firstSlot); offset++) {
    let slot = firstSlot + offset;
    let sum = cosineSums[base + slot] - excused[offset];
    meanCosine[base + slot] = select(sum / keyCount, 0.0, slot < params.paddingSlots);
  }
}
