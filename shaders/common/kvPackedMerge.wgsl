// Merged keys and values wait in `merged` until replaceSlots.wgsl packs them. [target][key, value][HEAD_VECTORS] × 4
fn replaceKv(slots: HeadSlots, slot: u32, goal: u32, vector: u32, key: vec4f, value: vec4f) {
  merged[2u * goal * HEAD_VECTORS + vector] = key;
  merged[(2u * goal + 1u) * HEAD_VECTORS + vector] = value;
}
