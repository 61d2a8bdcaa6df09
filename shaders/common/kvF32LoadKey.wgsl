// Four neighbouring numbers of the key in a row, for kernels that bind `keys: array<KvVector>`.
fn loadKey(row: u32, vector: u32) -> vec4f {
  return keys[row * HEAD_VECTORS + vector];
}
