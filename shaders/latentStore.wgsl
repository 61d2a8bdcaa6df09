// Keys of new rows as latents (SALS), one layer: their coordinates from before RoPE, all heads together.
//   slotTable  [kvHead] of the layer
//   qkv        [row][HEAD_COUNT queries, KV_HEAD_COUNT keys, KV_HEAD_COUNT values][headDim], before RoPE
//   qkNorm     [query, key][headDim], read if HAS_QK_NORM
//   directions [coordinate][kvHead][headDim] of the layer
//   latents    [slot][RANK coordinates, then the position that the key is rotated to]
// Heads hold the same slots. One invocation computes one coordinate (x) of one row (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override KV_HEAD_COUNT: u32;
override HAS_QK_NORM: bool;
override EPSILON: f32;
override RANK: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> qkv: array<vec2f>;
@group(0) @binding(3) var<storage, read> qkNorm: array<vec2f>;
@group(0) @binding(4) var<storage, read> directions: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> latents: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let coordinate = id.x;
  let row = id.y;
  if (coordinate > RANK) {
    return;
  }
  let slot = headSlots(0u, 0u).length - params.rowCount + row;
  let at = slot * (RANK + 1u);
  if (coordinate == RANK) {
    latents[at + RANK] = f32(params.place + row);
    return;
  }
  var sum = 0.0;
  for (var kvHead = 0u; kvHead < KV_HEAD_COUNT; kvHead++) {
    let base = headBase(row, HEAD_COUNT + kvHead);
    let scale = normScale(base);
    let along = (coordinate * KV_HEAD_COUNT + kvHead) * 2u * HEAD_VECTORS;
    for (var pair = 0u; pair < 2u * HEAD_VECTORS; pair++) {
      sum += dot(directions[along + pair], unrotatedPair(base, pair, true, scale));
    }
  }
  latents[at + coordinate] = sum;
}
