// The part of a row product that one 16-byte load brings, for weights in the blocks of weightQ8_0.wgsl: half a block, 16 codes.
const UNIT_VECTORS = 4u;

fn unitDot(unit: u32) -> f32 {
  let codes = weight[unit];
  var sum = 0.0;
  for (var part = 0u; part < 4u; part++) {
    let four = vec4i(vec4u(codes[part]) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
    sum += dot(vec4f(four), columns[part]);
  }
  let block = unit / 2u;
  let word = BLOCKS * 8u + block / 2u;
  return sum * halfValue(weight[word / 4u][word % 4u] >> (16u * (block & 1u)));
}
