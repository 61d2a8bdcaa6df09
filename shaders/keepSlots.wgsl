// After packSlots.wgsl, one layer: entries of a forward that stay as computed go among the newest slots. In a prefill chunk after its
// attention, since its rows see slots that later rows push out.
//   slotTable    [kvHead] of the layer, and its record (common/kvPacked.wgsl)
//   keys, values words
// One invocation moves one number of a key and of a value: FULL_SLOTS × 4 × HEAD_VECTORS (x), KV heads (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> keys: array<KvVector>;
@group(0) @binding(3) var<storage, read_write> values: array<KvVector>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let waiting = headSlots(0u, id.y);
  let slot = max(packedSlots(waiting.length), waiting.settled) + id.x / (4u * HEAD_VECTORS);
  let channel = id.x % (4u * HEAD_VECTORS);
  if (slot >= waiting.length) {
    return;
  }
  var stored = waiting;
  stored.settled = waiting.length;
  keys[keyComputed(stored, slot) + channel] = keys[keyComputed(waiting, slot) + channel];
  values[valueComputed(stored, slot) + channel] = values[valueComputed(waiting, slot) + channel];
}
