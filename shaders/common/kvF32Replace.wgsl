// Another key and value into a slot in use, one vector of each, for kernels that bind both as array<KvVector>.
fn replaceKv(row: u32, vector: u32, key: vec4f, value: vec4f) {
  keys[row * HEAD_VECTORS + vector] = key;
  values[row * HEAD_VECTORS + vector] = value;
}
