// Another key and value into a slot in use, one vector of each, for kernels that bind both as array<KvVector>. Where entries are packed,
// they wait under the number of the target, `goal`.
fn replaceKv(slots: HeadSlots, slot: u32, goal: u32, vector: u32, key: vec4f, value: vec4f) {
  let at = (slots.first + slot) * HEAD_VECTORS + vector;
  keys[at] = key;
  values[at] = value;
}
