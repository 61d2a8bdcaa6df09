// Packs a block of a head, by one workgroup. Written for "Side"; the kernel says what is packed: `sideSource` is a number of a slot,
// `sideMean` the pattern of its mean over the heads.
fn sideWord(at: u32) -> u32 {
  return atomicLoad(&entries[at]);
}

// Two blocks can share a word of scales.
fn putSideHalf(at: u32, pattern: u32) {
  let shift = 16u * (at % 2u);
  atomicAnd(&entries[at / 2u], ~(0xffffu << shift));
  atomicOr(&entries[at / 2u], pattern << shift);
}

fn putSideNumbers(entry: KvEntry, group: u32, scale: u32, low: u32) {
  if (SIDE_IS_SYMMETRIC) {
    putSideHalf(entry.numbers + group, scale);
  } else {
    atomicStore(&entries[entry.numbers + group], scale | (low << 16u));
  }
}

// The mean of a number over the KV heads of the layer, as a 16-bit pattern. The sum keeps what rounding takes from it.
fn sideMeanOfHeads(slots: HeadSlots, slot: u32, channel: u32) -> u32 {
  var head = slots;
  var sum = 0.0;
  var rest = 0.0;
  for (var kvHead = 0u; kvHead < KV_HEADS; kvHead++) {
    head.kvHead = kvHead;
    let number = sideSource(head, slot, channel);
    let next = sum + number;
    let taken = next - sum;
    rest += (sum - (next - taken)) + (number - taken);
    sum = next;
  }
  return halfNearest(clamp((sum + rest) / f32(KV_HEADS), -65504.0, 65504.0));
}

// Number `index` of a block, [slot][channel].
fn sideOfBlock(slots: HeadSlots, firstSlot: u32, index: u32) -> f32 {
  let slot = firstSlot + index / (4u * HEAD_VECTORS);
  let channel = index % (4u * HEAD_VECTORS);
  let number = sideSource(slots, slot, channel);
  if (HAS_MEANS) {
    return halfValue(sideMean(slots, slot, channel)) - number;
  }
  return number;
}

fn measureSideGroup(slots: HeadSlots, entry: KvEntry, firstSlot: u32, group: u32) {
  let width = 4u * HEAD_VECTORS;
  var first = group;
  var stride = width;
  var count = BLOCK_SLOTS;
  if (!SIDE_IS_ALONG_TOKENS) {
    let channel = group % SIDE_ROW_GROUPS * SIDE_GROUP_NUMBERS;
    first = group / SIDE_ROW_GROUPS * width + channel;
    stride = 1u;
    count = min(SIDE_GROUP_NUMBERS, width - channel);
  }
  var lowest = 3.4e38;
  var highest = -3.4e38;
  for (var at = 0u; at < count; at++) {
    let number = sideOfBlock(slots, firstSlot, first + at * stride);
    lowest = select(lowest, number, number < lowest);
    highest = select(highest, number, number > highest);
  }
  if (SIDE_IS_SYMMETRIC) {
    putSideNumbers(entry, group, scaleOf(max(-lowest, highest), 0.0, zeroCode(entry.bits)), 0u);
  } else {
    let low = halfBelow(lowest);
    putSideNumbers(entry, group, scaleOf(highest, halfValue(low), f32((1u << entry.bits) - 1u)), low);
  }
}

fn sideCodeOf(entry: KvEntry, number: f32, group: u32) -> u32 {
  if (SIDE_IS_HALF) {
    return halfNearest(number);
  }
  let numbers = sideNumbers(entry, group);
  let zero = select(0, i32(zeroCode(entry.bits)), SIDE_IS_SYMMETRIC);
  let highest = select((1 << entry.bits) - 1, 2 * zero, SIDE_IS_SYMMETRIC);
  if (numbers.x == 0.0) {
    return u32(zero);
  }
  let steps = stepsBetween(number, select(numbers.y, 0.0, SIDE_IS_SYMMETRIC), numbers.x);
  return u32(clamp(steps + zero, 0, highest));
}

fn packSideBlock(slots: HeadSlots, firstSlot: u32, lane: u32) {
  let entry = sidePacked(slots, firstSlot);
  let width = 4u * HEAD_VECTORS;
  for (var group = lane; !SIDE_IS_HALF && group < SIDE_GROUPS; group += WORKGROUP_SIZE) {
    measureSideGroup(slots, entry, firstSlot, group);
  }
  storageBarrier();
  workgroupBarrier();
  for (var word = lane; word < blockWords(entry.bits); word += WORKGROUP_SIZE) {
    var packed = 0u;
    let end = min((32u * word + 31u) / entry.bits + 1u, BLOCK_SLOTS * width);
    for (var index = 32u * word / entry.bits; index < end; index++) {
      let code = sideCodeOf(entry, sideOfBlock(slots, firstSlot, index), sideGroup(index / width, index % width));
      let bit = i32(index * entry.bits) - i32(32u * word);
      packed |= select(code << u32(max(bit, 0)), code >> u32(max(-bit, 0)), bit < 0);
    }
    atomicStore(&entries[entry.word + word], packed);
  }
}

// The means of a block's slots, if there are any: once for all heads.
fn putSideMeans(slots: HeadSlots, firstSlot: u32, lane: u32) {
  if (!HAS_MEANS || slots.kvHead > 0u) {
    return;
  }
  let entry = sidePacked(slots, firstSlot);
  for (var word = lane; word < BLOCK_SLOTS * 2u * HEAD_VECTORS; word += WORKGROUP_SIZE) {
    let slot = firstSlot + word / (2u * HEAD_VECTORS);
    let channel = word % (2u * HEAD_VECTORS) * 2u;
    var halves = 0u;
    for (var offset = 0u; offset < 2u; offset++) {
      halves |= sideMean(slots, slot, channel + offset) << (16u * offset);
    }
    atomicStore(&entries[entry.mean + word], halves);
  }
}
