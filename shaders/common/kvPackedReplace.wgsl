// What replaceSlots.wgsl does on one side. Written for "Side".
fn sideUnpacked(slots: HeadSlots, slot: u32, channel: u32) -> u32 {
  let block = (slots.layer * KV_HEADS + slots.kvHead) * 2u + SIDE_COLUMN;
  return (block * BLOCK_SLOTS + slot % BLOCK_SLOTS) * 4u * HEAD_VECTORS + channel;
}

fn sideSource(slots: HeadSlots, slot: u32, channel: u32) -> f32 {
  return unpacked[sideUnpacked(slots, slot, channel)];
}

// Means stay.
fn sideMean(slots: HeadSlots, slot: u32, channel: u32) -> u32 {
  return halfOf(sideWord(sidePacked(slots, slot).mean + channel / 2u), channel);
}

fn replaceSideEntry(slots: HeadSlots, at: u32, lane: u32) {
  let slot = targets[at].y;
  let vectors = (2u * at + SIDE_COLUMN) * HEAD_VECTORS;
  if (slot >= packedSlots(slots.length)) {
    for (var channel = lane; channel < 4u * HEAD_VECTORS; channel += WORKGROUP_SIZE) {
      let number = merged[vectors + channel / 4u][channel % 4u];
      atomicStore(&entries[sideComputed(slots, slot) + channel], bitcast<u32>(number));
    }
    return;
  }
  let first = slot - slot % BLOCK_SLOTS;
  for (var index = lane; index < BLOCK_SLOTS * HEAD_VECTORS; index += WORKGROUP_SIZE) {
    let other = first + index / HEAD_VECTORS;
    let vector = index % HEAD_VECTORS;
    var numbers = merged[vectors + vector];
    if (other != slot) {
      numbers = loadSide(sidePacked(slots, other), vector);
    }
    let to = sideUnpacked(slots, other, 4u * vector);
    for (var offset = 0u; offset < 4u; offset++) {
      unpacked[to + offset] = numbers[offset];
    }
  }
  storageBarrier();
  workgroupBarrier();
  packSideBlock(slots, first, lane);
  storageBarrier();
  workgroupBarrier();
}
