// Four neighbouring numbers of a value, for kernels that bind `values: array<KvVector>`.
fn valueEntry(slots: HeadSlots, slot: u32) -> KvEntry {
  return (slots.first + slot) * HEAD_VECTORS;
}

fn loadValue(entry: KvEntry, vector: u32) -> vec4f {
  return values[entry + vector];
}
