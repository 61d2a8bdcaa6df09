// Keeps the latents of the surviving slots and closes the gaps, in place, as compact.wgsl does with keys and values. The heads of a
// layer keep the same slots, so its first head speaks for all.
//   latentLayers [place] → layer whose latents lie there
//   survivors    as in compact.wgsl
//   latents      [place of a layer][slot][RANK coordinates, then the position], layers LAYER_STRIDE apart
// One invocation moves one column of all slots: columns (x), layers with latents (y).
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;
override HEAD_TOTAL: u32; // KV heads of all layers
override RANK: u32;
override LAYER_STRIDE: u32;

@group(0) @binding(0) var<storage, read> latentLayers: array<u32>;
@group(0) @binding(1) var<storage, read> survivors: array<u32>;
@group(0) @binding(2) var<storage, read_write> latents: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column > RANK) {
    return;
  }
  let head = latentLayers[id.y] * KV_HEAD_COUNT;
  let base = id.y * LAYER_STRIDE + column;
  let begin = HEAD_TOTAL + 1u + survivors[head];
  let keptCount = survivors[head + 1u] - survivors[head];
  for (var kept = 0u; kept < keptCount; kept++) {
    let slot = survivors[begin + kept];
    if (slot != kept) {
      latents[base + kept * (RANK + 1u)] = latents[base + slot * (RANK + 1u)];
    }
  }
}
