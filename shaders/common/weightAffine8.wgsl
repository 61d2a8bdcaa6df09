// Four neighbouring weights of a matrix row, in blocks of 32 codes of 8 bits as MLX's become: number = scale · code + low. The
// blocks are split into two planes, one behind the other: codes i8, eight words a block; scale and low f32, two words a block.
alias Weight4 = u32;

fn loadWeight(at: u32) -> vec4f {
  let both = arrayLength(&weight) / 10u * 8u + at / 8u * 2u;
  let codes = vec4i(vec4u(weight[at]) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
  return vec4f(codes) * bitcast<f32>(weight[both]) + bitcast<f32>(weight[both + 1u]);
}
