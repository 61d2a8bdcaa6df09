// Before the attention of a forward whose rows have been computed, one layer: packs the blocks that they fill.
//   slotTable    [kvHead] of the layer, and its record (common/kvPacked.wgsl)
//   keys, values words
// One workgroup packs one block of a head: blocks from the first that was not packed before (x), KV heads (y), keys and values (z).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> keys: array<KvAtomic>;
@group(0) @binding(3) var<storage, read_write> values: array<KvAtomic>;

fn keySource(slots: HeadSlots, slot: u32, channel: u32) -> f32 {
  return bitcast<f32>(keyWord(keyComputed(slots, slot) + channel));
}

fn valueSource(slots: HeadSlots, slot: u32, channel: u32) -> f32 {
  return bitcast<f32>(valueWord(valueComputed(slots, slot) + channel));
}

fn keyMean(slots: HeadSlots, slot: u32, channel: u32) -> u32 {
  return keyMeanOfHeads(slots, slot, channel);
}

fn valueMean(slots: HeadSlots, slot: u32, channel: u32) -> u32 {
  return valueMeanOfHeads(slots, slot, channel);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let slots = headSlots(0u, group.y);
  let firstSlot = packedSlots(slots.settled) + group.x * BLOCK_SLOTS;
  if (firstSlot >= packedSlots(slots.length)) {
    return;
  }
  if (group.z == 0u) {
    packKeyBlock(slots, firstSlot, lane);
    putKeyMeans(slots, firstSlot, lane);
  } else {
    packValueBlock(slots, firstSlot, lane);
    putValueMeans(slots, firstSlot, lane);
  }
}
