// Reads entries of one side. Written for "Side"; kernels get it once for keys and once for values (packedCode.ts): `entries` is
// the buffer, SIDE_… its constants.
fn sideRecord(layer: u32, line: u32) -> u32 {
  return slotTable[(layer + 1u) * params.slotTableStride - RECORD_LINES + line][SIDE_COLUMN];
}

// First word of an entry as computed: among the newest slots, or among the rows that wait.
fn sideComputed(slots: HeadSlots, slot: u32) -> u32 {
  let width = 4u * HEAD_VECTORS;
  if (slot >= slots.settled) {
    return sideRecord(slots.layer, WAITING) + ((slot - slots.settled) * KV_HEADS + slots.kvHead) * width;
  }
  let newest = sideRecord(slots.layer, FIRST_WORD) + sideRecord(slots.layer, NEWEST);
  return newest + (slots.kvHead * FULL_SLOTS + slot % max(FULL_SLOTS, 1u)) * width;
}

fn sidePacked(slots: HeadSlots, slot: u32) -> KvEntry {
  let first = sideRecord(slots.layer, FIRST_WORD);
  let bits = sideRecord(slots.layer, BITS);
  let block = (slots.first - sideRecord(slots.layer, FIRST_ROW)) / BLOCK_SLOTS + slot / BLOCK_SLOTS;
  let numbers = (first + sideRecord(slots.layer, NUMBERS)) * select(1u, 2u, SIDE_IS_SYMMETRIC) + block * SIDE_GROUPS;
  let mean = first + sideRecord(slots.layer, MEANS) + slot * 2u * HEAD_VECTORS;
  return KvEntry(true, first + block * blockWords(bits), slot % BLOCK_SLOTS, bits, numbers, mean);
}

// Where the entry of a slot is found: computed once, before the loop over its vectors.
fn sideEntry(slots: HeadSlots, slot: u32) -> KvEntry {
  if (slot < packedSlots(slots.length)) {
    return sidePacked(slots, slot);
  }
  return KvEntry(false, sideComputed(slots, slot), 0u, 0u, 0u, 0u);
}

// Scale and lowest number of a group of the entry's block.
fn sideNumbers(entry: KvEntry, group: u32) -> vec2f {
  let at = entry.numbers + group;
  if (SIDE_IS_SYMMETRIC) {
    let scale = halfValue(halfOf(sideWord(at / 2u), at));
    return vec2f(scale, -zeroCode(entry.bits) * scale);
  }
  let word = sideWord(at);
  return vec2f(halfValue(halfOf(word, 0u)), halfValue(halfOf(word, 1u)));
}

fn sideGroup(row: u32, channel: u32) -> u32 {
  return select(row * SIDE_ROW_GROUPS + channel / SIDE_GROUP_NUMBERS, channel, SIDE_IS_ALONG_TOKENS);
}

// Four neighbouring codes, from number `first` of the block on; those of 3 bits can lie across two words.
fn sideCodes(entry: KvEntry, first: u32) -> vec4f {
  let bits = entry.bits;
  let at = entry.word + first * bits / 32u;
  let shift = first * bits % 32u;
  var codes = sideWord(at) >> shift;
  if (shift + 4u * bits > 32u) {
    codes |= sideWord(at + 1u) << (32u - shift);
  }
  return vec4f((vec4u(codes) >> (vec4u(0u, 1u, 2u, 3u) * bits)) & vec4u((1u << bits) - 1u));
}

fn sideHalves(at: u32) -> vec4f {
  let low = sideWord(at);
  let high = sideWord(at + 1u);
  return vec4f(
    halfValue(halfOf(low, 0u)), halfValue(halfOf(low, 1u)), halfValue(halfOf(high, 0u)), halfValue(halfOf(high, 1u)),
  );
}

// Four neighbouring numbers of an entry.
fn loadSide(entry: KvEntry, vector: u32) -> vec4f {
  if (!entry.isPacked) {
    let at = entry.word + 4u * vector;
    return bitcast<vec4f>(vec4u(sideWord(at), sideWord(at + 1u), sideWord(at + 2u), sideWord(at + 3u)));
  }
  let first = (entry.row * HEAD_VECTORS + vector) * 4u;
  if (SIDE_IS_HALF) {
    return sideHalves(entry.word + first / 2u);
  }
  let codes = sideCodes(entry, first);
  var scales = vec4f();
  var lows = vec4f();
  if (!SIDE_IS_ALONG_TOKENS && SIDE_GROUP_NUMBERS % 4u == 0u) {
    let numbers = sideNumbers(entry, sideGroup(entry.row, 4u * vector));
    scales = vec4f(numbers.x);
    lows = vec4f(numbers.y);
  } else {
    for (var offset = 0u; offset < 4u; offset++) {
      let numbers = sideNumbers(entry, sideGroup(entry.row, 4u * vector + offset));
      scales[offset] = numbers.x;
      lows[offset] = numbers.y;
    }
  }
  let restored = lows + scales * codes;
  if (HAS_MEANS) {
    return sideHalves(entry.mean + 2u * vector) - restored;
  }
  return restored;
}
