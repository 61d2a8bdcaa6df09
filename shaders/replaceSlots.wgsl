// Where entries are packed, after mergeSlots.wgsl: puts the merged keys and values into their slots. A packed block is unpacked, takes
// the new entry in, and is packed again, one target after the other.
//   slotTable    [layer][kvHead], and the layers' records (common/kvPacked.wgsl)
//   targets      as in mergeSlots.wgsl, and one without a head at the end
//   merged       [target][key, value][HEAD_VECTORS] × 4
//   unpacked     [layer][kvHead][keys, values][slot of a block][number]
//   keys, values words
// One workgroup serves one head: layers × KV heads (x), keys and values (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> targets: array<vec4u>;
@group(0) @binding(3) var<storage, read> merged: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> unpacked: array<f32>;
@group(0) @binding(5) var<storage, read_write> keys: array<KvAtomic>;
@group(0) @binding(6) var<storage, read_write> values: array<KvAtomic>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let slots = headSlots(group.x / KV_HEADS, group.x % KV_HEADS);
  for (var at = 0u; targets[at].x != 0xffffffffu; at++) {
    if (targets[at].x == group.x) {
      if (group.y == 0u) {
        replaceKeyEntry(slots, at, lane);
      } else {
        replaceValueEntry(slots, at, lane);
      }
    }
  }
}
