// The part of a row product that one 16-byte load brings, for weights in the blocks of weightQ4_1.wgsl: a block, 32 codes.
const UNIT_VECTORS = 8u;

fn unitDot(unit: u32) -> f32 {
  let codes = weight[unit];
  var sum = 0.0;
  var all = vec4f();
  for (var part = 0u; part < 4u; part++) {
    let first = (vec4u(codes[part]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
    let second = (vec4u(codes[part]) >> vec4u(4u, 12u, 20u, 28u)) & vec4u(15u);
    sum += dot(vec4f(first), columns[part]) + dot(vec4f(second), columns[part + 4u]);
    all += columns[part] + columns[part + 4u];
  }
  let word = BLOCKS * 4u + unit;
  let both = weight[word / 4u][word % 4u];
  return sum * halfValue(both) + dot(all, vec4f(1.0)) * halfValue(both >> 16u);
}
