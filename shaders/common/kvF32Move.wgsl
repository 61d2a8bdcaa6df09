// One vector of a slot's key and value into another slot, for kernels that bind both as array<KvVector>.
fn moveKv(fromRow: u32, toRow: u32, vector: u32) {
  keys[toRow * HEAD_VECTORS + vector] = keys[fromRow * HEAD_VECTORS + vector];
  values[toRow * HEAD_VECTORS + vector] = values[fromRow * HEAD_VECTORS + vector];
}
