// Two neighbouring numbers of either half of a query or key head from before RoPE, after its RMSNorm (if HAS_QK_NORM), for kernels
// that bind qkv and qkNorm as in qkvRope.wgsl and override HEAD_VECTORS, HEAD_COUNT, KV_HEAD_COUNT, HAS_QK_NORM and EPSILON.
fn headBase(row: u32, head: u32) -> u32 {
  return (row * (HEAD_COUNT + 2u * KV_HEAD_COUNT) + head) * 2u * HEAD_VECTORS;
}

// What its RMSNorm divides a head by: once per head.
fn normScale(base: u32) -> f32 {
  if (!HAS_QK_NORM) {
    return 1.0;
  }
  var squares = 0.0;
  for (var pair = 0u; pair < 2u * HEAD_VECTORS; pair++) {
    squares += dot(qkv[base + pair], qkv[base + pair]);
  }
  return inverseSqrt(squares / f32(HEAD_VECTORS * 4u) + EPSILON);
}

fn unrotatedPair(base: u32, pair: u32, isKey: bool, scale: f32) -> vec2f {
  if (!HAS_QK_NORM) {
    return qkv[base + pair];
  }
  return qkv[base + pair] * scale * qkNorm[select(0u, 2u * HEAD_VECTORS, isKey) + pair];
}
