// Four neighbouring numbers of the value in a row, for kernels that bind `values: array<KvVector>`.
fn loadValue(row: u32, vector: u32) -> vec4f {
  return values[row * HEAD_VECTORS + vector];
}
