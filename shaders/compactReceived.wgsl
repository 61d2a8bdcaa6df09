// Moves the sums of receivedAttention.wgsl with the surviving slots, in place: as compact.wgsl moves keys and values.
//   survivors    as in compact.wgsl
//   receivedSums [layer][kvHead][slotCapacity]
// One invocation moves all slots of one head: layer × KV head (x).
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;
override HEAD_TOTAL: u32; // KV heads of all layers

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> survivors: array<u32>;
@group(0) @binding(2) var<storage, read_write> receivedSums: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= HEAD_TOTAL) {
    return;
  }
  let first = receivedRow(id.x / KV_HEAD_COUNT, id.x % KV_HEAD_COUNT);
  let begin = HEAD_TOTAL + 1u + survivors[id.x];
  let keptCount = survivors[id.x + 1u] - survivors[id.x];
  for (var kept = 0u; kept < keptCount; kept++) {
    receivedSums[first + kept] = receivedSums[first + survivors[begin + kept]];
  }
}
