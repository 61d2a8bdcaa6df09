// Keys reconstructed from latents and rotated at their positions, one layer: of the slots that a step selected (IS_SELECTED), or of
// all slots, for the prefill and for the terms of an event.
//   slotTable  [kvHead] of the layer
//   ropeTable  [position][headDim / 2][cosine, sine]
//   directions [coordinate][kvHead][headDim] of the layer
//   readSlots  [set][number of slots, then the slots], READ_STRIDE apart
//   latents    [slot][RANK coordinates, then the position]
//   keys       [row][headDim]: the work area
// One invocation computes two numbers of either half of a head (x) of one slot (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;
override RANK: u32;
override SET_HEADS: u32; // KV heads that read the same slots
override READ_STRIDE: u32;
override IS_SELECTED: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> ropeTable: array<vec4f>;
@group(0) @binding(3) var<storage, read> directions: array<vec2f>;
@group(0) @binding(4) var<storage, read> readSlots: array<u32>;
@group(0) @binding(5) var<storage, read> latents: array<f32>;
@group(0) @binding(6) var<storage, read_write> keys: array<vec2f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let half = HEAD_VECTORS; // pairs in half a head
  let kvHead = id.x / half;
  let pair = id.x % half;
  if (kvHead >= KV_HEAD_COUNT) {
    return;
  }
  let slots = headSlots(0u, kvHead);
  let listed = kvHead / SET_HEADS * READ_STRIDE;
  var slot = id.y;
  if (IS_SELECTED) {
    if (id.y >= readSlots[listed]) {
      return;
    }
    slot = readSlots[listed + 1u + id.y];
  } else if (slot >= slots.length) {
    return;
  }
  let latent = slot * (RANK + 1u);
  var low = vec2f();
  var high = vec2f();
  for (var coordinate = 0u; coordinate < RANK; coordinate++) {
    let along = (coordinate * KV_HEAD_COUNT + kvHead) * 2u * half + pair;
    low += latents[latent + coordinate] * directions[along];
    high += latents[latent + coordinate] * directions[along + half];
  }
  let angles = ropeTable[u32(latents[latent + RANK]) * half + pair];
  let at = (slots.first + slot) * 2u * half + pair;
  keys[at] = low * angles.xz - high * angles.yw;
  keys[at + half] = high * angles.xz + low * angles.yw;
}
