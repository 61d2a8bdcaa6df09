// What repackSlots.wgsl does on one side. Written for "Side".
fn sideSource(slots: HeadSlots, place: u32, channel: u32) -> f32 {
  let slot = survivor(slots, place);
  let entry = oldSideEntry(oldSlots(slots.kvHead), slot);
  let half = 2u * HEAD_VECTORS;
  let isLow = channel < half;
  let isTurned = IS_ROTATED && SIDE_COLUMN == 0u && slot != place;
  let angle = ropeTable[(slot - place) * half + channel % half];
  let shares = select(vec2f(1.0, 0.0), vec2f(angle.x, select(-angle.y, angle.y, isLow)), isTurned);
  var number = 0.0;
  for (var part = 0u; part < select(1u, 2u, isTurned); part++) {
    let other = (channel + part * half) % (2u * half);
    number += shares[part] * loadOldSide(entry, other / 4u)[other % 4u];
  }
  return number;
}

// A packed slot that is not turned keeps its mean.
fn sideMean(slots: HeadSlots, place: u32, channel: u32) -> u32 {
  let slot = survivor(slots, place);
  let before = oldSlots(slots.kvHead);
  let isTurned = IS_ROTATED && SIDE_COLUMN == 0u && slot != place;
  if (slot < packedSlots(before.length) && !isTurned) {
    return halfOf(oldSideWord(oldSidePacked(before, slot).mean + channel / 2u), channel);
  }
  return sideMeanOfHeads(slots, place, channel);
}

fn repackSideBlock(slots: HeadSlots, first: u32, lane: u32) {
  let slot = survivor(slots, first);
  let before = oldSlots(slots.kvHead);
  let isWhole = slot % BLOCK_SLOTS == 0u && survivor(slots, first + BLOCK_SLOTS - 1u) == slot + BLOCK_SLOTS - 1u
    && slot + BLOCK_SLOTS <= packedSlots(before.length);
  if (isWhole && (!IS_ROTATED || SIDE_COLUMN != 0u || slot == first)) {
    let whole = oldSidePacked(before, slot);
    let to = sidePacked(slots, first);
    for (var word = lane; word < blockWords(whole.bits); word += WORKGROUP_SIZE) {
      atomicStore(&entries[to.word + word], oldSideWord(whole.word + word));
    }
    for (var group = lane; group < SIDE_GROUPS; group += WORKGROUP_SIZE) {
      let at = whole.numbers + group;
      let word = oldSideWord(select(at, at / 2u, SIDE_IS_SYMMETRIC));
      putSideNumbers(to, group, select(halfOf(word, 0u), halfOf(word, at), SIDE_IS_SYMMETRIC), word >> 16u);
    }
  } else {
    packSideBlock(slots, first, lane);
  }
  putSideMeans(slots, first, lane);
}

fn putSidesAsComputed(slots: HeadSlots, packed: u32, lane: u32) {
  let width = 4u * HEAD_VECTORS;
  for (var at = lane; at < (slots.length - packed) * width; at += WORKGROUP_SIZE) {
    let place = packed + at / width;
    let number = sideSource(slots, place, at % width);
    atomicStore(&entries[sideComputed(slots, place) + at % width], bitcast<u32>(number));
  }
}
