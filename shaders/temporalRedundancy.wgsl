// TaR of InfiniPot-V: how little each key of an earlier frame resembles the keys of the newest frames at the same patch.
//   keys    [row][HEAD_VECTORS] × 4
//   norms   [layer][kvHead][scoreStride], from keyNorm.wgsl
//   patches [layer][kvHead][scoreStride], −1 where a slot belongs to no frame
//   scores  [layer][kvHead][scoreStride], 0 in the newest frames and outside of frames
// The newest RECENT_FRAMES × FRAME_TOKENS slots of a head are whole frames. One invocation handles one key: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;
override FRAME_TOKENS: u32;
override RECENT_FRAMES: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> keys: array<KvVector>;
@group(0) @binding(3) var<storage, read> norms: array<f32>;
@group(0) @binding(4) var<storage, read> patches: array<i32>;
@group(0) @binding(5) var<storage, read_write> scores: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  if (slot >= slots.length) {
    return;
  }
  let row = id.y * params.scoreStride;
  let patchIndex = patches[row + slot];
  let pastSlots = slots.length - RECENT_FRAMES * FRAME_TOKENS;
  if (patchIndex < 0 || slot >= pastSlots) {
    scores[row + slot] = 0.0;
    return;
  }
  let entry = keyEntry(slots, slot);
  var sum = 0.0;
  for (var frame = 0u; frame < RECENT_FRAMES; frame++) {
    let recent = pastSlots + frame * FRAME_TOKENS + u32(patchIndex);
    let recentEntry = keyEntry(slots, recent);
    var product = 0.0;
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      product += dot(loadKey(entry, vector), loadKey(recentEntry, vector));
    }
    sum += product / (max(norms[row + slot], 1e-8) * max(norms[row + recent], 1e-8));
  }
  scores[row + slot] = -sum / f32(RECENT_FRAMES);
}
