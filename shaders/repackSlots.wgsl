// The survivors of an event, one layer: read from a copy of the layer as it was, and written where they are now. Blocks that stay
// whole move as they are; the slots of others are unpacked, turned back as far as they move if keys are rotated again, and packed
// anew. What fills no block, and the newest, stay as computed.
//   oldTable           [kvHead] of the layer before the event, and a record for the copies, which begin with the layer
//   slotTable          the same after it
//   survivors          as in compact.wgsl
//   ropeTable          [position][headDim / 2][cosine, sine]
//   oldKeys, oldValues words of the layer before the event
//   keys, values       words
// One workgroup packs one block of a head, or, behind the last block, writes the slots as computed: blocks (x), KV heads (y), keys
// and values (z).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_TOTAL: u32; // KV heads of all layers
override IS_ROTATED: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> oldTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> survivors: array<u32>;
@group(0) @binding(4) var<storage, read> ropeTable: array<vec2f>;
@group(0) @binding(5) var<storage, read> oldKeys: array<KvVector>;
@group(0) @binding(6) var<storage, read> oldValues: array<KvVector>;
@group(0) @binding(7) var<storage, read_write> keys: array<KvAtomic>;
@group(0) @binding(8) var<storage, read_write> values: array<KvAtomic>;

fn oldSlots(kvHead: u32) -> HeadSlots {
  let entry = oldTable[kvHead];
  return HeadSlots(entry.x, entry.y, entry.y, 0u, kvHead);
}

// The slot before the event of what is in place `place` now.
fn survivor(slots: HeadSlots, place: u32) -> u32 {
  let head = keyRecord(0u, LAYER) * KV_HEADS + slots.kvHead;
  return survivors[HEAD_TOTAL + 1u + survivors[head] + place];
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let slots = headSlots(0u, group.y);
  let packed = packedSlots(slots.length);
  let first = group.x * BLOCK_SLOTS;
  let isKeys = group.z == 0u;
  if (first < packed) {
    if (isKeys) {
      repackKeyBlock(slots, first, lane);
    } else {
      repackValueBlock(slots, first, lane);
    }
  } else if (first == packed) {
    if (isKeys) {
      putKeysAsComputed(slots, packed, lane);
    } else {
      putValuesAsComputed(slots, packed, lane);
    }
  }
}
