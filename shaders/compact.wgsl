// Keeps the surviving slots of every layer and KV head and closes the gaps, in place. Heads may keep different numbers.
//   slotTable    [layer][kvHead]
//   survivors    where each head's slots begin, [layer × kvHead + 1], counted from the end of this list; then the slots,
//                ascending
//   keys, values [row][HEAD_VECTORS] × 4
//
//   before  0 1 2 3 4 5     survivors 0 2 3 5: a slot only ever moves down, so going upwards
//           │   └┐└┐  └──┐  nothing is overwritten before it is read. One invocation owns one
//   after   0    2 3     5  vector column, hence no other invocation reads what it writes.
//
// One invocation moves one vector of all slots: vectors (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;
override HEAD_TOTAL: u32; // KV heads of all layers

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> survivors: array<u32>;
@group(0) @binding(3) var<storage, read_write> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read_write> values: array<KvVector>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  if (vector >= HEAD_VECTORS) {
    return;
  }
  let first = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT).first;
  let begin = HEAD_TOTAL + 1u + survivors[id.y];
  let keptCount = survivors[id.y + 1u] - survivors[id.y];
  for (var kept = 0u; kept < keptCount; kept++) {
    let slot = survivors[begin + kept];
    if (slot != kept) {
      moveKv(first + slot, first + kept, vector);
    }
  }
}
