// Four neighbouring numbers of a value, for kernels that bind `values: array<KvVector>`.
fn loadValue(entry: u32, vector: u32) -> vec4f {
  return values[entry + vector];
}
