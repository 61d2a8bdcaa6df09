// ρ: mean cosine of each key to the others, less the matches that redundancyRows.wgsl excused it.
//   cosineSums     [layer][kvHead][lengthSlots]
//   excusedSlots   [layer][kvHead][lengthSlots]: this slot was excused its match with that column
//   excusedCosines [layer][kvHead][lengthSlots]
//   meanCosine     [layer][kvHead][lengthSlots], 0 on padding
// One invocation gathers one slot: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cosineSums: array<f32>;
@group(0) @binding(2) var<storage, read> excusedSlots: array<i32>;
@group(0) @binding(3) var<storage, read> excusedCosines: array<f32>;
@group(0) @binding(4) var<storage, read_write> meanCosine: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  if (slot >= params.lengthSlots) {
    return;
  }
  let base = id.y * params.lengthSlots;
  if (slot < params.paddingSlots) {
    meanCosine[base + slot] = 0.0;
    return;
  }
  var sum = cosineSums[base + slot];
  for (var column = params.paddingSlots; column < params.lengthSlots; column++) {
    if (excusedSlots[base + column] == i32(slot)) {
      sum -= excusedCosines[base + column];
    }
  }
  meanCosine[base + slot] = sum / f32(params.lengthSlots - params.paddingSlots);
}
