// Four neighbouring numbers of a key, for kernels that bind `keys: array<KvVector>`.
fn loadKey(entry: u32, vector: u32) -> vec4f {
  return keys[entry + vector];
}
