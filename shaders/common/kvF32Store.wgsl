// Two neighbouring numbers of a new key or value, for kernels that bind both as array<KvPair>.
fn storeKey(row: u32, pair: u32, numbers: vec2f) {
  keys[row * 2u * HEAD_VECTORS + pair] = numbers;
}

fn storeValue(row: u32, pair: u32, numbers: vec2f) {
  values[row * 2u * HEAD_VECTORS + pair] = numbers;
}
