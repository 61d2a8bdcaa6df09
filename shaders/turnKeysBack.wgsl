// After compact.wgsl: turns every key that stayed back by as many positions as its slot moved down, so that the keys look
// as if they had been written one behind the other.
//   slotTable [layer][kvHead]
//   survivors as in compact.wgsl: where each head's slots begin, then the slots before the move, ascending
//   ropeTable [row][headDim / 2][cosine, sine], a row for each position
//   tableRows [layer] → row of ropeTable at which the layer's rotations begin
//   keys      [row][headDim]
// One invocation turns four numbers of one key, two from each half: HEAD_VECTORS (x), kept slots (y), layer × KV head (z).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;
override HEAD_TOTAL: u32; // KV heads of all layers

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> survivors: array<u32>;
@group(0) @binding(3) var<storage, read> ropeTable: array<vec4f>;
@group(0) @binding(4) var<storage, read> tableRows: array<u32>;
@group(0) @binding(5) var<storage, read_write> keys: array<KvPair>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let pair = id.x;
  let kept = id.y;
  if (pair >= HEAD_VECTORS || kept >= survivors[id.z + 1u] - survivors[id.z]) {
    return;
  }
  let slot = survivors[HEAD_TOTAL + 1u + survivors[id.z] + kept];
  if (slot == kept) {
    return;
  }
  let layer = id.z / KV_HEAD_COUNT;
  let angles = ropeTable[(tableRows[layer] + slot - kept) * HEAD_VECTORS + pair];
  let first = headSlots(layer, id.z % KV_HEAD_COUNT).first;
  turnKey(first + kept, pair, angles.xz, -angles.yw);
}
