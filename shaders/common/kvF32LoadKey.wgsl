// Four neighbouring numbers of a key, for kernels that bind `keys: array<KvVector>`.
fn keyEntry(slots: HeadSlots, slot: u32) -> KvEntry {
  return (slots.first + slot) * HEAD_VECTORS;
}

fn loadKey(entry: KvEntry, vector: u32) -> vec4f {
  return keys[entry + vector];
}
