// Two neighbouring numbers of the key or value of row `row` of a forward, for kernels that bind both as array<KvPair>.
fn storeKey(slots: HeadSlots, row: u32, pair: u32, numbers: vec2f) {
  keys[newRow(slots, row) + pair] = numbers;
}

fn storeValue(slots: HeadSlots, row: u32, pair: u32, numbers: vec2f) {
  values[newRow(slots, row) + pair] = numbers;
}

// First pair of the slot of a new row.
fn newRow(slots: HeadSlots, row: u32) -> u32 {
  return (slots.first + slots.length - params.rowCount + row) * 2u * HEAD_VECTORS;
}
