// Turns two neighbouring numbers of either half of a key by an angle, for kernels that bind `keys: array<KvPair>`.
fn turnKey(row: u32, pair: u32, cosine: vec2f, sine: vec2f) {
  let at = row * 2u * HEAD_VECTORS + pair;
  let low = keys[at];
  let high = keys[at + HEAD_VECTORS];
  keys[at] = low * cosine - high * sine;
  keys[at + HEAD_VECTORS] = high * cosine + low * sine;
}
